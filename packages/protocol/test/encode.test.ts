import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeJson } from '../src/encode.js';

describe('encodeJson', () => {
  test.each([
    { name: 'less than', value: '<', text: '"\\u003c"' },
    { name: 'greater than', value: '>', text: '"\\u003e"' },
    { name: 'ampersand', value: '&', text: '"\\u0026"' },
    { name: 'line separator', value: '\u2028', text: '"\\u2028"' },
    { name: 'paragraph separator', value: '\u2029', text: '"\\u2029"' },
    { name: 'quote and backslash', value: '"\\', text: '"\\"\\\\"' },
    { name: 'short control escapes', value: '\n\r\t\b\f', text: '"\\n\\r\\t\\b\\f"' },
    { name: 'other controls, in lower-case hex', value: '\u0000\u001f', text: '"\\u0000\\u001f"' },
    { name: 'nothing else: slash', value: '/', text: '"/"' },
    { name: 'nothing else: DEL', value: '\u007f', text: '"\u007f"' },
    { name: 'nothing else: text outside ASCII', value: 'é€😀', text: '"é€😀"' },
    { name: 'keys as well as values', value: { '<': '>' }, text: '{"\\u003c":"\\u003e"}' },
  ])('escapes as the broker does: $name', ({ value, text }) => {
    expect(encodeJson(value)).toBe(text);
  });

  test('keeps the order of keys and adds no space and no line end', () => {
    expect(encodeJson({ b: 1, a: [true, null, { z: 0, y: '' }] })).toBe(
      '{"b":1,"a":[true,null,{"z":0,"y":""}]}',
    );
  });

  test('writes the token payload of the known-answer vectors', () => {
    const payload =
      '{"iss":"","sub":"spiffe://agentwrit.local/agent/orch-1/task-1/0123456789abcdef",' +
      '"exp":1771156900,"nbf":1771156600,"iat":1771156600,' +
      '"jti":"00112233445566778899aabbccddeeff","scope":["read:data:*"],' +
      '"task_id":"task-1","orch_id":"orch-1"}';
    expect(encodeJson(JSON.parse(payload))).toBe(payload);
    // The middle part of the JWT in protocol §3.9.
    expect(Buffer.from(encodeJson(JSON.parse(payload))).toString('base64url')).toBe(
      'eyJpc3MiOiIiLCJzdWIiOiJzcGlmZmU6Ly9hZ2VudHdyaXQubG9jYWwvYWdlbnQvb3JjaC0xL3Rhc2stMS8wMTIz' +
        'NDU2Nzg5YWJjZGVmIiwiZXhwIjoxNzcxMTU2OTAwLCJuYmYiOjE3NzExNTY2MDAsImlhdCI6MTc3MTE1NjYwMCwi' +
        'anRpIjoiMDAxMTIyMzM0NDU1NjY3Nzg4OTlhYWJiY2NkZGVlZmYiLCJzY29wZSI6WyJyZWFkOmRhdGE6KiJdLCJ0' +
        'YXNrX2lkIjoidGFzay0xIiwib3JjaF9pZCI6Im9yY2gtMSJ9',
    );
  });

  test('means the same as JSON.stringify and contains none of the five characters', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' })), (value) => {
        const text = encodeJson(value);
        expect(text).not.toMatch(/[<>&\u2028\u2029]/);
        expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(value));
      }),
    );
  });
});
