import { describe, expect, it } from 'vitest';
import { Columns, fields, table } from '../../src/command/table.js';

describe('a table', () => {
  it('has columns as wide as their widest cell, and no blanks at the ends of lines', () => {
    expect(
      table(
        ['id', 'scopes'],
        [
          ['app-orders', 'a'],
          ['x', ''],
        ],
      ),
    ).toEqual(['ID          SCOPES', 'app-orders  a', 'x']);
  });

  it('stands straight whatever is in it', () => {
    const rows = [
      ['客户', '|'],
      ['é', '|'],
      ['e\u0301', '|'],
      ['👩‍💻', '|'],
      ['\u001b[31m', '|'],
    ];
    expect(table(['a', 'b'], rows).slice(1)).toEqual([
      '客户          |',
      'é             |',
      'e\u0301             |',
      String.raw`👩\u{200d}💻  |`,
      String.raw`\u{1b}[31m    |`,
    ]);
  });

  it('leaves out the fields that have no value', () => {
    expect(
      fields([
        ['a', '1'],
        ['long', undefined],
        ['b', '2'],
      ]),
    ).toEqual(['a  1', 'b  2']);
  });

  it('is not widened without end by one cell', () => {
    const [, long, short] = table(
      ['a', 'b'],
      [
        ['x'.repeat(5000), '1'],
        ['y', '2'],
      ],
    );
    expect(long).toBe(`${'x'.repeat(5000)}  1`);
    expect(short).toBe(`${'y'.padEnd(120)}  2`);
  });

  it('widens as it grows', () => {
    const columns = new Columns();
    expect(
      [
        ['a', '1'],
        ['long', '2'],
        ['b', '3'],
      ].map((row) => columns.line(row)),
    ).toEqual(['a  1', 'long  2', 'b     3']);
  });
});
