// Rows of cells in → aligned lines out.

import stringWidth from 'string-width';
import { visible } from './printing.js';

const GAP = '  ';

// More than an agent id. A cell that is longer shifts its own row and not all the others: its text may come from
// anybody.
const MAX_WIDTH = 120;

/** Columns as wide as the widest cell so far. The last one is not padded. */
export class Columns {
  readonly #widths: number[] = [];

  /** Widens the columns for this row, so that earlier ones can be written to fit. */
  fit(row: readonly string[]): void {
    for (const [index, cell] of row.entries()) {
      const width = Math.min(MAX_WIDTH, stringWidth(visible(cell)));
      this.#widths[index] = Math.max(this.#widths[index] ?? 0, width);
    }
  }

  /** One line of visible text. */
  line(row: readonly string[]): string {
    this.fit(row);
    return row
      .map((cell, index) => padded(visible(cell), this.#widths[index] ?? 0))
      .join(GAP)
      .trimEnd();
  }
}

/** @param header its cells are written in capitals */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  return aligned([header.map((cell) => cell.toUpperCase()), ...rows]);
}

/** One line for each pair; those without a value are left out. */
export function fields(
  pairs: readonly (readonly [name: string, value: string | undefined])[],
): readonly string[] {
  return aligned(pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = new Columns();
  for (const row of rows) columns.fit(row);
  return rows.map((row) => columns.line(row));
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}
