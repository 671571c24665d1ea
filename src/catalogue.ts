export { EventHistory } from './everybody.js';
