// How many distinct tokens → what a guard keeps of them out, measured in a process of its own.

import { startChild } from '../child.js';
import type { MemoryFigures, MemoryProgram } from '../programs/memory.js';

export async function runMemory(tokens: number): Promise<MemoryFigures> {
  const { child } = await startChild<MemoryProgram>('memory', null, { execArgv: ['--expose-gc'] });
  try {
    return await child.call('run', tokens);
  } finally {
    await child.stop();
  }
}
