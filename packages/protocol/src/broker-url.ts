// The broker's address as configured in → the same, normalised and safe to send tokens to, out.

/**
 * Removes trailing slashes (a doubled slash is answered with a redirect, protocol §1.7) and refuses what has
 * no place in a base address. Plain `http:` is for loopback: tokens and secrets would cross in the clear.
 *
 * @param name the option it was given as, for the message
 * @throws TypeError naming the option, without quoting an address that may hold a password
 */
export function parseBrokerUrl(
  value: unknown,
  name: string,
  options: { readonly allowInsecureHttp: boolean },
): URL {
  const text = value instanceof URL ? value.href : value;
  if (typeof text !== 'string' || !URL.canParse(text)) {
    throw new TypeError(
      `"${name}" must be an absolute http: or https: URL, such as "http://127.0.0.1:8080"`,
    );
  }
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(
      `"${name}" must be an http: or https: URL, such as "http://127.0.0.1:8080", got ${url.protocol}`,
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError(`"${name}" must not contain a user name, password, query or hash`);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !options.allowInsecureHttp) {
    throw new TypeError(
      `"${name}" must be https: unless the host is loopback: plain http: shows tokens to the network ` +
        '(set "allowInsecureHttp" to accept that)',
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

/** Whether a host, as a URL object has it, is this machine. */
export function isLoopback(hostname: string): boolean {
  // The URL parser has already turned every spelling of an IPv4 address into four decimal numbers, so a host
  // name that merely starts with "127." cannot pass.
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
