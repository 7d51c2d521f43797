import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { errorCode, systemErrorReason, systemErrorText } from '../src/system-error.js';

function errorOf(step: () => unknown): unknown {
  try {
    step();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('the text of a system error', () => {
  it('says what was done to which file and why it was refused', () => {
    const error = errorOf(() => openSync('no/such file', 'r'));
    expect(systemErrorText(error)).toBe('open no/such file: no such file or directory');
    expect(systemErrorReason(error)).toBe('no such file or directory');
    expect(errorCode(error)).toBe('ENOENT');
  });

  it('names the file that is given where the error names none', () => {
    const error = errorOf(() => readFileSync(tmpdir()));
    expect(systemErrorText(error)).toBe('read: is a directory');
    expect(systemErrorText(error, '/a/b')).toBe('read /a/b: is a directory');
  });

  it('keeps to the file of the error', () => {
    const error = errorOf(() => openSync('none', 'r'));
    expect(systemErrorText(error, 'other')).toBe('open none: no such file or directory');
  });

  it.each([
    { host: '127.0.0.1', written: '127.0.0.1' },
    { host: '::1', written: '[::1]' },
  ])('says which address is taken: $host', async ({ host, written }) => {
    const first = createServer().listen(0, host);
    await once(first, 'listening');
    const { port } = first.address() as AddressInfo;
    const [error] = await once(createServer().listen(port, host), 'error', {
      signal: AbortSignal.timeout(10_000),
    }).catch((error: unknown) => [error]);
    first.close();
    expect(systemErrorText(error)).toBe(
      `listen tcp ${written}:${port}: bind: address already in use`,
    );
  });

  it.each([
    { name: 'another error', error: new Error('what happened'), text: 'what happened' },
    { name: 'a thrown text', error: 'what happened', text: 'what happened' },
    {
      name: 'a system error not known here',
      error: Object.assign(new Error('EXDEV: far away, link'), { code: 'EXDEV', syscall: 'link' }),
      text: 'EXDEV: far away, link',
    },
    {
      name: 'a code that is an inherited name',
      error: Object.assign(new Error('what happened'), { code: 'constructor', syscall: 'open' }),
      text: 'what happened',
    },
    {
      name: 'a code that is no text',
      error: Object.assign(new Error('what happened'), { code: 2, syscall: 'open' }),
      text: 'what happened',
    },
  ])('is the message of $name', ({ error, text }) => {
    expect(systemErrorText(error, 'path')).toBe(text);
    expect(systemErrorReason(error)).toBe(text);
  });
});
