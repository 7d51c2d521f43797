// The table of Appendix A in → proof that no row of it is left to nobody out.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { APPENDIX_A } from './appendix-a.js';

// What only a race between two requests or a failing database can produce.
const OUT_OF_REACH = [
  'token renewal failed',
  'consume launch token: launch token already consumed',
  'token has been revoked',
  'failed to list apps',
  'failed to get app',
  'failed to update app',
  'failed to update app TTL',
  'failed to retrieve updated app',
  'failed to deregister app',
  'authentication error',
];

describe('Appendix A', () => {
  it('has a file that produces each row, but for races and storage', () => {
    const left = APPENDIX_A.filter(({ by = {} }) => Object.values(by).flat().length === 0);
    expect(left.map(({ detail }) => detail)).toEqual(OUT_OF_REACH);
  });

  it('has 50 lines, of which the last has seven details', () => {
    const rows = new Set(
      APPENDIX_A.map(({ status, code, detail }) => `${status} ${code} ${detail}`),
    );
    expect(rows.size).toBe(APPENDIX_A.length);
    expect(rows.size).toBe(50 - 1 + 7);
  });

  it.each([...new Set(APPENDIX_A.flatMap(({ by = {} }) => Object.keys(by)))])(
    'is answered for by %s, which looks whether it did',
    (file) => {
      const source = readFileSync(new URL(`./${file}.test.ts`, import.meta.url), 'utf8');
      expect(source).toContain(`\nproducesItsRowsOf('${file}');\n`);
    },
  );
});
