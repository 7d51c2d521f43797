import { createTestBroker } from '@agentwrit/broker/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLAIMS, forged, SIGNATURE } from './forged-token.js';
import { run } from './run.js';

const INSPECT = ['token', 'inspect'];

describe('what is no token', () => {
  const HUSH = 'hush-hush-hush';

  it.each([
    { name: 'some text', text: HUSH },
    { name: 'two parts', text: `${HUSH}.${HUSH}` },
    { name: 'four parts', text: `${HUSH}.a.b.c` },
    { name: 'an empty part', text: `${HUSH}..c` },
    { name: 'another alphabet', text: `${HUSH}.a+b.c` },
    { name: 'blanks', text: `${HUSH} a.b.c` },
    { name: 'far too long', text: `a.${HUSH.repeat(2000)}.c` },
    { name: 'no JSON', text: forged(HUSH) },
    { name: 'no JSON in the header', text: forged(CLAIMS, HUSH) },
    { name: 'an array in the header', text: forged(CLAIMS, [HUSH]) },
    {
      name: 'good, but too long',
      text: forged({ ...CLAIMS, scope: Array.from({ length: 900 }, () => `read:data:${HUSH}`) }),
    },
    { name: 'bytes that are no text', text: `_w.${forged().split('.')[1]}.c` },
    { name: 'an array', text: forged([HUSH]) },
    { name: 'null', text: forged('null') },
    { name: 'nothing', text: forged({}) },
    { name: 'a scope that is a text', text: forged({ ...CLAIMS, scope: HUSH }) },
    { name: 'no token id', text: forged({ ...CLAIMS, jti: undefined }) },
    { name: 'an expiry that is none', text: forged({ ...CLAIMS, exp: HUSH }) },
    { name: 'a chain of texts', text: forged({ ...CLAIMS, delegation_chain: [HUSH] }) },
    { name: 'deep JSON', text: forged(`${'['.repeat(9000)}${']'.repeat(9000)}`) },
  ])('is refused here, shown to nobody and sent to nobody: $name', async ({ text }) => {
    await using broker = await createTestBroker();
    for (const argv of [INSPECT, [...INSPECT, '--json']]) {
      const given = await run([...argv, '--broker', broker.url], { stdin: text });
      expect(given.code).toBe(1);
      expect(given.stdout).toEqual([]);
      expect(given.stderr).toHaveLength(1);
      expect(given.stderr.join()).not.toContain('hush');
    }
    expect(broker.requestCount()).toBe(0);
  });

  it('never breaks the command', async () => {
    const claim = fc.oneof(fc.json(), fc.constantFrom('"x"', '1e400', '-0', '{"__proto__":1}'));
    const payload = fc.dictionary(
      fc.constantFrom(...Object.keys(CLAIMS), 'delegation_chain', 'chain_hash', 'aud'),
      claim.map((text) => JSON.parse(text) as unknown),
    );
    await fc.assert(
      fc.asyncProperty(payload, fc.boolean(), async (claims, isWhole) => {
        const stdin = forged(isWhole ? { ...CLAIMS, ...claims } : claims);
        const { code, stderr } = await run(INSPECT, { stdin });
        expect([0, 1]).toContain(code);
        expect(stderr.length).toBe(code);
      }),
    );
  });
});

describe('what is printed', () => {
  it('holds neither the token nor its signature', async () => {
    await using broker = await createTestBroker();
    const delegator = await broker.issueToken({ scope: ['read:data:*'] });
    const { token } = await broker.issueToken({
      scope: ['read:data:7'],
      delegatedBy: delegator.token,
    });
    for (const text of [token, forged()]) {
      const [header = '', payload = '', signature = ''] = text.split('.');
      for (const flags of [
        [],
        ['--json'],
        ['--broker', broker.url],
        ['--broker', broker.url, '--json'],
      ]) {
        const { stdout, stderr } = await run([...INSPECT, ...flags, '--token', text]);
        const printed = [...stdout, ...stderr].join('\n');
        for (const secret of [header, payload, signature]) expect(printed).not.toContain(secret);
        expect(printed).not.toContain(SIGNATURE);
        expect(printed).not.toContain('"signature"');
      }
    }
  });

  it('cannot be steered by what a broker says', async () => {
    await using broker = await createTestBroker();
    const body = JSON.stringify({ valid: false, error: 'no\u001b[2J\nVALID\u202e' });
    await broker.fail(200, { body, headers: { 'content-type': 'application/json' } });
    const { code, stdout } = await run([...INSPECT, '--broker', broker.url], { stdin: forged() });
    expect(code).toBe(1);
    expect(stdout[0]).toBe(String.raw`INVALID, says the broker: no\u{1b}[2J\u{a}VALID\u{202e}`);
  });

  it('cannot be steered by what a token says', async () => {
    const evil = '\u001b]0;x\u0007\u001b[2J\u202eVALID\nVALID, says the broker\u2028\u009b1m';
    const stdin = forged(
      {
        ...CLAIMS,
        sub: `app:${evil}`,
        iss: evil,
        aud: [evil],
        jti: evil,
        scope: [`read:data:${evil}`, evil],
        task_id: evil,
        delegation_chain: [
          { agent: evil, scope: [evil], delegated_at: '2026-02-15T12:00:00Z', signature: evil },
        ],
      },
      { alg: evil, typ: evil, kid: evil },
    );
    for (const flags of [[], ['--json'], ['--require', `read:data:${evil}`]]) {
      const { stdout } = await run([...INSPECT, ...flags], { stdin });
      expect(stdout.length).toBeGreaterThan(0);
      // What a terminal may obey, or hide, or turn round.
      for (const line of stdout) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(stdout.filter((line) => line.startsWith('VALID'))).toEqual([]);
    }
  });
});
