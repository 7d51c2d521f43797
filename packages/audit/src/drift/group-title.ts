// A group of the report in → what people call it out.

import type { DriftGroup, GroupName } from './report.js';

/** What a group is called: `order-worker / process-ord-*`. */
export function groupTitle({ orchestrator, taskPattern, isOthers }: TitledGroup): string {
  if (isOthers) return 'all other groups';
  return `${orchestrator ?? 'unknown orchestrator'} / ${taskPattern ?? 'unknown task'}`;
}

type TitledGroup = Pick<GroupName, 'orchestrator' | 'taskPattern'> & Pick<DriftGroup, 'isOthers'>;
