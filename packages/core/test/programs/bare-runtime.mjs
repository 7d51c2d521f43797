// The URL of an entry in → what a guard from there does without `process`, `Buffer` and the like, as JSON, out.

const { log } = console;
const [, , entry = ''] = process.argv;

/** @param {unknown} value */
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** @param {string} jti */
function tokenOf(jti) {
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    iss: '',
    sub: 'spiffe://agentwrit.local/agent/orch-1/task-1/0123456789abcdef',
    exp: iat + 300,
    nbf: iat,
    iat,
    jti,
    scope: ['read:data:*'],
    task_id: 'task-1',
    orch_id: 'orch-1',
  };
  const token = `${encode({ alg: 'EdDSA' })}.${encode(claims)}.${'A'.repeat(86)}`;
  return { claims, token };
}

const good = tokenOf('good');
const bad = tokenOf('bad');
const unlucky = tokenOf('unlucky');

// Made here, as Node's own parts of the web do not come about without what is given up.
const headers = new Headers({ 'content-type': 'application/json' });

const NODE = ['process', 'Buffer', 'global', 'setImmediate', 'clearImmediate', 'navigator'];
for (const name of NODE) Reflect.deleteProperty(globalThis, name);
/** @type {string[]} */
const warned = [];
/** @type {string[]} */
const requestIds = [];

/** @param {string} _url @param {{ body: string, headers: Record<string, string> }} request */
async function fetch(_url, { body, headers: sent }) {
  requestIds.push(sent['x-request-id'] ?? '');
  const status = body.includes(unlucky.token) ? 500 : 200;
  const answer = body.includes(good.token)
    ? { valid: true, claims: good.claims }
    : { valid: false, error: 'token is invalid or expired' };
  const bytes = new TextEncoder().encode(JSON.stringify(answer));
  return {
    status,
    headers,
    body: new ReadableStream({
      start(controller) {
        controller.enqueue(bytes);
        controller.close();
      },
    }),
  };
}

Object.assign(globalThis, {
  console: { warn: (/** @type {string} */ line) => warned.push(line) },
  fetch,
});

const { currentAgent } = /** @type {typeof import('../../src/current-agent.js')} */ (
  await import(new URL('current-agent.js', entry).href)
);
const { createGuard, runAs } = /** @type {typeof import('../../src/index.js')} */ (
  await import(entry)
);

const guard = createGuard({ broker: 'https://broker.example' });
const cases = /** @type {const} */ ([
  ['read:data:7', good],
  ['read:data:7', good],
  ['write:data:7', good],
  ['read:data:7', bad],
  ['read:data:7', unlucky],
]);
/** @type {string[]} */
const answers = [];
for (const [scope, { token }] of cases) {
  const answer = await guard.requireScope(scope)({
    request: undefined,
    authorization: `Bearer ${token}`,
    method: 'GET',
    url: '/data',
    route: '/data',
    requestId: undefined,
    param: () => undefined,
  });
  if (answer.outcome === 'refuse') answers.push(answer.refusal.reason);
  if (answer.outcome === 'allow') {
    const { agent } = answer;
    const current = runAs(agent, () => currentAgent()?.id ?? 'nobody');
    answers.push(`allowed by ${agent.proof.source}, current agent: ${current}`);
  }
}
await guard.close();

log(JSON.stringify({ answers, requestId: requestIds[0], warned }));
