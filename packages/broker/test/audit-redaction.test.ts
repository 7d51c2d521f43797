import { describe, expect, it } from 'vitest';
import { redactDetail } from '../src/audit-redaction.js';

describe('redaction', () => {
  const delegation = 'delegation from spiffe://d/agent/secret-orch/t/1 to spiffe://d/agent/o/t/2';
  it.each([
    {
      detail: 'Agent registered with scope [read:secret:x] app_id=app-a-1',
      result: 'Agent registered with scope [read:secret:x] app_id=***REDACTED***',
    },
    {
      detail: `${delegation} scope=[read:data:x] depth=1`,
      result: `${delegation} scope=***REDACTED***`,
    },
    { detail: 'client_id=ab-1 reason=wrong_secret' },
    { detail: 'launch token issued for agent=my-secret-bot scope=[read:data:x] max_ttl=300' },
    { detail: 'scope violation: requested [read:secret:x] exceeds allowed [read:data:x]' },
    { detail: 'app=password-app client_id=pa-1' },
    { detail: 'nothing to hide: x=y' },
    { detail: 'a secret without an end' },
    { detail: 'the PassWord: x: y', result: 'the PassWord: ***REDACTED***' },
    { detail: 'a secret: b=c', result: 'a secret: b=***REDACTED***' },
    { detail: 'token_value=a=b', result: 'token_value=***REDACTED***' },
    { detail: 'a=b private_key: c', result: 'a=b private_key: ***REDACTED***' },
    { detail: 'the pr\u0130vate_key=c', result: 'the pr\u0130vate_key=***REDACTED***' },
  ])('makes of "$detail" what the broker makes of it', ({ detail, result = detail }) => {
    expect(redactDetail(detail)).toBe(result);
  });
});
