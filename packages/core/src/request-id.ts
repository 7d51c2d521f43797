// Whoever calls chooses this text, and it goes on to the broker, into logs and back into a header: visible
// ASCII only, and no longer than any id needs to be.
const ACCEPTABLE = /^[\x21-\x7e]{1,128}$/;

/** The caller's request id when it is fit to be passed on, else a fresh one of 16 hex digits. */
export function requestIdOf(received: string | readonly string[] | undefined): string {
  const id = typeof received === 'string' ? received : received?.[0];
  return id !== undefined && ACCEPTABLE.test(id) ? id : randomId();
}

// Of a UUID, because platforms make those many at a time. These digits of it are all random (RFC 9562 §5.4).
function randomId(): string {
  const uuid = crypto.randomUUID();
  return uuid.slice(0, 8) + uuid.slice(-8);
}
