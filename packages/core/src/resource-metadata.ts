// This API's address and what its routes need in → its protected resource metadata out (RFC 9728).

import {
  assertKnownOptions,
  assertText,
  assertTexts,
  encodeJson,
  isLoopback,
} from '@agentwrit/protocol';
import type { HttpAnswer } from './refusal.js';

export interface ResourceMetadataOptions {
  /** For people: `resource_name`. */
  readonly name?: string;
  /** A page about the API: `resource_documentation`. */
  readonly documentation?: string | URL;
  /**
   * Issuers from which tokens can be had by OAuth: `authorization_servers`. Not the broker, which speaks a
   * protocol of its own; leave it out unless you run a server in front of it.
   */
  readonly authorizationServers?: readonly string[];
}

/** An API that has said its own address. */
export interface Resource {
  readonly identifier: string;
  /** Where the document is expected (RFC 9728 §3.1). */
  readonly metadataUrl: string;
  readonly metadataPath: string;
  /** The document's members, but for the scopes. */
  readonly members: Readonly<Record<string, unknown>>;
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** @throws TypeError naming the option that is wrong and what is allowed */
export function resolveResource(
  resource: unknown,
  options: ResourceMetadataOptions | undefined,
): Resource | undefined {
  if (resource === undefined) {
    if (options === undefined) return undefined;
    throw new TypeError('"resourceMetadata" needs a "resource": the address it is about');
  }
  const { identifier, url } = readIdentifier(resource);
  const metadataPath = WELL_KNOWN + (url.pathname === '/' ? '' : url.pathname);
  return {
    identifier,
    metadataUrl: url.origin + metadataPath,
    metadataPath,
    members: { resource: identifier, ...readMembers(options ?? {}) },
  };
}

/** The document. The scopes are those the routes were declared with, placeholders included, sorted. */
export function describeResource({ members }: Resource, scopes: Iterable<string>): HttpAnswer {
  const document = {
    ...members,
    scopes_supported: [...new Set(scopes)].toSorted(),
    bearer_methods_supported: ['header'],
  };
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'max-age=300' },
    body: `${encodeJson(document)}\n`,
  };
}

// The identifier stays as it was written: whoever reads the document compares it as text (RFC 9728 §3.3).
function readIdentifier(resource: unknown): { identifier: string; url: URL } {
  const identifier = resource instanceof URL ? resource.href : resource;
  const url =
    typeof identifier === 'string' && VISIBLE.test(identifier) && URL.canParse(identifier)
      ? new URL(identifier)
      : undefined;
  if (typeof identifier !== 'string' || url === undefined || !isWeb(url)) {
    throw new TypeError(
      '"resource" must be this API\'s own https: URL (http: on loopback), such as "https://api.example.com"',
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('"resource" must not contain a user name, password, query or hash');
  }
  return { identifier, url };
}

// URL parsers forgive white space around and line breaks within, and those who compare it as text do not.
const VISIBLE = /^[\x21-\x7e]+$/;

function isWeb({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true;
  return protocol === 'http:' && isLoopback(hostname);
}

function readMembers(options: ResourceMetadataOptions): Record<string, unknown> {
  assertKnownOptions(options, 'resourceMetadata', [
    'name',
    'documentation',
    'authorizationServers',
  ]);
  const members: Record<string, unknown> = {};
  if ('name' in options) {
    assertText(options.name, 'resourceMetadata.name');
    members['resource_name'] = options.name;
  }
  if ('documentation' in options) {
    const address = String(options.documentation);
    if (!URL.canParse(address)) {
      throw new TypeError('"resourceMetadata.documentation" must be an absolute URL');
    }
    members['resource_documentation'] = address;
  }
  if ('authorizationServers' in options) {
    assertTexts(options.authorizationServers, 'resourceMetadata.authorizationServers');
    if (!options.authorizationServers.every((issuer) => URL.canParse(issuer))) {
      throw new TypeError('"resourceMetadata.authorizationServers" must be absolute URLs');
    }
    members['authorization_servers'] = options.authorizationServers;
  }
  return members;
}
