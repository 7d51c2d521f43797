import { describe, expect, it } from 'vitest';
import { type RemarkFacts, remarksOn } from '../../src/command/remarks.js';

const QUIET: RemarkFacts = {
  bindAddress: '127.0.0.1',
  dbPath: './data.db',
  defaultTtl: 300,
  maxTtl: 300,
  tlsMode: 'none',
  mode: 'production',
};

describe('a configuration', () => {
  it.each([
    {
      name: 'every address without TLS',
      change: { bindAddress: '0.0.0.0' },
      message: '0.0.0.0 without TLS: tokens cross the network in the clear',
    },
    {
      name: 'every address of the other family',
      change: { bindAddress: '::' },
      message: ':: without TLS: tokens cross the network in the clear',
    },
    {
      name: 'a lifetime above the ceiling',
      change: { defaultTtl: 301 },
      message: 'AA_DEFAULT_TTL 301 is above AA_MAX_TTL 300, which is what counts',
    },
  ])('is warned about: $name', ({ change, message }) => {
    expect(remarksOn({ ...QUIET, ...change })).toEqual([
      { level: 'WARN', module: 'CFG', component: 'config', message },
    ]);
  });

  it.each([
    { name: 'nothing special', change: {} },
    { name: 'another mode', change: { mode: 'Development' } },
    { name: 'every address with TLS', change: { bindAddress: '0.0.0.0', tlsMode: 'tls' } },
    { name: 'every address with mTLS', change: { bindAddress: '::', tlsMode: 'mtls' } },
    { name: 'no ceiling', change: { maxTtl: 0 } },
    { name: 'no ceiling either', change: { maxTtl: -1 } },
  ] as const)('may have $name', ({ change }) => {
    expect(remarksOn({ ...QUIET, ...change })).toEqual([]);
  });

  it.each([
    {
      name: 'the development mode',
      change: { mode: 'development' },
      message: 'MODE is development',
    },
    {
      name: 'nothing kept',
      change: { dbPath: undefined },
      message: 'AA_DB_PATH is not set: all state and the signing key end with this process',
    },
  ])('is told, and nobody warned: $name', ({ change, message }) => {
    expect(remarksOn({ ...QUIET, ...change })).toEqual([
      { level: 'OK', module: 'CFG', component: 'config', message },
    ]);
  });
});
