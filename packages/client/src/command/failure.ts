// What was thrown in → an exit code, and lines or a document for stderr, out.

import { AgentWritError } from '../errors.js';
import { ProblemResponseError } from '../problem-response.js';
import { jsonLine, visible } from './printing.js';
import { EXIT, type LineWriter, UnansweredError, UsageError } from './verb.js';

export interface ReportOptions {
  readonly isJson: boolean;
  readonly stderr: LineWriter;
  /** What to type instead, for wrong use. */
  readonly usage: string;
}

// More than any problem of the broker's needs; one from something else may be a whole page.
const MAX_MESSAGE = 1000;

// What the library calls differently than the command line.
const FLAG_NAMES: ReadonlyMap<string, string> = new Map([
  ['agentName', 'name'],
  ['appId', 'id'],
  ['brokerUrl', 'broker'],
  ['scope', 'scopes'],
  ['timeoutMs', 'timeout'],
]);

// By the broker's words for it (protocol §1.9, §2.11, §2.14), what its reader may not know.
const HINTS: ReadonlyMap<string, string> = new Map([
  ['invalid credentials', 'is AGENTWRIT_ADMIN_SECRET the secret of this broker?'],
  ['failed to register app', 'is the name used already? Names are never free again.'],
  ['token verification failed', 'it has expired, or was released, renewed or revoked.'],
]);

/** @returns how the command ends */
export function report(thrown: unknown, { isJson, stderr, usage }: ReportOptions): number {
  const exitCode = exitCodeOf(thrown);
  const error = thrown instanceof UnansweredError ? thrown.cause : thrown;
  const message = messageOf(error, exitCode);
  const problem = error instanceof ProblemResponseError ? error : undefined;
  if (isJson) {
    const code = error instanceof AgentWritError ? error.code : undefined;
    stderr(
      jsonLine({
        code: code ?? (exitCode === EXIT.wrongUse ? 'wrong_use' : 'fault'),
        message,
        ...(problem && {
          status: problem.status,
          problem: problem.problem,
          request_id: problem.requestId,
        }),
      }),
    );
    return exitCode;
  }
  const requestId = problem?.requestId?.slice(0, MAX_MESSAGE);
  const evidence =
    problem === undefined
      ? ''
      : ` (${[problem.status, problem.code, requestId && `request ${requestId}`].filter(Boolean).join(', ')})`;
  stderr(visible(`agentwrit: ${message.slice(0, MAX_MESSAGE)}${evidence}`));
  const hint = HINTS.get(problem?.problem.detail ?? '');
  if (hint !== undefined) stderr(hint);
  if (exitCode === EXIT.wrongUse) stderr(usage);
  return exitCode;
}

/** Three outcomes stay apart: only the broker's own no is a refusal, and what says "later" is none. */
function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || isWrongOption(error)) return EXIT.wrongUse;
  if (error instanceof ProblemResponseError) {
    const { status, problem } = error;
    const isNo = status >= 400 && status <= 499 && status !== 429;
    return isNo && problem.type !== 'about:blank' ? EXIT.refused : EXIT.fault;
  }
  const isDead = error instanceof AgentWritError && error.code === 'invalid_token';
  return isDead ? EXIT.refused : EXIT.fault;
}

function messageOf(error: unknown, exitCode: number): string {
  if (!(error instanceof Error)) return 'an unknown failure';
  if (exitCode === EXIT.wrongUse) return flagMessage(error.message);
  const isUnanswered =
    exitCode === EXIT.fault && error instanceof AgentWritError && error.code !== 'audit_gap';
  return isUnanswered ? `no usable answer: ${error.message}` : error.message;
}

/** The library names the option that is wrong in quotes first; every other TypeError is a defect. */
function isWrongOption(error: unknown): boolean {
  return error instanceof TypeError && error.message.startsWith('"');
}

// The option that is wrong comes first; others are named further on. What else is quoted is an example or a value.
const OPTIONS = /^"([a-zA-Z.]+)(?:\[\d+\])?"|"(tls\.[a-z]+|allowInsecureHttp|follow)"/g;

/** `"scopes[1]" must be …` → `"--scopes" must be …` */
function flagMessage(message: string): string {
  return message.replace(OPTIONS, (_, first?: string, other?: string) => {
    const name = (first ?? other ?? '').replace(/^tls\./, '');
    const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return `"--${FLAG_NAMES.get(name) ?? kebab}"`;
  });
}
