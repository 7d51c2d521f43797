import { describe, expect, it } from 'vitest';
import { type Environment, readEnvironment } from '../../src/command/environment.js';
import { HELP } from '../../src/command/help.js';

describe('help', () => {
  it('names every variable that is read, and no other', () => {
    const read = new Set<string>();
    const env = new Proxy<Environment>({}, { get: (_, name) => void read.add(String(name)) });
    readEnvironment(env);
    const named = [...HELP.matchAll(/^ {2}(AA_\w+) /gm)].map(([, name]) => name);
    const variables = [...read].filter((name) => name.startsWith('AA_'));
    expect(new Set(named)).toEqual(new Set(variables));
    expect(named).toHaveLength(variables.length);
  });

  it.each([
    { variable: 'AA_PORT', member: 'port' },
    { variable: 'AA_BIND_ADDRESS', member: 'bindAddress' },
    { variable: 'AA_TLS_MODE', member: 'tlsMode' },
    { variable: 'AA_TRUST_DOMAIN', member: 'trustDomain' },
    { variable: 'AA_SEED_TOKENS', member: 'seedTokens' },
    { variable: 'AA_DEFAULT_TTL', member: 'defaultTtl' },
    { variable: 'AA_MAX_TTL', member: 'maxTtl' },
    { variable: 'AA_APP_TOKEN_TTL', member: 'appTokenTtl' },
    { variable: 'AA_ADMIN_TOKEN_TTL', member: 'adminTokenTtl' },
    { variable: 'AA_LOG_LEVEL', member: 'logLevel' },
    { variable: 'AA_SIGNING_KEY_PATH', member: 'signingKeyPath', env: { AA_DB_PATH: 'x' } },
  ] as const)('says what $variable is by default', ({ variable, member, ...given }) => {
    const value = String(readEnvironment('env' in given ? given.env : {})[member]);
    const words = HELP.split('\n')
      .find((line) => line.startsWith(`  ${variable} `))
      ?.split(/ +/);
    expect(words?.slice(1, 3)).toEqual([variable, value]);
  });

  it('fits a terminal', () => {
    expect(HELP.split('\n').filter((line) => line.length >= 80)).toEqual([]);
  });
});
