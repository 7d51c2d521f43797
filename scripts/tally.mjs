// vitest's JSON report in → how many passed, failed and were skipped out.

/** @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Tally */

/**
 * @typedef {object} Report the part of vitest's JSON report that is read here
 * @property {{ status: string, assertionResults: { status: string }[] }[]} testResults one per file
 */

/**
 * Counts tests. A file that failed without a failed test (it did not load, or a hook threw) is one failure;
 * so is a run with no test in it, and one that vitest calls failed for another reason.
 *
 * @param {unknown} report `undefined` when vitest wrote none
 * @param {number} exitCode vitest's
 * @returns {Tally}
 */
export function tallyOfReport(report, exitCode) {
  const files =
    report === undefined ? [] : /** @type {Report} */ (report).testResults.map(tallyOfFile);
  const total = addTallies(files, { skippedFails: false });
  const ranNothing = total.passed + total.failed === 0;
  if (ranNothing) console.log('No test ran: that counts as a failure.');
  const unexplained = total.failed === 0 && (exitCode !== 0 || ranNothing);
  return unexplained ? { ...total, failed: 1 } : total;
}

/**
 * @param {Report['testResults'][number]} file
 * @returns {Tally}
 */
function tallyOfFile({ status, assertionResults }) {
  const count = (/** @type {string[]} */ ...statuses) =>
    assertionResults.filter((test) => statuses.includes(test.status)).length;
  const passed = count('passed');
  const skipped = count('skipped', 'todo');
  // The rest did not pass and was not skipped: it failed, or its worker died before it was done.
  const failed = assertionResults.length - passed - skipped;
  return { passed, skipped, failed: status === 'failed' ? Math.max(failed, 1) : failed };
}

/**
 * @param {readonly Tally[]} tallies
 * @param {{ skippedFails: boolean }} options where nobody looks, a skipped test is a test nobody runs
 * @returns {Tally}
 */
export function addTallies(tallies, { skippedFails }) {
  const sum = (/** @type {keyof Tally} */ key) =>
    tallies.reduce((total, tally) => total + tally[key], 0);
  const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')];
  return skippedFails
    ? { passed, failed: failed + skipped, skipped: 0 }
    : { passed, failed, skipped };
}

/** @param {Tally} tally */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
