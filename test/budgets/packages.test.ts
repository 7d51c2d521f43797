// What we ship and load, as it is built → no more than is written down in vectors/budgets.json.

import { describe, expect, it } from 'vitest';
import { assertWithinBudget, budgets, FILE } from './budgets.js';
import {
  installedWith,
  type Loaded,
  loadedBy,
  NAMES,
  type Shipped,
  shippedBy,
} from './packages.js';

const entries = NAMES.flatMap(loadedBy);
const FRAMEWORKS = ['express', 'fastify', 'hono'];

const TO_CHANGE = `to change this on purpose, change ${FILE}: see test/budgets/README.md`;

function sizeOf(files: readonly Shipped[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function largest(files: readonly Shipped[]): readonly string[] {
  return files
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, 8)
    .map(({ path, bytes }) => `${bytes} ${path}`);
}

it('has a budget for every package and every entry, and for nothing else', () => {
  expect(Object.keys(budgets.packages).toSorted(), TO_CHANGE).toEqual(NAMES.toSorted());
  expect(Object.keys(budgets.entries).toSorted(), TO_CHANGE).toEqual(
    entries.map(({ name }) => name).toSorted(),
  );
});

describe.each(NAMES)('the package %s', (name) => {
  it('ships no more JavaScript than its budget', () => {
    const files = shippedBy(name);
    assertWithinBudget({
      what: `The JavaScript of ${name}`,
      value: sizeOf(files),
      unit: 'bytes',
      path: ['packages', name, 'bytes'],
      parts: () => largest(files),
    });
  });

  it('brings along the packages that are written down', () => {
    const { packages }: { packages: Record<string, { installs: readonly string[] }> } = budgets;
    expect(installedWith(name), TO_CHANGE).toEqual(packages[name]?.installs);
  });
});

describe.each(entries.map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
  it('loads no more of our JavaScript than its budget', () => {
    assertWithinBudget({
      what: `Our JavaScript in ${name}`,
      value: sizeOf(entry.own),
      unit: 'bytes',
      path: ['entries', name, 'bytes'],
      parts: () => largest(entry.own),
    });
  });

  it('imports what is written down', () => {
    const { entries: known }: { entries: Record<string, { imports: readonly string[] }> } = budgets;
    expect(entry.imports, TO_CHANGE).toEqual(known[name]?.imports);
  });
});

describe('whatever is written down', () => {
  it.each<{ rule: string; of: RegExp; allowed: (name: string) => boolean }>([
    { rule: 'protocol loads nothing', of: /^@agentwrit\/protocol/, allowed: isOneOf('protocol') },
    {
      rule: 'core loads protocol and no framework',
      of: /^@agentwrit\/core/,
      allowed: isOneOf('protocol', 'core'),
    },
    {
      rule: 'the client loads protocol, not core, and no framework',
      of: /^@agentwrit\/client/,
      allowed: isOneOf('protocol', 'client'),
    },
    ...FRAMEWORKS.map((framework) => ({
      rule: `the adapter for ${framework} loads protocol and core, and no other framework`,
      of: new RegExp(`^@agentwrit/${framework}`),
      allowed: (name: string) => name === framework || isOneOf('protocol', 'core', framework)(name),
    })),
  ])('$rule', ({ of, allowed }) => {
    const loaded = entries.filter(({ name }) => of.test(name));
    expect(loaded.length).toBeGreaterThan(0);
    const isBounded = (name: string): boolean =>
      name.startsWith('@agentwrit/') || FRAMEWORKS.includes(name);
    const tooMuch = ({ name, packages }: Loaded): readonly string[] =>
      packages.filter((one) => isBounded(one) && !allowed(one)).map((one) => `${name}: ${one}`);
    expect(loaded.flatMap(tooMuch)).toEqual([]);
  });

  function isOneOf(...ours: readonly string[]): (name: string) => boolean {
    const names = new Set(ours.map((name) => `@agentwrit/${name}`));
    return (name) => names.has(name);
  }
});
