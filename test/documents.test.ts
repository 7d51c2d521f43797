// What the documents show is compiled as a reader would compile it, and what the front page shows is run.

import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { commandPath, freePort, ROOT, start } from './programs.js';

interface Block {
  /** Where it stands, fit for a file name. */
  readonly name: string;
  /** From `<!-- run: … -->` before it. */
  readonly role: string | undefined;
  readonly code: string;
}

const FOLDER = join(ROOT, 'test', '.documents');

const documents = [
  'README.md',
  ...readdirSync(join(ROOT, 'packages')).map((name) => join('packages', name, 'README.md')),
];

function nameOf(document: string): string {
  return document.replaceAll(/[/\\]/g, '-').replace('.md', '');
}

const blocks = documents.flatMap((document): Block[] => {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...text.matchAll(/(?:<!-- run: (\w+) -->\n\s*)?```ts\n([\s\S]*?)\n```/g)].map(
    (match, index) => ({
      name: `${nameOf(document)}-${index + 1}`,
      role: match[1],
      code: match[2] ?? '',
    }),
  );
});

const forms = ['express', 'fastify', 'hono', 'fetch'];

// What a server that routes by files does with a handler. The others listen by themselves.
const SERVERS: Readonly<Record<string, string>> = {
  fetch: `
    import { serve } from '@hono/node-server';
    const params = (request) => Promise.resolve({ id: new URL(request.url).pathname.split('/')[2] });
    serve({ port: 3000, fetch: (request) => GET(request, { params: params(request) }) });
  `,
};

/** The compiled block, its addresses replaced. */
function programOf(role: string, addresses: Readonly<Record<string, string>>): string {
  const block = blocks.find((candidate) => candidate.role === role);
  const compiled = readFileSync(join(FOLDER, 'dist', `${block?.name ?? role}.js`), 'utf8');
  const program = Object.entries(addresses).reduce(
    (text, [from, to]) => {
      expect(text).toContain(from);
      return text.replaceAll(from, to);
    },
    compiled + (SERVERS[role] ?? ''),
  );
  const path = join(FOLDER, 'dist', `run-${role}-${process.pid}-${Math.random()}.mjs`);
  writeFileSync(path, program);
  return path;
}

/** The variables that a running program has told its reader to export. */
async function exportsOf(child: ChildProcess): Promise<Record<string, string>> {
  let output = '';
  for await (const text of child.stdout ?? []) {
    output += String(text);
    const lines = [...output.matchAll(/^export (\w+)=(\S+)$/gm)];
    if (lines.length === 4) {
      return Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]));
    }
  }
  throw new Error(`four exports were promised, and this was printed: ${output}`);
}

async function answering(url: string): Promise<Response> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    try {
      return await fetch(url);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

describe('the documents', () => {
  let diagnostics = '';
  beforeAll(async () => {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER);
    for (const { name, code } of blocks) writeFileSync(join(FOLDER, `${name}.ts`), `${code}\n`);
    writeFileSync(
      join(FOLDER, 'tsconfig.json'),
      JSON.stringify({
        extends: '../../tsconfig.base.json',
        compilerOptions: {
          composite: false,
          declaration: false,
          declarationMap: false,
          isolatedDeclarations: false,
          skipLibCheck: true,
          outDir: 'dist',
          noUnusedLocals: false,
        },
        include: ['*.ts'],
      }),
    );
    const { finished } = start([commandPath('typescript', 'tsc'), '-p', FOLDER]);
    diagnostics = (await finished).output;
  }, 120_000);

  it('have code in every one', () => {
    for (const document of documents) {
      expect(
        blocks.some((block) => block.name.startsWith(`${nameOf(document)}-`)),
        document,
      ).toBe(true);
    }
  });

  it('show only code that compiles', () => {
    expect(diagnostics).toBe('');
  });

  it('show at most fifteen lines for a framework, on the front page', () => {
    for (const role of forms) {
      const code = blocks.find((block) => block.role === role)?.code ?? '';
      expect(code.trim().split('\n').length, role).toBeGreaterThan(5);
      expect(code.trim().split('\n').length, role).toBeLessThanOrEqual(15);
    }
  });

  it.each(['testing', 'guarded'])('show a test that passes: %s', async (role) => {
    const run = await start([programOf(role, {})]).finished;
    expect(run).toMatchObject({ code: 0, output: '' });
  });

  it.each(forms)(
    'show an API on %s, and an agent, that work together',
    async (framework) => {
      const brokerPort = await freePort();
      const broker = start([programOf('broker', { 8080: String(brokerPort) })]);
      const environment = await exportsOf(broker.child);
      const brokerUrl = `http://127.0.0.1:${brokerPort}`;
      expect(environment['AGENTWRIT_BROKER_URL']).toBe(brokerUrl);
      const port = String(await freePort());

      const api = start([programOf(framework, { 'http://127.0.0.1:8080': brokerUrl, 3000: port })]);
      const orders = `http://127.0.0.1:${port}/customers/7291/orders`;
      expect((await answering(orders)).status).toBe(401);

      const agent = await start([programOf('agent', { 3000: port })], { env: environment })
        .finished;
      expect(agent).toMatchObject({ code: 0 });
      expect(agent.output).toMatch(/^200 \{\s+customer: '7291',\s+readBy: 'spiffe:/);

      const other = await start(
        [programOf('agent', { '3000/customers/7291': `${port}/customers/8` })],
        {
          env: environment,
        },
      ).finished;
      expect(other.output).toMatch(/^403 \{[\s\S]*required_scope: \[ 'read:data:customer-8' \]/);
      for (const { child, finished } of [api, broker]) {
        child.kill('SIGTERM');
        await finished;
      }
    },
    60_000,
  );
});
