// Calls of the process that started this one in → the answers of these functions out; ends when that process does.

interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

/** As it goes back. */
export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };

/** The argument that the program was started with. */
export function startArgument(): unknown {
  return JSON.parse(process.argv[2] ?? 'null');
}

/**
 * Says that the program is ready, and answers from now on.
 *
 * @param ready what is told of it when it is
 */
export function answerCalls(calls: object, ready: unknown = null): void {
  const functions = new Map(Object.entries(calls) as [string, (argument: unknown) => unknown][]);
  process.on('disconnect', () => process.exit());
  process.on('message', (message) => {
    const { id, name, argument } = message as Call;
    void answer(functions.get(name), argument).then(
      (value) => reply({ id, value: value ?? null }),
      (error: unknown) =>
        reply({ id, error: String(error instanceof Error ? error.stack : error) }),
    );
  });
  reply({ id: 0, value: ready });
}

async function answer(
  call: ((argument: unknown) => unknown) | undefined,
  argument: unknown,
): Promise<unknown> {
  if (call === undefined) throw new Error('there is no such call');
  return call(argument);
}

function reply(message: Reply): void {
  process.send?.(message);
}
