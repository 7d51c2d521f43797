export { type Broker, createBroker, type ListeningAt } from './create-broker.js';
export type { BrokerOptions, TlsSettings } from './broker-options.js';
export type { Log, LogEntry } from './log.js';
