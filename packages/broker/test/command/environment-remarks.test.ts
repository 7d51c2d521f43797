import { describe, expect, it } from 'vitest';
import { type Environment, readEnvironment } from '../../src/command/environment.js';
import { remarksOnEnvironment } from '../../src/command/environment-remarks.js';

function remarks(env: Environment): readonly string[] {
  return remarksOnEnvironment(env, readEnvironment(env)).map(({ message }) => message);
}

describe('a value that does not mean what it seems to', () => {
  it.each([
    {
      name: 'a TLS mode that is none',
      env: { AA_TLS_MODE: 'on', AA_TLS_CERT: 'a', AA_TLS_KEY: 'b' },
      says: ['AA_TLS_MODE "on" is none of none, tls, mtls: serving plain http'],
    },
    {
      name: 'a TLS mode in capitals',
      env: { AA_TLS_MODE: 'TLS' },
      says: ['AA_TLS_MODE "TLS" is none of none, tls, mtls: serving plain http'],
    },
    {
      name: 'TLS files without a mode',
      env: { AA_TLS_CERT: 'a', AA_TLS_KEY: 'b', AA_TLS_CLIENT_CA: 'c' },
      says: ['AA_TLS_CERT', 'AA_TLS_KEY', 'AA_TLS_CLIENT_CA'].map(
        (name) => `${name} is not used, as AA_TLS_MODE is none: serving plain http`,
      ),
    },
    {
      name: 'a TLS file with the mode that has no use for it',
      env: { AA_TLS_MODE: 'none', AA_TLS_KEY: 'hush' },
      says: ['AA_TLS_KEY is not used, as AA_TLS_MODE is none: serving plain http'],
    },
    {
      name: 'a client CA that nobody is held to',
      env: { AA_TLS_MODE: 'tls', AA_TLS_CERT: 'a', AA_TLS_KEY: 'b', AA_TLS_CLIENT_CA: 'c' },
      says: ['AA_TLS_CLIENT_CA is not used, as AA_TLS_MODE is tls: clients need no certificate'],
    },
    {
      name: 'lifetimes with units',
      env: {
        AA_DEFAULT_TTL: '5m',
        AA_MAX_TTL: '1d',
        AA_APP_TOKEN_TTL: '30 ',
        AA_ADMIN_TOKEN_TTL: '6e1',
      },
      says: [
        'AA_DEFAULT_TTL "5m" is not a whole number: 300 is used',
        'AA_MAX_TTL "1d" is not a whole number: 86400 is used',
        'AA_APP_TOKEN_TTL "30 " is not a whole number: 1800 is used',
        'AA_ADMIN_TOKEN_TTL "6e1" is not a whole number: 300 is used',
      ],
    },
    {
      name: 'an unknown log level',
      env: { AA_LOG_LEVEL: 'debug' },
      says: ['AA_LOG_LEVEL "debug" is none of quiet, standard, verbose, trace: verbose is used'],
    },
    {
      name: 'nearly true',
      env: { AA_SEED_TOKENS: 'TRUE' },
      says: ['AA_SEED_TOKENS "TRUE" is neither true nor false: no seed tokens are printed'],
    },
    ...['Example.org', 'a b', 'spiffe://Example.org/x', 'spiffe://'].map((domain) => ({
      name: `the trust domain ${domain}`,
      env: { AA_TRUST_DOMAIN: domain },
      says: [
        `AA_TRUST_DOMAIN "${domain}" cannot stand in an agent id, which has one or more of a-z 0-9 . - _ there: every registration will fail with 500`,
      ],
    })),
    {
      name: 'terminal commands and lines',
      env: { AA_LOG_LEVEL: '\u001b[2J\n' },
      says: [
        String.raw`AA_LOG_LEVEL "\u001b[2J\n" is none of quiet, standard, verbose, trace: verbose is used`,
      ],
    },
    {
      name: 'a whole file',
      env: { AA_MAX_TTL: 'x'.repeat(81) },
      says: [`AA_MAX_TTL "${'x'.repeat(80)}…" is not a whole number: 86400 is used`],
    },
  ])('is told, with what is used instead: $name', ({ env, says }) => {
    expect(remarks(env)).toEqual(says);
  });

  it('is a warning', () => {
    const env = { AA_LOG_LEVEL: 'debug' };
    expect(remarksOnEnvironment(env, readEnvironment(env))).toMatchObject([
      { level: 'WARN', module: 'CFG', component: 'config' },
    ]);
  });

  it.each<{ name: string; env: Environment }>([
    { name: 'nothing', env: {} },
    { name: 'variables of others', env: { PATH: '/bin', AAA: 'x', aa_port: 'x', XAA_PORT: 'x' } },
    {
      name: 'empty ones',
      env: { AA_TLS_MODE: '', AA_MAX_TTL: '', AA_LOG_LEVEL: '', AA_SEED_TOKENS: '', AA_PROT: '' },
    },
    { name: 'mTLS', env: { AA_TLS_MODE: 'mtls', AA_TLS_KEY: 'b', AA_TLS_CLIENT_CA: 'c' } },
    { name: 'TLS', env: { AA_TLS_MODE: 'tls', AA_TLS_CERT: 'a' } },
    { name: 'numbers with signs', env: { AA_MAX_TTL: '-5', AA_DEFAULT_TTL: '+60' } },
    { name: 'the log level in capitals', env: { AA_LOG_LEVEL: 'Quiet' } },
    { name: 'the usual log level by name', env: { AA_LOG_LEVEL: 'VERBOSE' } },
    { name: 'no seed tokens, or some', env: { AA_SEED_TOKENS: 'false' } },
    { name: 'seed tokens', env: { AA_SEED_TOKENS: 'true' } },
    { name: 'a trust domain', env: { AA_TRUST_DOMAIN: 'example.org' } },
    { name: 'a trust domain in an id', env: { AA_TRUST_DOMAIN: 'spiffe://example.org/A/B' } },
  ])('is not seen where there is $name', ({ env }) => {
    expect(remarks(env)).toEqual([]);
  });
});

describe('a name that is not known', () => {
  it.each([
    { name: 'AA_PROT', meant: 'AA_PORT' },
    { name: 'AA_DB_PTAH', meant: 'AA_DB_PATH' },
    { name: 'AA_ADMIN_SECRETS', meant: 'AA_ADMIN_SECRET' },
    { name: 'AA_MAXTTL', meant: 'AA_MAX_TTL' },
    { name: 'AA_TLS_KEE', meant: 'AA_TLS_KEY' },
    { name: 'AA_SIGNING_KEYPATHS', meant: 'AA_SIGNING_KEY_PATH' },
    // The first that is one letter away, not the first that is two away.
    { name: 'AA_TLS_CEY', meant: 'AA_TLS_KEY' },
    { name: 'AA_XYPORT', meant: 'AA_PORT' },
    { name: 'AA_SHORT', meant: 'AA_PORT' },
    { name: 'AA_HOSTS', meant: undefined },
    { name: 'AA_CLIENT_CA', meant: undefined },
    { name: 'AA_ADMIN', meant: undefined },
    { name: 'AA_', meant: undefined },
  ])('is told with the nearest one: $name, $meant', ({ name, meant }) => {
    const question = meant === undefined ? '' : `; did you mean ${meant}?`;
    expect(remarks({ [name]: 'hush' })).toEqual([
      `${name} is not known and changes nothing${question}`,
    ]);
  });

  it('is cut when it has no end', () => {
    expect(remarks({ [`AA_${'X'.repeat(99)}`]: 'hush' })).toEqual([
      `AA_${'X'.repeat(77)} is not known and changes nothing`,
    ]);
  });
});

describe('several', () => {
  it('are all told', () => {
    const env = { AA_TLS_MODE: 'on', AA_MAX_TTL: '1d', AA_LOG_LEVEL: 'all', AA_X: 'x' };
    expect(remarks(env)).toHaveLength(4);
  });
});
