// Every response of one test file in → which rows of Appendix A it has produced, and where, out.

import { describe, expect, it } from 'vitest';
import { APPENDIX_A, type Row } from './appendix-a.js';
import type { Asked } from './wire-text.js';

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly where: string;
}

const seen: Problem[] = [];

export function notice(
  { method, target }: Asked,
  status: number,
  text: string,
  body: string,
): void {
  if (!/^Content-Type: application\/problem\+json\r$/m.test(text) || body === '') return;
  const problem: unknown = JSON.parse(body);
  if (problem === null || typeof problem !== 'object') return;
  const [path = ''] = target.split('?');
  const where = `${method} ${path.replace(/^(\/v1\/admin\/apps\/).+/, '$1{id}')}`;
  const { error_code: code, detail }: { error_code?: unknown; detail?: unknown } = problem;
  seen.push({ status, code: String(code), detail: String(detail), where });
}

/** Adds the last test of a file: the rows that Appendix A expects of it have been on the wire. */
export function producesItsRowsOf(file: string): void {
  describe(`the rows of Appendix A that ${file} owns`, () => {
    it.each(rowsOf(file))('$status $code, $detail: $where', (row) => {
      const produced = seen.some(
        ({ status, code, detail, where }) =>
          status === row.status &&
          code === row.code &&
          row.pattern.test(detail) &&
          (row.where === where || row.where === 'any request'),
      );
      expect(produced).toBe(true);
    });
  });
}

function rowsOf(
  file: string,
): readonly (Row & { readonly where: string; readonly pattern: RegExp })[] {
  return APPENDIX_A.flatMap((row) =>
    (row.by?.[file] ?? []).map((where) => ({ ...row, where, pattern: patternOf(row.detail) })),
  );
}

// `⟨…⟩` stands for any text.
function patternOf(detail: string): RegExp {
  const literal = detail
    .split('⟨…⟩')
    .map((part) => part.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
    .join('.+');
  return new RegExp(`^${literal}$`);
}
