// Which token was delegated or renewed from which in → does what it was delegated from still live? out.
// Strict brokers only; the reference does not tie a delegated token to its origin (protocol §6.3).

/** A token and everything it was renewed to. */
export interface Line {
  /** What the first token of the line was delegated from. */
  readonly parent: Line | undefined;
  ended: boolean;
}

interface Entry {
  readonly line: Line;
  /** Epoch milliseconds: after it nobody can show the token. */
  readonly expiresAt: number;
}

const PRUNE_EVERY_MS = 60_000;

/** A token and its renewals are one line. In memory: a restart forgets it, but not what has ended. */
export class Lineage {
  readonly #entries = new Map<string, Entry>();
  #pruneAt = 0;

  /** @param now epoch milliseconds */
  delegated(parent: Line, to: Token, now: number): void {
    this.#put(to, { parent, ended: false }, now);
  }

  renewed(line: Line, to: Token, now: number): void {
    this.#put(to, line, now);
  }

  /** Everything delegated from the token, or from a renewal of it, dies with it. */
  end(jti: string): void {
    const entry = this.#entries.get(jti);
    if (entry !== undefined) entry.line.ended = true;
  }

  /** Whether something the token comes from by delegation, over any number of hops, has ended. */
  isOrphan(jti: string): boolean {
    let line = this.#entries.get(jti)?.line.parent;
    while (line !== undefined && !line.ended) line = line.parent;
    return line !== undefined;
  }

  /** Ask before you wait for anything: what ends the token meanwhile ends this. */
  lineOf(token: Token): Line {
    const known = this.#entries.get(token.jti);
    if (known !== undefined) return known.line;
    const line = { parent: undefined, ended: false };
    this.#entries.set(token.jti, { line, expiresAt: endOf(token) });
    return line;
  }

  #put(token: Token, line: Line, now: number): void {
    this.#prune(now);
    this.#entries.set(token.jti, { line, expiresAt: endOf(token) });
  }

  #prune(now: number): void {
    if (now < this.#pruneAt) return;
    this.#pruneAt = now + PRUNE_EVERY_MS;
    for (const [jti, { expiresAt }] of this.#entries) {
      if (expiresAt < now) this.#entries.delete(jti);
    }
  }
}

interface Token {
  readonly jti: string;
  /** Unix seconds, inclusive. */
  readonly exp: number;
}

function endOf({ exp }: Token): number {
  return (exp + 1) * 1000;
}
