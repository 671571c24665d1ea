export { EventHistory } from './everybody.js';
export { findUnknownNames, type ListNames, noteUnknownNames, queryEvents } from './names.js';
