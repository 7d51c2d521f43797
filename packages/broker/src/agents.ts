// Where an agent works in → its id out, and later: is there such an agent? (protocol §5, §2.8). Agents
// have no state: one whose tokens are all dead can still be delegated to.

import { randomBytes } from 'node:crypto';
import { formatAgentId, isAgentIdSegment } from '@agentwrit/protocol';

export class Agents {
  readonly #ids = new Set<string>();
  readonly #trustDomain: string;

  constructor(trustDomain: string) {
    this.#trustDomain = trustDomain;
  }

  /** @returns the new agent's id, or `undefined` when a segment cannot stand in one */
  register(orchId: string, taskId: string): string | undefined {
    if (!isAgentIdSegment(orchId) || !isAgentIdSegment(taskId)) return undefined;
    const instanceId = randomBytes(8).toString('hex');
    const id = formatAgentId({ trustDomain: this.#trustDomain, orchId, taskId, instanceId });
    this.#ids.add(id);
    return id;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }
}
