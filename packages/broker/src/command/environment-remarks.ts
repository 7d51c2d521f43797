// The environment and what was made of it in → what in it does not mean what its operator may think, out.
// The broker takes such values without a word (protocol §8.1); this one takes them too, and says so.

import { Agents } from '../agents.js';
import type { LogEntry } from '../log.js';
import { type Configuration, type Environment, readInteger, VARIABLES } from './environment.js';
import { warning } from './remarks.js';

// Longer values are cut: a whole file in a variable is none that anybody reads in a log.
const MAX_QUOTED = 80;

/** Says no value but those of modes, levels, lifetimes and the trust domain: the others may be secrets. */
export function remarksOnEnvironment(
  env: Environment,
  configuration: Configuration,
): readonly LogEntry[] {
  return [
    ...tlsRemarks(env, configuration),
    ...lifetimeRemarks(env, configuration),
    ...wordRemarks(env, configuration),
    ...unknownNames(env),
  ].map(warning);
}

function tlsRemarks(env: Environment, { tlsMode, ...files }: Configuration): readonly string[] {
  const text = env['AA_TLS_MODE'] || 'none';
  if (text !== tlsMode) {
    return [`AA_TLS_MODE ${quoted(text)} is none of none, tls, mtls: serving plain http`];
  }
  const unused: string[] = [];
  if (tlsMode === 'none' && files.tlsCert !== '') unused.push('AA_TLS_CERT');
  if (tlsMode === 'none' && files.tlsKey !== '') unused.push('AA_TLS_KEY');
  if (tlsMode !== 'mtls' && files.tlsClientCa !== '') unused.push('AA_TLS_CLIENT_CA');
  const instead = tlsMode === 'none' ? 'serving plain http' : 'clients need no certificate';
  return unused.map((name) => `${name} is not used, as AA_TLS_MODE is ${tlsMode}: ${instead}`);
}

function lifetimeRemarks(env: Environment, configuration: Configuration): readonly string[] {
  const lifetimes = [
    ['AA_DEFAULT_TTL', configuration.defaultTtl],
    ['AA_MAX_TTL', configuration.maxTtl],
    ['AA_APP_TOKEN_TTL', configuration.appTokenTtl],
    ['AA_ADMIN_TOKEN_TTL', configuration.adminTokenTtl],
  ] as const;
  return lifetimes.flatMap(([name, used]) => {
    const text = env[name] || '0';
    if (readInteger(text) !== undefined) return [];
    return [`${name} ${quoted(text)} is not a whole number: ${used} is used`];
  });
}

function wordRemarks(
  env: Environment,
  { logLevel, trustDomain }: Configuration,
): readonly string[] {
  const remarks: string[] = [];
  const level = env['AA_LOG_LEVEL'] || logLevel;
  if (level.toLowerCase() !== logLevel) {
    remarks.push(
      `AA_LOG_LEVEL ${quoted(level)} is none of quiet, standard, verbose, trace: ${logLevel} is used`,
    );
  }
  const seed = env['AA_SEED_TOKENS'] || 'false';
  if (seed !== 'true' && seed !== 'false') {
    remarks.push(
      `AA_SEED_TOKENS ${quoted(seed)} is neither true nor false: no seed tokens are printed`,
    );
  }
  // Tried, not judged here: what registers an agent knows what it takes.
  if (new Agents(trustDomain).register('orch', 'task') === undefined) {
    remarks.push(
      `AA_TRUST_DOMAIN ${quoted(trustDomain)} cannot stand in an agent id, which has one or more of ` +
        'a-z 0-9 . - _ there: every registration will fail with 500',
    );
  }
  return remarks;
}

function unknownNames(env: Environment): readonly string[] {
  const known: readonly string[] = VARIABLES;
  return Object.keys(env)
    .filter((name) => name.startsWith('AA_') && !known.includes(name) && env[name] !== '')
    .map((name) => {
      const meant =
        known.find((candidate) => isWithin(1, candidate, name)) ??
        known.find((candidate) => isWithin(2, candidate, name));
      const question = meant === undefined ? '' : `; did you mean ${meant}?`;
      return `${name.slice(0, MAX_QUOTED)} is not known and changes nothing${question}`;
    });
}

/** Whether so many letters, put in, left out or changed, make one of the other. */
function isWithin(edits: number, one: string, other: string): boolean {
  if (one === other) return true;
  if (edits === 0) return false;
  let same = 0;
  while (one[same] === other[same]) same += 1;
  const [a, b] = [one.slice(same), other.slice(same)];
  return (
    isWithin(edits - 1, a.slice(1), b.slice(1)) ||
    isWithin(edits - 1, a.slice(1), b) ||
    isWithin(edits - 1, a, b.slice(1))
  );
}

function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);
}
