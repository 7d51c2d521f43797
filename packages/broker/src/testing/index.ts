export { createTestBroker, type TestBroker, type TestBrokerOptions } from './test-broker.js';
export type { IssueTokenOptions, TestToken } from './test-tokens.js';
export type { TestClock } from './test-clock.js';
export type { FailOptions } from './faults.js';
