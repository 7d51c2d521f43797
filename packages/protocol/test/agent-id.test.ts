import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assertAgentIdSegment,
  formatAgentId,
  isAgentIdSegment,
  isTrustDomain,
  parseAgentId,
} from '../src/agent-id.js';

const ID = 'spiffe://agentwrit.local/agent/orch-1/task-1/0123456789abcdef';
const PARTS = {
  trustDomain: 'agentwrit.local',
  orchId: 'orch-1',
  taskId: 'task-1',
  instanceId: '0123456789abcdef',
};

const segment = fc
  .stringMatching(/^[A-Za-z0-9._-]{1,20}$/)
  .filter((text) => text !== '.' && text !== '..');
const agentId = fc.record({
  trustDomain: fc.stringMatching(/^[a-z0-9._-]{1,20}$/),
  orchId: segment,
  taskId: segment,
  instanceId: fc.stringMatching(/^[0-9a-f]{16}$/),
});

describe('parseAgentId', () => {
  test('splits an agent id into its parts', () => {
    expect(parseAgentId(ID)).toEqual(PARTS);
  });

  test('undoes formatAgentId, and the other way round', () => {
    fc.assert(
      fc.property(agentId, (id) => {
        const text = formatAgentId(id);
        expect(parseAgentId(text)).toEqual(id);
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constant(ID)), (text) => {
        const id = parseAgentId(text);
        if (id) expect(formatAgentId(id)).toBe(text);
      }),
    );
  });

  test.each([
    { name: 'empty text', text: '' },
    { name: 'another scheme', text: ID.replace('spiffe', 'https') },
    { name: 'an upper-case scheme', text: ID.replace('spiffe', 'SPIFFE') },
    { name: 'an upper-case trust domain', text: ID.replace('agentwrit', 'AgentWrit') },
    { name: 'an empty trust domain', text: ID.replace('agentwrit.local', '') },
    { name: 'a port in the trust domain', text: ID.replace('.local', '.local:1') },
    { name: 'something other than an agent', text: ID.replace('/agent/', '/app/') },
    { name: 'an empty segment', text: ID.replace('orch-1', '') },
    { name: 'a segment "."', text: ID.replace('orch-1', '.') },
    { name: 'a segment ".."', text: ID.replace('task-1', '..') },
    { name: 'percent-encoding', text: ID.replace('task-1', 'task%2f1') },
    { name: 'a space', text: ID.replace('task-1', 'task 1') },
    { name: 'an instance of 15 digits', text: ID.slice(0, -1) },
    { name: 'an instance of 17 digits', text: `${ID}0` },
    { name: 'an upper-case instance', text: ID.replace('abcdef', 'ABCDEF') },
    { name: 'a line end', text: `${ID}\n` },
    { name: 'a slash at the end', text: `${ID}/` },
    { name: 'a query', text: `${ID}?x=1` },
    { name: 'a part too many', text: ID.replace('/orch-1', '/orch-0/orch-1') },
    { name: 'a part too few', text: ID.replace('/orch-1', '') },
    { name: 'more than 2,048 characters', text: ID.replace('task-1', 't'.repeat(2048)) },
  ])('refuses $name', ({ text }) => {
    expect(parseAgentId(text)).toBeUndefined();
  });
});

describe('a segment', () => {
  test.each([
    { name: 'letters of both cases and digits', text: 'aZ09' },
    { name: 'dots, dashes and underscores', text: '._-' },
    { name: 'three dots', text: '...' },
    { name: 'one character', text: 'x' },
  ])('may be $name', ({ text }) => {
    expect(isAgentIdSegment(text)).toBe(true);
    expect(() => assertAgentIdSegment(text, 'taskId')).not.toThrow();
  });

  test.each([
    { name: 'empty', value: '' },
    { name: '"."', value: '.' },
    { name: '".."', value: '..' },
    { name: 'split by a slash', value: 'a/b' },
    { name: 'split by a colon', value: 'a:b' },
    { name: 'a percent-encoded text', value: 'a%20b' },
    { name: 'a text with a space', value: 'a b' },
    { name: 'a text with a line end', value: 'a\n' },
    { name: 'outside ASCII', value: 'tâche' },
    { name: 'longer than an id may be', value: 'x'.repeat(2049) },
    { name: 'a number', value: 7 },
    { name: 'nothing', value: undefined },
  ])('is never $name', ({ value }) => {
    if (typeof value === 'string') expect(isAgentIdSegment(value)).toBe(false);
    expect(() => assertAgentIdSegment(value, 'taskId')).toThrow(TypeError);
    expect(() => assertAgentIdSegment(value, 'taskId')).toThrow(/^"taskId" must be/);
  });

  test('that is too long is cut in the message', () => {
    expect(() => assertAgentIdSegment('ö'.repeat(5000), 'taskId')).toThrow(/^.{1,250}$/);
  });
});

describe('isTrustDomain', () => {
  test.each([
    { name: 'the default', text: 'agentwrit.local', allowed: true },
    { name: 'digits, dashes, underscores', text: 'a-1_b', allowed: true },
    { name: 'empty text', text: '', allowed: false },
    { name: 'upper case', text: 'Example', allowed: false },
    { name: 'a full id', text: 'spiffe://example', allowed: false },
    { name: 'a line end', text: 'example\n', allowed: false },
  ])('of $name is $allowed', ({ text, allowed }) => {
    expect(isTrustDomain(text)).toBe(allowed);
  });
});

describe('formatAgentId', () => {
  test('joins the parts', () => {
    expect(formatAgentId(PARTS)).toBe(ID);
  });

  test.each([
    { name: 'trustDomain', value: 'Example' },
    { name: 'orchId', value: '..' },
    { name: 'taskId', value: 'a/b' },
    { name: 'instanceId', value: '0123456789ABCDEF' },
  ])('names the part it refuses: $name', ({ name, value }) => {
    expect(() => formatAgentId({ ...PARTS, [name]: value })).toThrow(TypeError);
    expect(() => formatAgentId({ ...PARTS, [name]: value })).toThrow(`"${name}"`);
  });
});
