/** What is wrong with the program, as a fixed word: the `cause` of the decision's event. */
export type RouteFaultCode =
  /** A scope has a placeholder that the route has no parameter for. */
  | 'unfilled_placeholder'
  /** A function that computes scopes returned something else. */
  | 'computed_scope'
  /** A function that names the task returned something else than a text, or nothing. */
  | 'named_task'
  /** A function of the program threw or rejected. */
  | 'function_failed';

/**
 * What a request needs could not be worked out: a mistake in the program. Becomes 500, never an acceptance.
 * The message holds nothing that a function of the program threw or returned.
 */
export class RouteFault extends Error {
  override readonly name = 'RouteFault';
  readonly code: RouteFaultCode;

  constructor(code: RouteFaultCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Calls a function of the program and waits for what it returns.
 *
 * @param option what the function was given as, for the operator
 * @throws RouteFault when it throws or rejects
 */
export async function callProgram<Input, Output>(
  program: (input: Input) => Output | PromiseLike<Output>,
  input: Input,
  option: string,
): Promise<Output> {
  try {
    return await program(input);
  } catch {
    throw new RouteFault('function_failed', `the function given as ${option} failed`);
  }
}
