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
  request: () => Request,
): Refusal {
  try {
    const rendered: unknown = render(refusal.problem, request());
    if (rendered === undefined) return refusal;
    const body = readBody(rendered, refusal.status);
    if (body !== undefined) {
      const headers = { ...refusal.headers, 'content-type': body.contentType };
      return { ...refusal, status: body.status, headers, body: body.body };
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

/** Each member is read once: what was checked is what is sent. */
function readBody(rendered: unknown, given: number): Required<RenderedBody> | undefined {
  if (typeof rendered !== 'object' || rendered === null) return undefined;
  const { body, contentType, status = given } = rendered as Partial<Record<string, unknown>>;
  if (typeof body !== 'string' || typeof contentType !== 'string') return undefined;
  if (!CONTENT_TYPE.test(contentType) || !isOfSameClass(status, given)) return undefined;
  return { body, contentType, status };
}

function isOfSameClass(status: unknown, given: number): status is number {
  return (
    typeof status === 'number' &&
    Number.isInteger(status) &&
    Math.floor(status / 100) === Math.floor(given / 100)
  );
}
