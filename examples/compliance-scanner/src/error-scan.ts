// Mistakes made on purpose in → the error each becomes, and what the API says to the like of it, out.

import { type Agent, AgentWritApp } from '@agentwrit/client';
import { callApi, title } from '@agentwrit/example-setup';
import type { Scan } from './claims.js';
import { refusalOf, refusalOfApi, show } from './refusal.js';

const orchId = 'audit-scan';

/** Refused by the broker: an error of the client, with the broker's problem in it. */
export async function provokeBroker(
  { active, released }: { readonly active: Agent; readonly released: Agent },
  { app, apiUrl, check }: Scan,
): Promise<void> {
  title('4a. An app that the broker does not know');
  await using stranger = new AgentWritApp({
    brokerUrl: app.brokerUrl,
    clientId: 'fake-client-id',
    clientSecret: 'fake-client-secret',
  });
  const unknown = await refusalOf(() =>
    stranger.createAgent({ orchId, taskId: 'unknown-app', scope: ['read:data:resource-alpha'] }),
  );
  check(
    'unknownApp',
    show(unknown),
    'AuthenticationError · unauthorized · 401 · urn:agentwrit:error:unauthorized · Unauthorized · Authentication failed · request id',
  );

  title('The API, to a token that is dead');
  const dead = await callApi(`${apiUrl}/resources/beta`, { as: released.bearerHeader });
  check(
    'deadAtApi',
    show(refusalOfApi(dead)),
    'invalid_token · 401 · urn:agentwrit:error:invalid_token · Unauthorized · the token is malformed, expired, revoked or not meant for this resource · request id',
  );

  title("4b. A scope beyond the app's ceiling");
  const beyond = await refusalOf(() =>
    app.createAgent({ orchId, taskId: 'beyond-ceiling', scope: ['admin:revoke:everything'] }),
  );
  check(
    'beyondCeiling',
    withoutList(show(beyond)),
    'AuthorizationError · forbidden · 403 · urn:agentwrit:error:forbidden · Forbidden · requested scopes exceed app ceiling; allowed: […] · request id',
  );

  title('The API, to a scope beyond the token');
  const lacking = await callApi(`${apiUrl}/resources/gamma`, {
    method: 'PUT',
    as: active.bearerHeader,
  });
  check(
    'lackingAtApi',
    show(refusalOfApi(lacking)),
    'insufficient_scope · 403 · urn:agentwrit:error:insufficient_scope · Forbidden · the token is good, but its scope does not cover what this request needs · request id',
  );
}

/** Which scopes an app may have differs from broker to broker. */
function withoutList(text: string): string {
  const [first, last] = [text.indexOf('['), text.lastIndexOf(']')];
  return first < last ? `${text.slice(0, first)}[…${text.slice(last)}` : text;
}

/** Refused by the client: what a released agent cannot do is known without asking. */
export async function provokeClient(
  { active, released }: { readonly active: Agent; readonly released: Agent },
  { check }: Scan,
): Promise<void> {
  title('4c. Renewing a released agent');
  const renewed = await refusalOf(() => released.renew());
  check(
    'renewReleased',
    show(renewed),
    'AgentWritError · released · agent has been released and cannot be renewed',
  );

  title('4d. Delegating from it');
  const delegated = await refusalOf(() =>
    released.delegate({ to: active, scope: ['read:data:resource-beta'] }),
  );
  check(
    'delegateReleased',
    show(delegated),
    'AgentWritError · released · agent has been released and cannot delegate',
  );
}
