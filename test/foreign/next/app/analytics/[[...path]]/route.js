import { Bitmapist } from 'bitmapist-wasm';
import { createDashboard } from 'bitmapist-wasm/web';

const bitmapist = new Bitmapist({ clock: () => new Date('2026-11-22T12:00Z') });
const marked = bitmapist.markEvent('active', [1, 2, 3], { now: '2026-11-21' });

const dashboard = createDashboard(bitmapist, {
  path: '/analytics',
  authorize: (request) => request.headers.get('authorization') === 'Bearer secret',
  title: 'An app of Next.js',
});

async function answer(request) {
  await marked;
  return dashboard(request);
}

export { answer as GET, answer as POST };
