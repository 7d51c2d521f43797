// A row as the database gives it in → its values, checked, out. A row that is not what was stored is an
// error that names it, never half an app or a revocation that hits nothing.

export class StoredRow {
  readonly #place: string;
  readonly #values: Readonly<Record<string, unknown>>;

  /** @param members a JSON object with a member for each column, as UTF-8 */
  constructor(table: string, number: unknown, members: unknown) {
    this.#place = `${table} row ${String(number)}`;
    this.#values = parseObject(members) ?? this.#damaged('is not readable');
  }

  text(column: string): string {
    const value = this.#values[column];
    return typeof value === 'string' ? value : this.#damaged(`"${column}" is not a text`);
  }

  integer(column: string): number {
    const value = this.#values[column];
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    return this.#damaged(`"${column}" is not a safe integer`);
  }

  /** @returns an object with this one member, or none where the row has NULL */
  optionalText<C extends string>(column: C): { readonly [K in C]?: string } {
    return this.#isNull(column) ? {} : member(column, this.text(column));
  }

  /** @returns an object with this one member, or none where the row has NULL */
  optionalInteger<C extends string>(column: C): { readonly [K in C]?: number } {
    return this.#isNull(column) ? {} : member(column, this.integer(column));
  }

  oneOf<T extends string>(column: string, allowed: readonly T[]): T {
    const value = this.text(column);
    const expected = `is none of ${allowed.join(', ')}`;
    return allowed.find((item) => item === value) ?? this.#damaged(`"${column}" ${expected}`);
  }

  /** Stored as a JSON text. */
  texts(column: string): readonly string[] {
    const list = parseJson(this.text(column));
    if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list;
    return this.#damaged(`"${column}" is not a list of texts`);
  }

  #isNull(column: string): boolean {
    return this.#values[column] === null;
  }

  // Without the value: one of them is the hash of a secret.
  #damaged(what: string): never {
    throw new Error(`${this.#place}: ${what}`);
  }
}

/** @param rows each with `row`, its number, and `members` for {@link StoredRow} */
export function readStoredRows(table: string, rows: readonly unknown[]): readonly StoredRow[] {
  return rows.map((row) => {
    const { row: number, members } = asObject(row) ?? {};
    return new StoredRow(table, number, members);
  });
}

// A computed name widens to string.
function member<C extends string, V>(name: C, value: V): { readonly [K in C]: V } {
  return { [name]: value } as { readonly [K in C]: V };
}

function parseObject(bytes: unknown): Readonly<Record<string, unknown>> | undefined {
  return bytes instanceof ArrayBuffer ? asObject(parseJson(bytes)) : undefined;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

/** @returns `undefined` when it is no JSON, or bytes that are no UTF-8 */
function parseJson(json: string | ArrayBuffer): unknown {
  try {
    return JSON.parse(
      typeof json === 'string' ? json : new TextDecoder('utf-8', { fatal: true }).decode(json),
    );
  } catch {
    return undefined;
  }
}
