// Any header and payload in → the text of a token that no broker signed out.

export const SIGNATURE = 'c2lnbmF0dXJl'.repeat(7);

export const CLAIMS = {
  iss: '',
  sub: 'spiffe://agentwrit.local/agent/orch-1/task-1/0123456789abcdef',
  exp: 1_771_156_900,
  nbf: 1_771_156_600,
  iat: 1_771_156_600,
  jti: '00112233445566778899aabbccddeeff',
  scope: ['read:data:*'],
  task_id: 'task-1',
  orch_id: 'orch-1',
};

/** Objects are written as JSON, texts as they are. */
export function forged(
  payload: unknown = CLAIMS,
  header: unknown = { alg: 'EdDSA', typ: 'JWT', kid: 'key-1' },
): string {
  return [part(header), part(payload), SIGNATURE].join('.');
}

function part(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString(
    'base64url',
  );
}
