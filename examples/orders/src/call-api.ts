// One HTTP request to the orders API → what the agent learns from the answer.

export interface ApiAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly challenge: string | null;
  readonly retryAfter: string | null;
}

/** Calls the API as an agent does: over HTTP, with its bearer header. */
export async function callApi(
  url: string,
  options: { readonly method?: string; readonly as?: { readonly authorization: string } } = {},
): Promise<ApiAnswer> {
  const answer = await fetch(url, {
    method: options.method ?? 'GET',
    headers: { ...options.as },
    signal: AbortSignal.timeout(10_000),
  });
  return {
    status: answer.status,
    body: (await answer.json()) as Readonly<Record<string, unknown>>,
    challenge: answer.headers.get('www-authenticate'),
    retryAfter: answer.headers.get('retry-after'),
  };
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
