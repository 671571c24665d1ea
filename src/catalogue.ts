export { findUnknownNames, type ListNames, noteUnknownNames, queryEvents } from './events/hints.js';
export { EventHistory } from './events/history.js';
