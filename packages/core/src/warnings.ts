// More different ones than this say nothing new, and a text that varies must not fill the memory.
const MAX_DIFFERENT = 32;

interface Host {
  readonly process?: {
    readonly emitWarning?: (
      message: string,
      options: { readonly type: string; readonly code: string },
    ) => void;
  };
  readonly navigator?: { readonly userAgent?: string };
}

/**
 * Tells the operator of something once, on the process' own warnings (stderr, unless the program listens to
 * `warning`), or on the console where there are none. A fault that comes with every request must not fill the log.
 */
export class Warnings {
  readonly #code: string;
  readonly #told = new Set<string>();

  constructor(code: string) {
    this.#code = code;
  }

  /** Never throws: whoever has something else to do goes on with it. */
  warn(message: string): void {
    if (this.#told.has(message) || this.#told.size >= MAX_DIFFERENT) return;
    this.#told.add(message);
    try {
      emitWarning(message, this.#code);
    } catch {
      // A program may have put its own in the place of the platform's.
    }
  }
}

function emitWarning(message: string, code: string): void {
  const { process, navigator }: Host = globalThis;
  // Workers have such warnings, too, but nobody who writes them down.
  if (process?.emitWarning && navigator?.userAgent !== 'Cloudflare-Workers') {
    process.emitWarning(message, { type: 'AgentWritWarning', code });
  } else {
    // oxlint-disable-next-line no-console -- there is no other way to tell anybody
    console.warn(`[${code}] ${message}`);
  }
}
