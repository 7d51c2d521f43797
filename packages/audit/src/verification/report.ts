// What verifying audit files comes to: the shape of the report.

export type BreakKind =
  /** An event, or what stands beside it in its line, is not as it was written. */
  | 'tampered'
  /** Events that were there are not. */
  | 'missing'
  | 'reordered'
  /** An event, or its number, for the second time. */
  | 'duplicate'
  /** The end was cut off: in the middle of a line, or before a hash that has to be there. */
  | 'truncated'
  /** A line that is no event. */
  | 'malformed'
  /** The hash fits, and does not tell where one member of the event ends and the next begins. */
  | 'ambiguous';

/** The first place where the files are not what was written. */
export interface AuditBreak {
  readonly kind: BreakKind;
  readonly path: string;
  /** From 1; 0 for the file as a whole. */
  readonly line: number;
  /** Of the event in that line; absent where it cannot be read. May be anybody's text. */
  readonly id?: string;
  /** What is wrong, in a sentence for people. May hold names from the line. */
  readonly detail: string;
}

export type RemarkKind =
  /** Lines that say what the hash covers, in another spelling than the guard's and the broker's: line ends count. */
  | 'spelling'
  /** A last line without an end, in a file that is being written. */
  | 'growing'
  /** A sound record of decisions that are in no record: how many, `lostDecisions` says. */
  | 'gap'
  /** Members with a bar in them, where that is allowed. */
  | 'bar'
  | 'empty_file'
  /** The same file was given before; it is read once. */
  | 'repeated_file';

/** Nothing that breaks the chain, and still worth a look. */
export interface AuditRemark {
  readonly kind: RemarkKind;
  /** The first place. */
  readonly path: string;
  /** From 1; 0 for the file as a whole. */
  readonly line: number;
  /** Places in all. */
  readonly count: number;
}

export interface AuditReport {
  /** No break was found. */
  readonly isSound: boolean;
  /** In the order of what is in them; those with no line in them come last. */
  readonly files: readonly string[];
  /** Those that were proven: all, or those before the break. The next members are about them. */
  readonly events: number;
  readonly firstId?: string;
  readonly firstTime?: string;
  readonly lastId?: string;
  readonly lastTime?: string;
  /** Noted down elsewhere, it proves later that nothing before it was changed, nor cut off. */
  readonly lastHash?: string;
  /** `beginning`, or the id of the first event when those before it were not given. */
  readonly startsAt?: string;
  /** What the files themselves say is missing: the guard decided, and could not write it down. */
  readonly lostDecisions: number;
  readonly break?: AuditBreak;
  readonly remarks: readonly AuditRemark[];
}
