import { Bitmapist } from '../../../src/index.js';
import { createDashboard, type Dashboard, type DashboardOptions } from '../../../src/web/index.js';

/** Where the dashboards of tests are. */
export const ORIGIN = 'http://localhost';

/** Names that mean something to HTML, addresses, terminals or objects. */
export const INJECTED = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'; alert(1); '",
  'javascript:alert(1)',
  'a\u202eb',
  '__proto__',
  'constructor',
  '=1+1',
  '../../etc/passwd',
  'line\nbreak',
  '&amp;&lt;',
  'x'.repeat(500),
];

/** Few events, of which every number is known: today is 2026-11-22. */
export async function makeEvents(): Promise<Bitmapist> {
  const bitmapist = new Bitmapist({ clock: () => new Date('2026-11-22T12:00:00Z') });
  await bitmapist.markEvent('signup', [1, 2, 3], { now: '2026-11-02' });
  await bitmapist.markEvent('active', [1, 2], { now: '2026-11-09' });
  await bitmapist.markEvent('active', [2, 3, 400], { now: '2026-11-21' });
  await bitmapist.markUnique('pro', [2, 400]);
  for (const name of INJECTED) await bitmapist.markEvent(name, [7], { now: '2026-11-20' });
  return bitmapist;
}

export const SAVED = {
  'Weekly retention': { measure: 'cohort', select1: 'signup', select2: 'active', timeGroup: 'weeks' },
  'Activity, <b>by</b> day': { measure: 'trend', events: ['active'], from: '2026-11-20', to: '2026-11-22' },
} as const;

/** A dashboard at `/analytics` for everybody, unless told otherwise. */
export async function makeDashboard(options: Partial<DashboardOptions> = {}): Promise<Dashboard> {
  return createDashboard(await makeEvents(), {
    path: '/analytics',
    authorize: () => true,
    saved: SAVED,
    onError: (error) => {
      throw error;
    },
    ...options,
  });
}

/** Asks for an address below `/analytics`. */
export function get(dashboard: Dashboard, address: string, init: RequestInit = {}): Promise<Response> {
  return dashboard(new Request(`${ORIGIN}/analytics${address}`, init));
}
