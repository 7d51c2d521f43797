export { type Broker, createBroker, type ListeningAt } from './create-broker.js';
export type { BrokerOptions } from './broker-options.js';
