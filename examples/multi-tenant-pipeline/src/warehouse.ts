// The data behind the API: what each tenant's night starts from, and the reports it leaves. All of it is made up.

export interface Warehouse {
  /** The tenant's figures of the day, in the order they came. */
  readonly figures: ReadonlyMap<string, readonly number[]>;
  /** What an ordinary day comes to. */
  readonly baselines: ReadonlyMap<string, number>;
  readonly reports: Map<string, Report>;
}

export interface Report {
  readonly total: number;
  /** Against an ordinary day, in percent. */
  readonly change: number;
  /** The id of the agent that brought it. */
  readonly loadedBy: string;
}

export function createWarehouse(): Warehouse {
  return {
    figures: new Map([
      ['hospital', [118, 97, 131, 104]],
      ['bank', [5_120, 4_870, 6_010]],
      ['retail', [730, 1_015, 890, 1_365]],
    ]),
    baselines: new Map([
      ['hospital', 500],
      ['bank', 16_000],
      ['retail', 3_200],
    ]),
    reports: new Map(),
  };
}
