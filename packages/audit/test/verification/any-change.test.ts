import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLine } from '../../src/reading/line.js';
import type { AuditReport } from '../../src/verification/report.js';
import { verifyAuditFiles } from '../../src/verification/verify.js';
import { linesOf, logOf } from './sealed-log.js';

const EVENTS = logOf(30);
const LINES = linesOf(EVENTS);
const LAST = LINES.length - 1;

const index = fc.nat({ max: LAST });

function verify(bytes: Uint8Array | readonly string[], complete = true): Promise<AuditReport> {
  const content = bytes instanceof Uint8Array ? bytes : Buffer.from(`${bytes.join('\n')}\n`);
  async function* stdin(): AsyncGenerator<Uint8Array, void> {
    yield content;
  }
  return verifyAuditFiles(['-'], { stdin: stdin(), complete });
}

describe('any change of a good log', () => {
  it('of one byte is found in the line that it changes, unless it only spells it in another way', async () => {
    const log = Buffer.from(`${LINES.join('\n')}\n`);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: log.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const changed = Buffer.from(log);
          changed[at] = (log[at] ?? 0) ^ by;
          const line = log.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;
          const { break: found, remarks } = await verify(changed);
          if (found !== undefined) {
            expect(found.line).toBe(line);
            return;
          }
          // A digit of an escape in the other case, say.
          expect(remarks).toEqual([{ kind: 'spelling', path: '-', line, count: 1 }]);
          const bytes = changed.toString('utf8').split('\n')[line - 1] ?? '';
          const read = readLine(Buffer.from(bytes), { path: '-', line, offset: 0 });
          expect(read).toMatchObject({ event: EVENTS[line - 1] });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('by lines taken out is found where they were', async () => {
    await fc.assert(
      fc.asyncProperty(index, fc.integer({ min: 1, max: 5 }), async (at, count) => {
        const lines = LINES.toSpliced(at, count);
        // Behind the last one the chain shows nothing.
        fc.pre(at < lines.length);
        const { break: found } = await verify(lines);
        expect(found).toMatchObject({ kind: 'missing', line: at + 1, id: EVENTS[at + count]?.id });
      }),
      { numRuns: 200 },
    );
  });

  it("by two lines in each other's place is found at the first", async () => {
    await fc.assert(
      fc.asyncProperty(index, index, async (one, other) => {
        fc.pre(one < other);
        const lines = LINES.with(one, LINES[other] ?? '').with(other, LINES[one] ?? '');
        const { break: found } = await verify(lines);
        expect(found).toMatchObject({ kind: 'reordered', line: one + 1, id: EVENTS[other]?.id });
      }),
      { numRuns: 200 },
    );
  });

  it('by a line once more is found where it stands, later or at once', async () => {
    await fc.assert(
      fc.asyncProperty(index, index, async (from, at) => {
        fc.pre(from <= at);
        const { break: found } = await verify(LINES.toSpliced(at + 1, 0, LINES[from] ?? ''));
        expect(found).toMatchObject({ kind: 'duplicate', line: at + 2, id: EVENTS[from]?.id });
      }),
      { numRuns: 200 },
    );
  });

  it('by an end cut off at any byte is found, but for whole lines', async () => {
    const log = Buffer.from(`${LINES.join('\n')}\n`);
    const ends = new Set([...log.keys()].filter((at) => log[at] === 0x0a).map((at) => at + 1));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: log.length - 1 }), async (length) => {
        const { isSound, break: found } = await verify(log.subarray(0, length));
        expect(isSound).toBe(ends.has(length));
        if (!isSound) expect(found?.kind).toBe('truncated');
      }),
      { numRuns: 300 },
    );
  });
});
