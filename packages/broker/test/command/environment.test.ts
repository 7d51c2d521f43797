import { describe, expect, it } from 'vitest';
import { type Environment, readEnvironment, VARIABLES } from '../../src/command/environment.js';

describe('an empty environment', () => {
  const defaults = {
    port: 8080,
    bindAddress: '127.0.0.1',
    logLevel: 'verbose',
    trustDomain: 'agentwrit.local',
    issuer: '',
    audience: '',
    defaultTtl: 300,
    maxTtl: 86_400,
    appTokenTtl: 1800,
    adminTokenTtl: 300,
    adminSecret: '',
    seedTokens: false,
    dbPath: undefined,
    signingKeyPath: undefined,
    tlsMode: 'none',
    tlsCert: '',
    tlsKey: '',
    tlsClientCa: '',
    configPath: '',
    home: '',
  };

  it('gives every default', () => {
    expect(readEnvironment({})).toEqual(defaults);
  });

  it('is what variables without a value make', () => {
    const asked = new Set<string>();
    const env = new Proxy<Environment>(
      {},
      {
        get(_, name) {
          asked.add(String(name));
          return '';
        },
      },
    );
    expect(readEnvironment(env)).toEqual(defaults);
    const variables = [...asked].filter((name) => name.startsWith('AA_'));
    // All of protocol §8.1.
    expect(variables).toHaveLength(19);
    expect(variables.toSorted()).toEqual(VARIABLES.toSorted());
  });
});

describe('texts', () => {
  it.each([
    { variable: 'AA_BIND_ADDRESS', member: 'bindAddress' },
    { variable: 'AA_TRUST_DOMAIN', member: 'trustDomain' },
    { variable: 'AA_ISSUER', member: 'issuer' },
    { variable: 'AA_AUDIENCE', member: 'audience' },
    { variable: 'AA_ADMIN_SECRET', member: 'adminSecret' },
    { variable: 'AA_DB_PATH', member: 'dbPath' },
    { variable: 'AA_TLS_CERT', member: 'tlsCert' },
    { variable: 'AA_TLS_KEY', member: 'tlsKey' },
    { variable: 'AA_TLS_CLIENT_CA', member: 'tlsClientCa' },
    { variable: 'AA_CONFIG_PATH', member: 'configPath' },
    { variable: 'HOME', member: 'home' },
    { variable: 'USERPROFILE', member: 'home' },
  ] as const)('are taken as they are: $variable', ({ variable, member }) => {
    const value = ' As Given, blanks and all ';
    expect(readEnvironment({ [variable]: value })).toHaveProperty(member, value);
  });
});

describe('integers', () => {
  it.each([
    { variable: 'AA_DEFAULT_TTL', member: 'defaultTtl', fallback: 300 },
    { variable: 'AA_MAX_TTL', member: 'maxTtl', fallback: 86_400 },
    { variable: 'AA_APP_TOKEN_TTL', member: 'appTokenTtl', fallback: 1800 },
    { variable: 'AA_ADMIN_TOKEN_TTL', member: 'adminTokenTtl', fallback: 300 },
  ] as const)('fall back one by one: $variable', ({ variable, member, fallback }) => {
    expect(readEnvironment({ [variable]: '77' })).toHaveProperty(member, 77);
    expect(readEnvironment({ [variable]: '77s' })).toHaveProperty(member, fallback);
  });

  it.each([
    { text: '0', value: 0 },
    { text: '-5', value: -5 },
    { text: '+60', value: 60 },
    { text: '0060', value: 60 },
    { text: '9223372036854775807', value: Number.MAX_SAFE_INTEGER },
    { text: '-9223372036854775808', value: -Number.MAX_SAFE_INTEGER },
  ])('are read with their sign, as far as 64 bits go: $text', ({ text, value }) => {
    expect(readEnvironment({ AA_MAX_TTL: text }).maxTtl).toBe(value);
  });

  it.each([
    '9223372036854775808',
    '-9223372036854775809',
    '1_000',
    ' 60',
    '60 ',
    '60\n',
    '6e1',
    '60.0',
    '0x3c',
    '٦٠',
    '+-60',
    '-',
    'sixty',
  ])('fall back silently when they are none: %j', (text) => {
    expect(readEnvironment({ AA_MAX_TTL: text }).maxTtl).toBe(86_400);
  });
});

describe('the port', () => {
  it.each([
    { text: '0', port: 0 },
    { text: '65535', port: 65_535 },
    { text: '08080', port: 8080 },
  ])('is a number: $text', ({ text, port }) => {
    expect(readEnvironment({ AA_PORT: text }).port).toBe(port);
  });

  it.each(['65536', '-1', '80 ', 'http', '1e3', '000080', '8080\n'])(
    'is never guessed at: %j',
    (text) => {
      expect(() => readEnvironment({ AA_PORT: text })).toThrow(
        `AA_PORT must be a whole number from 0 to 65535, got ${JSON.stringify(text)}`,
      );
    },
  );
});

describe('choices', () => {
  it.each([
    { text: 'quiet', level: 'quiet' },
    { text: 'STANDARD', level: 'standard' },
    { text: 'Verbose', level: 'verbose' },
    { text: 'tRACE', level: 'trace' },
    { text: 'debug', level: 'verbose' },
    { text: ' quiet', level: 'verbose' },
  ])('the log level $text is $level', ({ text, level }) => {
    expect(readEnvironment({ AA_LOG_LEVEL: text }).logLevel).toBe(level);
  });

  it.each(['TRUE', '1', 'yes', ' true', 'false'])('only the exact text true seeds: %j', (text) => {
    expect(readEnvironment({ AA_SEED_TOKENS: text }).seedTokens).toBe(false);
    expect(readEnvironment({ AA_SEED_TOKENS: 'true' }).seedTokens).toBe(true);
  });

  it.each([
    { text: 'tls', mode: 'tls' },
    { text: 'mtls', mode: 'mtls' },
    { text: 'none', mode: 'none' },
    { text: 'TLS', mode: 'none' },
    { text: 'https', mode: 'none' },
  ])('the TLS mode $text is $mode', ({ text, mode }) => {
    expect(readEnvironment({ AA_TLS_MODE: text }).tlsMode).toBe(mode);
  });
});

describe('the signing key', () => {
  it('has a usual place beside a database', () => {
    const { signingKeyPath } = readEnvironment({ AA_DB_PATH: './data.db' });
    expect(signingKeyPath).toBe('./signing.key');
  });

  it('lies where it is said to', () => {
    const env = { AA_DB_PATH: './data.db', AA_SIGNING_KEY_PATH: '/keys/one' };
    expect(readEnvironment(env).signingKeyPath).toBe('/keys/one');
  });

  it('is not kept without the revocations', () => {
    expect(() => readEnvironment({ AA_SIGNING_KEY_PATH: '/keys/one' })).toThrow(
      /^AA_SIGNING_KEY_PATH without AA_DB_PATH: .*; set AA_DB_PATH or drop AA_SIGNING_KEY_PATH$/,
    );
  });
});
