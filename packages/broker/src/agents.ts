// Where an agent works in → its id out, and later: is there such an agent? (protocol §5, §2.8). Agents
// have no state: one whose tokens are all dead can still be delegated to.

import { randomBytes } from 'node:crypto';
import { isTrustDomain } from '@agentwrit/protocol';

// The broker has no limit of length here, as the readers of its tokens have.
function isSegment(text: string): boolean {
  return /^[\w.-]+$/.test(text) && text !== '.' && text !== '..';
}

export class Agents {
  readonly #ids = new Set<string>();
  readonly #trustDomain: string;

  /** @param trustDomain a domain, or a whole `spiffe://` id that begins with it; not checked here */
  constructor(trustDomain: string) {
    this.#trustDomain = trustDomain.replace(/^spiffe:\/\/([^/]*).*$/s, '$1');
  }

  /** @returns the new agent's id, or `undefined` when a part cannot stand in one (protocol §5) */
  register(orchId: string, taskId: string): string | undefined {
    const domain = this.#trustDomain;
    if (!isTrustDomain(domain) || !isSegment(orchId) || !isSegment(taskId)) return undefined;
    const id = `spiffe://${domain}/agent/${orchId}/${taskId}/${randomBytes(8).toString('hex')}`;
    this.#ids.add(id);
    return id;
  }

  /** One that got its id elsewhere; not checked here. */
  add(id: string): void {
    this.#ids.add(id);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }
}
