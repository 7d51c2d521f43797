// `npm run bench` in → the figures on the terminal out, and with --write in docs/, too.

import { readOptions, USAGE } from './options.js';
import { printReport } from './report/print.js';
import { writeReport } from './report/write.js';
import { runBench } from './run.js';

async function main(args: readonly string[]): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const report = await runBench(options.plan, (line) => {
    console.error(`${performance.now().toFixed(0).slice(0, -3).padStart(4)} s  ${line}`);
  });
  console.log(`\n${printReport(report)}`);
  if (options.write) console.log(`\nWritten: ${(await writeReport(report)).join(', ')}`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
