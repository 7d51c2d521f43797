// A refusal on the wire: RFC 9457 problem details with the broker's extra members (protocol §1.5).

/** Member order is the broker's; write it in this order. */
export interface ProblemDetails {
  /** `urn:agentwrit:error:` + `error_code`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The request path, percent-decoded, without query. */
  readonly instance: string;
  readonly error_code?: string;
  readonly request_id?: string;
  readonly hint?: string;
}

/** The codes the broker uses (protocol §1.5). */
export type BrokerErrorCode =
  | 'invalid_request'
  | 'invalid_ttl'
  | 'unauthorized'
  | 'insufficient_scope'
  | 'scope_violation'
  | 'forbidden'
  | 'not_found'
  | 'payload_too_large'
  | 'rate_limited'
  | 'internal_error';

/** `type` of a problem with this code. */
export function problemType(code: string): string {
  return `urn:agentwrit:error:${code}`;
}

/** `instance` of a problem: the path percent-decoded, or as it is where that cannot be done. */
export function problemInstance(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

/**
 * Reads an error body leniently: whatever arrives, an error must come out (protocol §10.8). A body that is
 * not a JSON object becomes `about:blank` with the text as detail, cut at 500 characters.
 */
export function readProblem(
  body: string,
  answer: { status: number; path: string },
): ProblemDetails {
  const value = parseObject(body);
  if (value === undefined) {
    return {
      type: 'about:blank',
      title: `HTTP ${answer.status}`,
      status: answer.status,
      detail: body.trim().slice(0, 500) || 'No error detail provided.',
      instance: answer.path,
    };
  }
  const text = (key: string): string | undefined => {
    const member = Object.hasOwn(value, key) ? value[key] : undefined;
    return typeof member === 'string' ? member : undefined;
  };
  const optional = Object.fromEntries(
    (['error_code', 'request_id', 'hint'] as const).flatMap((key) => {
      const member = text(key);
      return member === undefined ? [] : [[key, member]];
    }),
  );
  return {
    type: text('type') ?? '',
    title: text('title') ?? '',
    // The status line decides; a body that says otherwise is not believed.
    status: answer.status,
    detail: text('detail') ?? '',
    instance: text('instance') ?? answer.path,
    ...optional,
  };
}

function parseObject(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
