// A refusal in → the same refusal with a body of the program's own out. The decision stands, whatever happens.

import type { Refusal, RefusalProblem } from './refusal.js';
import { Warnings } from './warnings.js';

/** A body in place of the problem document. */
export interface RenderedBody {
  readonly body: string;
  /** Such as `text/html; charset=utf-8`. */
  readonly contentType: string;
  /** Another status of the same hundred: 404 for 403, say, where even a thing's existence is told to nobody. */
  readonly status?: number;
}

/**
 * Called for every refusal, with what the body would say and the framework's own request. Returns another
 * body, or `undefined` to leave it as it is. If it throws, or returns what cannot be sent, the refusal goes
 * out as it was.
 */
export type Render<Request> = (
  problem: RefusalProblem,
  request: Request,
) => RenderedBody | undefined;

// Visible ASCII and spaces: what may stand in a header. Run on what the program returns, within a bound.
const CONTENT_TYPE = /^[\x21-\x7e][\x20-\x7e]{0,199}$/;

const warnings = new Warnings('AGENTWRIT_RENDER_FAILED');

export function renderRefusal<Request>(
  refusal: Refusal,
  render: Render<Request>,
  request: Request,
): Refusal {
  let rendered: unknown;
  try {
    rendered = render(refusal.problem, request);
    if (rendered === undefined) return refusal;
    if (isBody(rendered) && isOfSameClass(rendered.status, refusal.status)) {
      const { body, contentType, status = refusal.status } = rendered;
      return {
        ...refusal,
        status,
        headers: { ...refusal.headers, 'content-type': contentType },
        body,
      };
    }
    // A promise comes too late, and one that fails must not end the process.
    Promise.resolve(rendered).catch(() => undefined);
  } catch {
    warnings.warn('"render" failed: the refusal was sent with its own body');
    return refusal;
  }
  warnings.warn(
    '"render" must return { body, contentType, status? } at once, the status of the same hundred, ' +
      'or undefined: the refusal was sent with its own body',
  );
  return refusal;
}

function isBody(value: unknown): value is RenderedBody {
  if (typeof value !== 'object' || value === null) return false;
  const { body, contentType } = value as Partial<Record<string, unknown>>;
  return (
    typeof body === 'string' && typeof contentType === 'string' && CONTENT_TYPE.test(contentType)
  );
}

function isOfSameClass(status: unknown, given: number): boolean {
  if (status === undefined) return true;
  return Number.isInteger(status) && Math.floor(Number(status) / 100) === Math.floor(given / 100);
}
