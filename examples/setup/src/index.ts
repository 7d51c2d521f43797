// Run an example: a broker and an app before it, its checks and an exit code after it
export { runExample, runOperatorExample } from './run-example.js';
export type { Example, OperatorWorkPlace, WorkPlace } from './run-example.js';
export { type Check, Checks, type Seen } from './checks.js';
// A broker to run against
export {
  CEILING,
  type ExampleBroker,
  openBroker,
  openOperatedBroker,
  type OperatedBroker,
} from './brokers.js';
// An API that runs
export { listen, type RunningApi, runningApi } from './running-api.js';
// What an API answers
export { type ApiAnswer, callApi, callUntilRefused, readAnswer } from './api-answer.js';
// What is printed
export { facts, fingerprint, note, result, say, table, title } from './show.js';
export { explain } from './explanation.js';
