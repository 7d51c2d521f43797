// Paths and methods in → what Go's ServeMux makes of them out (protocol §1.7).

import { describe, expect, it } from 'vitest';
import { startBroker } from './broker-under-test.js';
import { auditTrail } from './audit-trail.js';
import { app } from './parties.js';
import { json, moved, plain, problem } from './wire-text.js';

const ALLOW = {
  'GET, HEAD': ['/v1/challenge', '/v1/health', '/v1/metrics', '/v1/audit/events'],
  'GET, HEAD, POST': ['/v1/admin/apps'],
  'DELETE, GET, HEAD, PUT': ['/v1/admin/apps/app-x-1', '/v1/admin/apps/a%2Fb'],
  POST: [
    '/v1/token/validate',
    '/v1/register',
    '/v1/token/renew',
    '/v1/token/release',
    '/v1/delegate',
    '/v1/revoke',
    '/v1/admin/auth',
    '/v1/admin/launch-tokens',
    '/v1/app/launch-tokens',
    '/v1/app/auth',
  ],
};
const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PROPFIND', 'PUT'];
const NOT_FOUND = plain(404, '404 page not found\n');
const CHALLENGE = json(200, { nonce: '⟨hex64⟩', expires_in: 30 });
const APP_UNKNOWN = problem(404, 'not_found', 'app not found');
const HTML = 'text/html; charset=utf-8';

describe('a known path', () => {
  it.each(
    Object.entries(ALLOW).flatMap(([allow, paths]) => paths.map((path) => ({ allow, path }))),
  )('allows $allow and nothing else, before any authentication: $path', async ({ allow, path }) => {
    const broker = await startBroker();
    const trail = auditTrail(broker);
    for (const method of METHODS.filter((method) => !allow.split(', ').includes(method))) {
      const expected = plain(405, 'Method Not Allowed\n', { Allow: allow });
      await broker.call(`${method} ${path}?a=b`, {}, expected);
    }
    await trail.is();
  });
});

describe('HEAD', () => {
  it('is served like GET, without the body', async () => {
    const broker = await startBroker();
    const token = broker.operator;
    await broker.call('HEAD /v1/challenge', {}, CHALLENGE);
    const health = { status: 'ok', version: '2.0.0', uptime: 0 };
    const counts = { db_connected: true, audit_events_count: 0 };
    await broker.call('HEAD /v1/health', {}, json(200, { ...health, ...counts }));
    const none = json(200, { events: [], total: 0, offset: 0, limit: 100 });
    await broker.call('HEAD /v1/audit/events', { token }, none);
    await broker.call('HEAD /v1/admin/apps', { token }, json(200, { apps: [], total: 0 }));
    await broker.call('HEAD /v1/admin/apps/x', { token }, APP_UNKNOWN);
    const missing = problem(401, 'unauthorized', 'missing authorization header');
    await broker.call('HEAD /v1/admin/apps', {}, missing);
    await broker.call('HEAD /nothing', {}, NOT_FOUND);
  });
});

describe('an unknown path', () => {
  it.each([
    '/',
    '/v1',
    '/v1/nothing',
    '/v2/health',
    '/v1/healthy',
    '/v1/health/x',
    '/*',
    '/v1/',
    '/v1/health/',
    '/v1/admin/apps/',
    '/v1/admin/apps/a/',
    '/v1/admin/apps/a/b',
    '/V1/health',
    '/v1/Health',
    '/v1/admin/Apps/a',
    '/v1%2Fhealth',
    '/v1/admin%2Fapps/a',
    '/v1/health%2F',
  ])('is not found, whatever the method: %s', async (path) => {
    const broker = await startBroker();
    for (const method of METHODS) await broker.call(`${method} ${path}?a`, {}, NOT_FOUND);
  });
});

describe('a path that is not clean', () => {
  it.each([
    ['//v1/health', '/v1/health'],
    ['/v1//health', '/v1/health'],
    ['/v1/./health', '/v1/health'],
    ['/v1/../x', '/x'],
    ['/../../v1/health', '/v1/health'],
    ['/v1/health/../challenge', '/v1/challenge'],
    ['/v1//nothing', '/v1/nothing'],
    ['//', '/'],
    ['/v1/health//', '/v1/health/'],
    ['/v1/admin/apps/.', '/v1/admin/apps'],
    ['/v1/admin/apps/..', '/v1/admin'],
    ['//v1/health?a=b&c=//d', '/v1/health?a=b&c=//d'],
  ])('is redirected to its clean form: %s', async (path, location) => {
    const broker = await startBroker();
    const link = location.replaceAll('&', '&amp;');
    const body = `<a href="${link}">Moved Permanently</a>.\n\n`;
    const html = plain(301, body, { 'Content-Type': HTML, Location: location });
    await broker.call(`GET ${path}`, {}, html);
    await broker.call(`HEAD ${path}`, {}, html);
    for (const method of ['POST', 'DELETE', 'OPTIONS', 'PUT']) {
      await broker.call(`${method} ${path}`, { body: '{}' }, moved(location));
    }
  });
});

describe('a percent-encoded path', () => {
  it('matches where its decoded segments do', async () => {
    const broker = await startBroker();
    await broker.call('GET /v1/ch%61llenge', {}, CHALLENGE);
    await broker.call('GET /%76%31/challenge', {}, CHALLENGE);
    const missing = problem(401, 'unauthorized', 'missing authorization header');
    await broker.call('POST /v1/%72evoke', {}, missing);
  });

  it('names an app by its decoded id', async () => {
    const broker = await startBroker();
    const { id } = await app(broker);
    const { operator: token } = broker;
    const plainly = await broker.call(`GET /v1/admin/apps/${id}`, { token });
    const encoded = await broker.call(`GET /v1/admin/apps/%61${id.slice(1)}`, { token });
    expect(encoded.body).toBe(plainly.body);
    // A decoded slash belongs to the id.
    await broker.call('GET /v1/admin/apps/a%2Fb', { token }, APP_UNKNOWN);
    await broker.call('DELETE /v1/admin/apps/%2F%2f', { token }, APP_UNKNOWN);
    await broker.call('GET /v1/admin/apps/%20', { token }, APP_UNKNOWN);
  });
});
