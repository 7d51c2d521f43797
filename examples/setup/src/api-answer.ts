// An API's response in → what an agent learns from it out.

export interface ApiAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** One line: `200`, `403 needs read:data:b, holds read:data:a`, `401 invalid_token`. */
  readonly outcome: string;
  readonly challenge: string | null;
  readonly retryAfter: string | null;
}

/** Reads what an API answered, allowed or refused: `await readAnswer(agent.fetch(url))`. */
export async function readAnswer(response: Response | Promise<Response>): Promise<ApiAnswer> {
  const answer = await response;
  const { status, headers } = answer;
  const content: unknown = await answer.json();
  const body = typeof content === 'object' && content !== null ? { ...content } : {};
  return {
    status,
    body,
    outcome: describe(status, body),
    challenge: headers.get('www-authenticate'),
    retryAfter: headers.get('retry-after'),
  };
}

/** Calls an API with a bearer header, or without one: what `agent.fetch()` does, by hand. */
export function callApi(
  url: string,
  options: { readonly method?: string; readonly as?: { readonly authorization: string } } = {},
): Promise<ApiAnswer> {
  return readAnswer(
    fetch(url, {
      method: options.method ?? 'GET',
      headers: { ...options.as },
      signal: AbortSignal.timeout(10_000),
    }),
  );
}

/**
 * Calls until the token is refused, as it must be within the API's `maxAge` after it died.
 *
 * @returns the refusal, how long it took, and how many calls got through until then
 */
export async function callUntilRefused(
  url: string,
  as: { readonly authorization: string },
  limitMs: number,
): Promise<{ readonly status: number; readonly afterMs: number; readonly admitted: number }> {
  const startedAt = performance.now();
  for (let admitted = 0; ; admitted += 1) {
    const { status } = await callApi(url, { as });
    const afterMs = Math.round(performance.now() - startedAt);
    if (status !== 200 || afterMs > limitMs) return { status, afterMs, admitted };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function describe(status: number, body: ApiAnswer['body']): string {
  if (status < 400) return String(status);
  const { required_scope: needed, granted_scope: held, error_code: code } = body;
  if (Array.isArray(needed) && Array.isArray(held)) {
    return `${status} needs ${needed.join(' ')}, holds ${held.join(' ')}`;
  }
  return typeof code === 'string' ? `${status} ${code}` : String(status);
}
