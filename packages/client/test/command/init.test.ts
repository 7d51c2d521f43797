import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare } from 'bcryptjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adminToken, startedCommand, stopped } from '../../../broker/test/command/child.js';
import { documentOf, run } from './run.js';

const INIT = ['init'];

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agentwrit-init-'));
  path = join(folder, 'some', 'folder', 'config');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const permissions = (file: string): string => (statSync(file).mode & 0o777).toString(8);
const secretIn = (file: string): string =>
  /^ADMIN_SECRET=(.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';

describe('init', () => {
  it('writes a file with a new secret for its owner alone', async () => {
    const { code, stdout, stderr } = await run([...INIT, '--config-path', path]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
    expect(readFileSync(path, 'utf8')).toMatch(
      /^MODE=development\nADMIN_SECRET=[A-Za-z0-9_-]{43}\n$/,
    );
    expect(permissions(path)).toBe('600');
    expect(permissions(join(folder, 'some'))).toBe('700');
    expect(permissions(join(folder, 'some', 'folder'))).toBe('700');
    expect(stdout.join()).toContain(path);
    expect(stdout.join()).not.toContain(secretIn(path));
  });

  it('writes another secret each time', async () => {
    await run([...INIT, '--config-path', path]);
    const other = join(folder, 'other');
    await run([...INIT, '--config-path', other]);
    expect(secretIn(other)).not.toBe(secretIn(path));
  });

  it('for production keeps the hash, and prints the secret once', async () => {
    const argv = [...INIT, '--mode', 'prod', '--config-path', path];
    const { code, stdout } = await run(argv);
    expect(code).toBe(0);
    const hash = secretIn(path);
    expect(readFileSync(path, 'utf8')).toBe(`MODE=production\nADMIN_SECRET=${hash}\n`);
    expect(hash).toMatch(/^\$2[aby]\$12\$/);
    const secrets = stdout.join('\n').match(/[A-Za-z0-9_-]{43}/g) ?? [];
    expect(secrets).toHaveLength(1);
    expect(await compare(secrets[0] ?? '', hash)).toBe(true);
  });

  it('is one document for programs', async () => {
    const dev = await run([...INIT, '--config-path', path, '--json']);
    expect(documentOf(dev)).toEqual({ mode: 'development', path });
    const argv = [...INIT, '--config-path', path, '--json', '--force', '--mode=prod'];
    const secret = expect.stringMatching(/^[\w-]{43}$/);
    expect(documentOf(await run(argv))).toEqual({ mode: 'production', path, admin_secret: secret });
  });

  it.each([
    {
      name: 'what is given',
      argv: ['given'],
      env: { AA_CONFIG_PATH: 'env', HOME: 'home' },
      at: 'given',
    },
    {
      name: 'what the broker is told',
      argv: [],
      env: { AA_CONFIG_PATH: 'env', HOME: 'home' },
      at: 'env',
    },
    {
      name: 'the home',
      argv: [],
      env: { AA_CONFIG_PATH: '', HOME: 'home' },
      at: 'home/.broker/config',
    },
  ])('writes to $name', async ({ argv, env, at }) => {
    const inside = Object.entries(env).map(([name, value]) => [name, value && join(folder, value)]);
    const { code } = await run(
      [...INIT, ...argv.flatMap((file) => ['--config-path', join(folder, file)])],
      { env: Object.fromEntries(inside) as Record<string, string> },
    );
    expect(code).toBe(0);
    expect(existsSync(join(folder, at))).toBe(true);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('needs a place', async () => {
    const { code, stderr } = await run(INIT, { env: {} });
    expect(code).toBe(2);
    expect(stderr[0]).toBe('agentwrit: there is no home folder: give --config-path');
  });
});

describe('what init wrote', () => {
  it.each(['dev', 'prod'])('is what a broker starts with: %s', async (mode) => {
    const { stdout } = await run([...INIT, '--mode', mode, '--config-path', path, '--json']);
    const { admin_secret: told } = JSON.parse(stdout.join()) as { admin_secret?: string };
    const broker = await startedCommand({ env: { AA_CONFIG_PATH: path, AA_ADMIN_SECRET: '' } });
    expect(await adminToken(broker, told ?? secretIn(path))).not.toBe('');
    expect(await adminToken(broker, 'another')).toBe('');
    await stopped(broker);
  });

  it('is a secret that the shell can take from it', async () => {
    path = join(folder, "it's a folder", 'config');
    const { stdout } = await run([...INIT, '--config-path', path]);
    const script = `${stdout.slice(1).join('\n')}; printf %s "$AGENTWRIT_ADMIN_SECRET"`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(secretIn(path));
  });
});

describe('what is there already', () => {
  it('is not replaced', async () => {
    path = join(folder, 'config');
    writeFileSync(path, 'mine');
    const { code, stdout, stderr } = await run([...INIT, '--config-path', path]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: [] });
    expect(stderr[0]).toBe(`agentwrit: ${path} exists already; --force replaces it`);
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  it('is replaced as a whole when that is wanted, permissions included', async () => {
    path = join(folder, 'config');
    writeFileSync(path, 'mine'.repeat(1000));
    chmodSync(path, 0o644);
    const { code } = await run([...INIT, '--config-path', path, '--force']);
    expect(code).toBe(0);
    expect(readFileSync(path, 'utf8')).toMatch(/^MODE=development\nADMIN_SECRET=.{43}\n$/);
    expect(permissions(path)).toBe('600');
    expect(readdirSync(folder)).toEqual(['config']);
  });

  it('need not be there to be replaced', async () => {
    expect((await run([...INIT, '--config-path', path, '--force'])).code).toBe(0);
    expect(permissions(path)).toBe('600');
  });

  it.each([
    { name: 'a link to a file', make: () => symlinkSync(join(folder, 'target'), path) },
    { name: 'a link to nothing', make: () => symlinkSync(join(folder, 'nothing'), path) },
    { name: 'a folder', make: () => mkdirSync(path) },
  ])('is neither followed nor replaced when it is $name', async ({ make }) => {
    path = join(folder, 'config');
    writeFileSync(join(folder, 'target'), 'mine');
    make();
    const before = lstatSync(path).mode;
    for (const flags of [[], ['--force']]) {
      const { code, stdout } = await run([...INIT, '--config-path', path, ...flags]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: [] });
    }
    expect(lstatSync(path).mode).toBe(before);
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('mine');
    expect(readdirSync(folder).toSorted()).toEqual(['config', 'target']);
  });

  it('may make it impossible, which is a fault and shows no secret', async () => {
    writeFileSync(join(folder, 'file'), '');
    path = join(folder, 'file', 'config');
    const argv = [...INIT, '--config-path', path];
    const { code, stdout, stderr } = await run(argv);
    expect({ code, stdout }).toEqual({ code: 3, stdout: [] });
    const place = join(folder, 'file');
    expect(stderr).toEqual([`agentwrit: cannot make the folder ${place}: something else is there`]);
    const { stderr: asDocument } = await run([...argv, '--json']);
    expect(JSON.parse(asDocument.join())).toMatchObject({ code: 'fault' });
  });
});
