import { expect, test } from 'vitest';
import { withDeadline } from '../src/deadline.js';
import { TransportError } from '../src/errors.js';
import { retried } from '../src/retry.js';
import { rejection } from './fake-broker.js';

test.each([
  { name: 'on the way there', syscall: 'connect', isSafe: false, tries: 2 },
  { name: 'while the answer is awaited', syscall: 'read', isSafe: false, tries: 1 },
  { name: 'while it is being sent', syscall: 'write', isSafe: false, tries: 1 },
  { name: 'while the answer to a safe one is awaited', syscall: 'read', isSafe: true, tries: 2 },
])('a request whose host is lost $name: $tries tries', async ({ syscall, isSafe, tries }) => {
  let count = 0;
  const attempt = async (): Promise<never> => {
    count += 1;
    const cause = Object.assign(new Error('no route'), { code: 'EHOSTUNREACH', syscall });
    throw new TransportError('transport', 'https://broker.example.com', cause);
  };
  const limits = { timeoutMs: 5000, expired: () => new Error('late') };
  const call = withDeadline(limits, (deadline) => retried(attempt, { deadline, isSafe }));
  expect(await rejection(call)).toMatchObject({ code: 'transport' });
  expect(count).toBe(tries);
});
