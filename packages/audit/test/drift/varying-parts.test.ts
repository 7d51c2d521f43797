import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldVaryingParts } from '../../src/drift/varying-parts.js';

describe('what varies in an id', () => {
  it.each([
    ['process-ord-4823', 'process-ord-*'],
    ['process-ord-4824-ab12', 'process-ord-*'],
    ['4823', '*'],
    ['nightly-report', 'nightly-report'],
    ['nightly-report-2026-02-15', 'nightly-report-*'],
    ['backup.2026-02-15T12:00:00Z.full', 'backup.*.full'],
    ['job-20260215T120000Z', 'job-*'],
    ['task-550e8400-e29b-41d4-a716-446655440000', 'task-*'],
    ['task-deadbeef-dead-beef-cafe-deadbeefcafe', 'task-*'],
    ['sync-01ARZ3NDEKTSV4RRFFQ69G5FAV', 'sync-*'],
    ['run-x7f9k2', 'run-*'],
    ['ord4823', 'ord*'],
    ['review-face-cafe', 'review-face-cafe'],
    ['hash-da39aeeeabcdefcafe', 'hash-*'],
    ['import-v2', 'import-v2'],
    ['3d-print', '3d-print'],
    ['run-V1StGXR8', 'run-*'],
    ['process-ord-V1StGXR8_Z5jdHi6B-myT', 'process-ord-*'],
    ['process-ord--_oS1-V1StGXR8_', 'process-ord-*'],
    ['run-9bZkp7q19f0', 'run-*'],
    ['run-kQwTzRbXeYcU', 'run-*'],
    ['getOrderById', 'getOrderById'],
    ['parseJSONFile', 'parseJSONFile'],
    ['DAILY-Report', 'DAILY-Report'],
    ['a--b_7_', 'a--b_*_'],
    ['客户-7291', '客户-*'],
    ['', ''],
  ])('%s is %s', (id, pattern) => {
    expect(foldVaryingParts(id, '*')).toBe(pattern);
  });

  it('is looked for once: a pattern is its own pattern', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-f0-9x._-]{0,40}$/), (id) => {
        const once = foldVaryingParts(id, '*');
        expect(foldVaryingParts(once, '*')).toBe(once);
      }),
    );
  });

  it('is found in an id of any length in no time, and what is far behind counts as varying', () => {
    const long = `process-${'7a-'.repeat(1_000_000)}`;
    const startedAt = performance.now();
    const pattern = foldVaryingParts(long, '*');
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect(pattern.length).toBeLessThan(300);
    expect(foldVaryingParts(`a${'x'.repeat(300)}`, '*')).toMatch(/^ax{199}\*$/);
  });
});
