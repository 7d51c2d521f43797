// The broker's address as configured in → the same, normalised and safe to send secrets to, out.

/**
 * Removes trailing slashes (a doubled slash is answered with a redirect, protocol §1.7) and refuses what
 * has no place in a base address. Plain `http:` is for loopback: tokens and secrets would cross in the
 * clear.
 *
 * @throws TypeError naming `brokerUrl`, without quoting an address that may hold a password
 */
export function parseBrokerUrl(
  value: unknown,
  options: { readonly allowInsecureHttp: boolean },
): URL {
  if (typeof value !== 'string' || !URL.canParse(value)) {
    throw new TypeError('"brokerUrl" must be an absolute http: or https: URL');
  }
  const url = new URL(value);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`"brokerUrl" must be an http: or https: URL, got ${url.protocol}`);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('"brokerUrl" must not contain a user name, password, query or hash');
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !options.allowInsecureHttp) {
    throw new TypeError(
      '"brokerUrl" must be https: unless the host is loopback: plain http: shows tokens and secrets to ' +
        'the network (set "allowInsecureHttp" to accept that)',
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

// The URL parser has already turned every spelling of an IPv4 address into four decimal numbers.
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
