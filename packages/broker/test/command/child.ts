// The command as its user runs it: a process of its own, in an empty folder, with nothing in its
// environment but what a test gives it.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

export const ADMIN_SECRET = 'an-operator-secret-for-tests';

export interface Finished {
  readonly code: number | null;
  /** Of a process that did not get to exit by itself. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Command {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Lines of stdout so far. */
  readonly lines: readonly string[];
  /** The first line of stdout that matches, as soon as it is there; throws when the process ends without. */
  readonly line: (pattern: RegExp) => Promise<string>;
  readonly finished: Promise<Finished>;
}

export type Environment = Readonly<Record<string, string>>;

// As built: a child process reads no TypeScript.
const BIN = fileURLToPath(new URL('../../dist/command/bin.js', import.meta.url));

const running = new Set<ChildProcessByStdio<null, Readable, Readable>>();
const folders: string[] = [];

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Gone after the test. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'agentwrit-command-'));
  folders.push(folder);
  return folder;
}

/** Killed after the test if it is still there. */
export function command(
  args: readonly string[],
  { env = {}, cwd = emptyFolder() }: { readonly env?: Environment; readonly cwd?: string } = {},
): Command {
  const child = spawn(process.execPath, ['--no-warnings', BIN, ...args], {
    cwd,
    env: { HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  const lines: string[] = [];
  const readers = new Set<() => void>();
  const tellReaders = (): void => {
    for (const reader of readers) reader();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    lines.splice(0, lines.length, ...stdout.split('\n').slice(0, -1));
    tellReaders();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  let ended = false;
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(child);
      ended = true;
      tellReaders();
      resolve({ code, signal, stdout, stderr });
    });
  });
  const line = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const reader = (): void => {
        const found = lines.find((candidate) => pattern.test(candidate));
        if (found !== undefined) resolve(found);
        else if (ended) reject(new Error(`ended without ${pattern}: ${stdout}${stderr}`));
        else return;
        readers.delete(reader);
      };
      readers.add(reader);
      reader();
    });
  return { child, lines, line, finished };
}

export interface Started extends Command {
  /** As printed, without the scheme. */
  readonly address: string;
  /** One request, JSON in and out. */
  readonly call: (
    method: string,
    path: string,
    options?: { readonly token?: string; readonly body?: unknown },
  ) => Promise<{ readonly status: number; readonly json: unknown }>;
}

/** A broker that listens, on a free port unless `env` says otherwise. */
export async function startedCommand(
  options: {
    readonly args?: readonly string[];
    readonly env?: Environment;
    readonly cwd?: string;
  } = {},
): Promise<Started> {
  const { args = [], env, ...rest } = options;
  const started = command(args, {
    ...rest,
    env: { AA_PORT: '0', AA_ADMIN_SECRET: ADMIN_SECRET, ...env },
  });
  const announced = await started.line(/ listening on /);
  const address = announced.split(' ').at(-1) ?? '';
  return {
    ...started,
    address,
    async call(method, path, { token, body } = {}) {
      const response = await fetch(`http://${address}${path}`, {
        method,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const json: unknown = text === '' ? undefined : JSON.parse(text);
      return { status: response.status, json };
    },
  };
}

/** Sends the signal and waits for the end. */
export function stopped(started: Command, signal: NodeJS.Signals = 'SIGTERM'): Promise<Finished> {
  started.child.kill(signal);
  return started.finished;
}

export async function adminToken(started: Started, secret: string = ADMIN_SECRET): Promise<string> {
  const { json } = await started.call('POST', '/v1/admin/auth', { body: { secret } });
  return (json as { access_token?: string }).access_token ?? '';
}

export async function isValid(started: Started, token: string): Promise<unknown> {
  const { json } = await started.call('POST', '/v1/token/validate', { body: { token } });
  return (json as { valid: unknown }).valid;
}
