export { createTestBroker, type TestBroker, type TestBrokerOptions } from './test-broker.js';
export type { IssueTokenOptions, TestToken } from './token-options.js';
export type { RegisterAppOptions, TestApp } from './test-apps.js';
export type { Revocation } from './test-revocations.js';
export type { TestClock } from './test-clock.js';
export type { FailOptions } from './failure.js';
export type { AuditEvent } from '../audit-log.js';
