import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditFile, AuditFileOptions } from '../../src/index.js';
import { openAuditFile } from '../../src/file/audit-file.js';
import { rotatedPaths } from '../../src/file/rotated.js';
import { MemoryDisk, noLock } from './memory-disk.js';
import { allowed, chained, refused, said, type Written } from './scene.js';

const PATH = '/logs/audit.jsonl';

type Step =
  | { readonly kind: 'request' | 'refusal' | 'turn' | 'flush' | 'restart' | 'move' | 'cut' }
  | { readonly kind: 'crash' | 'holes'; readonly share: number }
  | { readonly kind: 'writeFails'; readonly share: number }
  | { readonly kind: 'fails'; readonly what: 'sync' | 'syncDirectory' | 'truncate' | 'rename' };

const share = fc.double({ min: 0, max: 1, noNaN: true });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ kind: 'request' } as const) },
  { weight: 3, arbitrary: fc.constant({ kind: 'refusal' } as const) },
  { weight: 5, arbitrary: fc.constant({ kind: 'turn' } as const) },
  { weight: 2, arbitrary: fc.constant({ kind: 'flush' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' } as const) },
  { weight: 1, arbitrary: share.map((share) => ({ kind: 'crash', share }) as const) },
  { weight: 1, arbitrary: share.map((share) => ({ kind: 'holes', share }) as const) },
  { weight: 2, arbitrary: share.map((share) => ({ kind: 'writeFails', share }) as const) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('sync', 'syncDirectory', 'truncate', 'rename')
      .map((what) => ({ kind: 'fails', what }) as const),
  },
);

/** A machine with one log, that crashes and goes on. */
class Machine {
  readonly disk = new MemoryDisk();
  readonly options: AuditFileOptions;
  /** Whose promise was kept. */
  readonly acknowledged: string[] = [];
  /** Whose promise was broken while the machine ran. */
  readonly turnedAway: string[] = [];
  #requests = 0;
  #boot = 0;
  #file: AuditFile;

  constructor(options: Omit<AuditFileOptions, 'path' | 'onFault'>) {
    this.options = { path: PATH, onFault: () => undefined, ...options };
    this.#file = this.#open();
  }

  async run(step: Step): Promise<void> {
    switch (step.kind) {
      case 'request':
        return this.#request();
      case 'refusal':
        this.#requests += 1;
        void this.#file(refused(`refused-${this.#requests}`));
        return undefined;
      case 'turn':
        return new Promise((resolve) => setImmediate(resolve));
      case 'flush':
        return this.flush();
      case 'restart':
        return this.#restart();
      case 'crash':
        return this.#crash(() => this.disk.losePower(step.share));
      case 'holes':
        return this.#crash(() => this.disk.losePages(step.share));
      case 'writeFails':
        this.disk.fail.write = step.share;
        return undefined;
      case 'fails':
        this.disk.fail[step.what] = true;
        return undefined;
      default:
        return undefined;
    }
  }

  /** As soon as nothing fails any more. */
  async flush(): Promise<void> {
    await this.#file.flush().catch(() => undefined);
  }

  get stats(): ReturnType<AuditFile['stats']> {
    return this.#file.stats();
  }

  /** All files, oldest first; throws when they are not one chain. */
  chain(): readonly Written[] {
    const paths = [...rotatedPaths(this.disk, PATH), PATH];
    return chained(paths.map((path) => this.disk.text(path)).join(''));
  }

  #request(): void {
    this.#requests += 1;
    const id = `req-${this.#requests}`;
    const boot = this.#boot;
    void this.#file(allowed(id))?.then(
      () => {
        // What a machine without power says reaches nobody.
        if (boot === this.#boot) this.acknowledged.push(id);
      },
      () => this.turnedAway.push(id),
    );
  }

  async #restart(): Promise<void> {
    for (const what of ['write', 'sync', 'syncDirectory', 'truncate', 'rename'] as const) {
      delete this.disk.fail[what];
    }
    await this.#file.close().catch(() => undefined);
    this.#file = this.#open();
  }

  async #crash(lose: () => void): Promise<void> {
    this.#boot += 1;
    const before = this.#file;
    // What is under way goes nowhere: the old writer has a disk that nobody looks at any more.
    const files = new Map([...this.disk.files].map(([path, node]) => [path, { ...node }] as const));
    await before.close().catch(() => undefined);
    this.disk.files.clear();
    for (const [path, node] of files) this.disk.files.set(path, node);
    lose();
    await this.#restart();
  }

  #open(): AuditFile {
    return openAuditFile(this.options, {
      disk: this.disk,
      lock: noLock,
      realPath: (path) => path,
    });
  }
}

describe('whatever fails, and whenever', () => {
  it.each([{ rotateBytes: 0 }, { rotateBytes: 4000 }])(
    'a required file is one chain that has each acknowledged request once: %o',
    async ({ rotateBytes }) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { maxLength: 80, size: 'max' }),
          fc.integer({ min: 300, max: 5000 }),
          async (steps, longestWrite) => {
            const machine = new Machine({ required: true, rotateBytes, maxQueued: 12 });
            machine.disk.longestWrite = longestWrite;
            for (const each of steps) await machine.run(each);
            await machine.run({ kind: 'restart' });
            await machine.flush();
            const written = said(machine.chain());
            const requests = written.filter((id) => id.startsWith('req-'));
            expect(new Set(requests).size).toBe(requests.length);
            for (const id of machine.acknowledged) expect(written).toContain(id);
          },
        ),
        { numRuns: 400 },
      );
    },
    60_000,
  );

  it('a request whose promise was broken is not in a required file, while the machine runs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          step.filter(({ kind }) => !['crash', 'holes', 'restart'].includes(kind)),
          { maxLength: 60, size: 'max' },
        ),
        async (steps) => {
          const machine = new Machine({ required: true, rotateBytes: 3000 });
          for (const each of steps) await machine.run(each);
          for (const what of ['write', 'sync', 'syncDirectory', 'truncate', 'rename'] as const) {
            delete machine.disk.fail[what];
          }
          await machine.flush();
          const written = said(machine.chain());
          const made = steps.filter(({ kind }) => kind === 'request').length;
          expect(machine.acknowledged.length + machine.turnedAway.length).toBe(made);
          for (const id of machine.turnedAway) expect(written).not.toContain(id);
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);

  it('a file that is not required is one chain, and what is missing is told of in its gaps', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          step.filter(({ kind }) => !['crash', 'holes', 'restart'].includes(kind)),
          { maxLength: 80, size: 'max' },
        ),
        async (steps) => {
          const machine = new Machine({ rotateBytes: 3000, maxQueued: 6 });
          for (const each of steps) await machine.run(each);
          for (const what of ['write', 'sync', 'syncDirectory', 'truncate', 'rename'] as const) {
            delete machine.disk.fail[what];
          }
          await machine.flush();
          await machine.flush();
          const events = machine.chain();
          const missing = events
            .filter(({ event_type }) => event_type === 'audit_gap')
            .map(({ detail }) => (JSON.parse(detail) as { dropped: number }).dropped)
            .reduce((sum, dropped) => sum + dropped, 0);
          const decisions = said(events).filter((id) => id !== 'audit_gap').length;
          const made = steps.filter(({ kind }) => kind === 'request' || kind === 'refusal').length;
          expect(decisions + missing).toBe(made);
          expect(machine.stats).toMatchObject({ dropped: missing, queued: 0 });
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);
});
