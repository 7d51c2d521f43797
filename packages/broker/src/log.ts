// What happened in → one entry for whoever listens out. The command writes entries as lines (protocol
// §8.3); a broker inside a process keeps quiet unless it is given a log.

export interface LogEntry {
  /** `OK` and `WARN` are news, `FAIL` needs somebody, `TRACE` is one line a request. */
  readonly level: 'OK' | 'WARN' | 'FAIL' | 'TRACE';
  /** The part of the broker, in capitals: `BROKER`, `HTTP`, `STORE`, `CFG`. */
  readonly module: string;
  readonly component: string;
  /** Never holds a token, a secret or a key. */
  readonly message: string;
  /** Further facts, `key=value`. */
  readonly context?: readonly string[];
}

export type Log = (entry: LogEntry) => void;
