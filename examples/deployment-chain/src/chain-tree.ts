// Who handed authority on to whom in → a tree of it out.

export interface Holder {
  readonly agent: string;
  readonly scope: readonly string[];
}

/** A line for each, the next below the one it got its authority from. */
export function chainTree(holders: readonly Holder[]): readonly string[] {
  const names = holders.map(({ agent }, depth) => {
    const branch = depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `;
    return `${branch}${taskOf(agent)}`;
  });
  const width = Math.max(...names.map((name) => name.length));
  return holders.map(
    ({ scope }, depth) => `${names[depth]?.padEnd(width) ?? ''}  ${scope.join(' ')}`,
  );
}

/** `spiffe://DOMAIN/agent/ORCH/TASK/INSTANCE`: within one pipeline the task tells agents apart. */
function taskOf(agentId: string): string {
  return agentId.split('/').at(-2) ?? agentId;
}
