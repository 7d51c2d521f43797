// Decisions in → one line each in the program's own log, by pino or a logger that is called like it, out.

import {
  assertFunction,
  assertKnownOptions,
  type DecisionEvent,
  type DecisionSink,
} from '@agentwrit/protocol';
import { type VerdictClass, verdictClassOf } from './verdict-class.js';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LEVELS)[number];

/** What is used of pino. Other loggers that take an object, then a text, will do. */
export type PinoLogger = {
  readonly [Level in LogLevel]: (
    fields: { readonly decision: DecisionEvent },
    text: string,
  ) => void;
};

export interface PinoSinkOptions {
  readonly logger: PinoLogger;
  /**
   * Where a decision belongs; `undefined` where it is not logged. Default: `info` for a request that is let in,
   * `warn` for one that is refused, `error` where it could not be decided (503 and 500).
   */
  readonly level?: (event: DecisionEvent) => LogLevel | undefined;
}

// Fixed: a text made of what callers send could be made to look like another line.
const TEXTS: Readonly<Record<VerdictClass, string>> = {
  'let in': 'request let in',
  refused: 'request refused',
  undecided: 'request could not be decided',
};

const USUAL_LEVELS: Readonly<Record<VerdictClass, LogLevel>> = {
  'let in': 'info',
  refused: 'warn',
  undecided: 'error',
};

/**
 * Logs each decision as one line, with the whole event under the key `decision`: its `time` is when it was made,
 * pino's own when it was logged. A destination of pino that writes in the background (`sync: false`, or a transport)
 * keeps requests from waiting for the disk.
 *
 * @throws TypeError when an option is wrong
 * @example
 * const logger = pino({ redact: ['decision.clientAddress'] });
 * const { requireScope } = createAgentWrit({ broker, onDecision: createPinoSink({ logger }) });
 */
export function createPinoSink(options: PinoSinkOptions): DecisionSink {
  assertKnownOptions(options, 'createPinoSink', ['logger', 'level']);
  const { logger, level = usualLevel } = options;
  if (typeof logger !== 'object' || logger === null) {
    throw new TypeError('"logger" must be a logger such as pino()');
  }
  for (const name of LEVELS) assertFunction(logger[name], `logger.${name}`);
  assertFunction(level, 'level');
  return (event) => {
    const chosen = level(event);
    if (chosen === undefined) return;
    if (!LEVELS.includes(chosen)) throw new TypeError('"level" must return a level, or undefined');
    logger[chosen]({ decision: copyOf(event) }, TEXTS[verdictClassOf(event)]);
  };
}

/** Down to its last list: some versions of pino redact by writing to what they are given, and events are frozen. */
function copyOf(event: DecisionEvent): DecisionEvent {
  const { requiredScope, usedScope, grantedScope, proof } = event;
  return {
    ...event,
    requiredScope: [...requiredScope],
    ...(usedScope && { usedScope: usedScope.map((used) => ({ ...used })) }),
    ...(grantedScope && { grantedScope: [...grantedScope] }),
    ...(proof && { proof: { ...proof } }),
  };
}

function usualLevel(event: DecisionEvent): LogLevel {
  return USUAL_LEVELS[verdictClassOf(event)];
}
