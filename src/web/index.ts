export { createDashboard, type Dashboard } from './dashboard.js';
export type { DashboardLimits, DashboardOptions, OfferedEvent } from './options.js';
