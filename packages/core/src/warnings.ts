// More different ones than this say nothing new, and a text that varies must not fill the memory.
const MAX_DIFFERENT = 32;

/**
 * Tells the operator of something once, on the process' own warnings (stderr, unless the program listens to
 * `warning`). A fault that comes with every request must not fill the log.
 */
export class Warnings {
  readonly #code: string;
  readonly #told = new Set<string>();

  constructor(code: string) {
    this.#code = code;
  }

  warn(message: string): void {
    if (this.#told.has(message) || this.#told.size >= MAX_DIFFERENT) return;
    this.#told.add(message);
    process.emitWarning(message, { type: 'AgentWritWarning', code: this.#code });
  }
}
