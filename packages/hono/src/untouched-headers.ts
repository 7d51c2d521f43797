// A request of @hono/node-server's in → its Authorization field as it was received, as long as nobody can have changed it,
// out.
//
// Such requests make their `headers` when they are first asked for, and keep them under a symbol of their own. Until then
// Node's own headers say the same, and say it sooner: to read one field of the others takes as long as all the rest of a
// warm decision. Which symbols these are is learned from a request. Where there is nothing to learn, or it is no longer so,
// `Request` is read as ever.

interface Shape {
  readonly prototype: unknown;
  /** Under which such a request keeps Node's, and its own headers once they are made. */
  readonly incoming: symbol;
  readonly headers: symbol;
}

type Symbols = Readonly<Record<symbol, unknown>>;

let shape: Shape | undefined;

// A program that hands other requests to its app, as tests do, is not looked at for ever.
let attempts = 100;

/** `undefined` where `Request` has to be asked. */
export function untouchedAuthorization(raw: Request, incoming: unknown): string | undefined {
  if (shape === undefined || Object.getPrototypeOf(raw) !== shape.prototype) return undefined;
  const members = raw as unknown as Symbols;
  if (members[shape.incoming] !== incoming || members[shape.headers] !== undefined) {
    return undefined;
  }
  const { headers } = incoming as { readonly headers?: { readonly authorization?: unknown } };
  const authorization = headers?.authorization;
  return typeof authorization === 'string' ? authorization : undefined;
}

/** @param raw a request whose headers have been made */
export function learnShape(raw: Request, incoming: unknown): void {
  if (shape !== undefined || attempts === 0) return;
  attempts -= 1;
  if (typeof incoming !== 'object' || incoming === null) return;
  const members = raw as unknown as Symbols;
  const own = Object.getOwnPropertySymbols(raw);
  const incomingKey = own.find((symbol) => members[symbol] === incoming);
  const headersKey = own.find((symbol) => members[symbol] === raw.headers);
  if (incomingKey === undefined || headersKey === undefined) return;
  shape = { prototype: Object.getPrototypeOf(raw), incoming: incomingKey, headers: headersKey };
}
