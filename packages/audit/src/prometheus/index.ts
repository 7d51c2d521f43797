// Decisions
export { createPrometheusSink, type PrometheusSinkOptions } from './sink.js';
// Guards and sinks, at each scrape
export { watchGuard, type WatchedGuard, type WatchGuardOptions } from './guard-figures.js';
export { watchSink, type WatchedSink, type WatchSinkOptions } from './sink-figures.js';
