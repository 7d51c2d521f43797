// One exchange as the protocol sees it, whatever carries it: a socket, or a fetch Request in process.

export interface WireRequest {
  readonly method: string;
  /** Path and query as sent, for example `/v1/audit/events?limit=5`. */
  readonly target: string;
  /** The first value of a header, by its name in lower case; `''` when it is absent. */
  readonly header: (name: string) => string;
  readonly body: WireBody;
  /** The address at the other end of the connection, `''` in process. */
  readonly peer: string;
}

/** A body that was not read whole is refused before anything else is looked at (protocol §1.6). */
export type WireBody = Uint8Array | 'too large' | 'unreadable';

export interface WireResponse {
  readonly status: number;
  /** In the broker's spelling and order. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: a response without a body and without a content type. */
  readonly body?: string | Uint8Array;
}

export type WireHandler = (request: WireRequest) => Promise<WireResponse>;
