// A page in a file in → what a browser makes of it out.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where it is; `undefined` where there is none. */
export const CHROMIUM: string | undefined = PATHS.find((path) => existsSync(path));

const run = promisify(execFile);

export interface Seen {
  /** As it stands after the page was read. */
  readonly dom: string;
  /** What the browser itself has to say, errors of the page's included. */
  readonly log: string;
}

export async function openPage(path: string): Promise<Seen> {
  if (CHROMIUM === undefined) throw new Error('there is no Chromium');
  const profile = await mkdtemp(join(tmpdir(), 'agentwrit-chromium-'));
  try {
    const { stdout, stderr } = await run(
      CHROMIUM,
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--enable-logging=stderr',
        `--user-data-dir=${profile}`,
        '--dump-dom',
        pathToFileURL(path).href,
      ],
      { timeout: 60_000, maxBuffer: 64 * 2 ** 20 },
    );
    return { dom: stdout, log: stderr };
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
}
