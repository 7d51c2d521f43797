// Nothing in → every command there is, in the order of the help, out. A new one is a file in `verbs/` that exports
// its `Verb`, and a line here.

import type { Verb } from './verb.js';
import { appGet, appList, appRegister, appRemove, appUpdate } from './verbs/app.js';
import { auditEvents } from './verbs/audit-events.js';
import { auditVerify } from './verbs/audit-verify.js';
import { drift } from './verbs/drift.js';
import { init } from './verbs/init.js';
import { launchTokenCreate } from './verbs/launch-token.js';
import { revoke } from './verbs/revoke.js';
import { tokenInspect } from './verbs/token-inspect.js';
import { tokenRelease } from './verbs/token-release.js';

export const VERBS: readonly Verb[] = [
  appRegister,
  appList,
  appGet,
  appUpdate,
  appRemove,
  launchTokenCreate,
  auditEvents,
  auditVerify,
  drift,
  revoke,
  tokenInspect,
  tokenRelease,
  init,
];
