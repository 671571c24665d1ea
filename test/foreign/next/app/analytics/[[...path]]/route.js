import { Bitmapist, MemoryStore } from 'bitmapist-wasm';
import { createDashboard } from 'bitmapist-wasm/web';

const store = new MemoryStore();
const bitmapist = new Bitmapist({ store, threads: 3, clock: () => new Date('2026-11-22T12:00Z') });
const marked = Promise.all([
  bitmapist.markEvent('active', [1, 2, 3], { now: '2026-11-21' }),
  // Every other id, large enough to be counted in threads.
  ...Array.from({ length: 20 }, (_, at) => {
    return store.put(`trackist_large_2026-11-${at + 1}`, new Uint8Array(2 ** 20).fill(0x55));
  }),
]);

const dashboard = createDashboard(bitmapist, {
  path: '/analytics',
  authorize: (request) => request.headers.get('authorization') === 'Bearer secret',
  title: 'An app of Next.js',
});

let workers = 0;
process.on('worker', () => {
  workers += 1;
});

async function answer(request) {
  await marked;
  if (request.url.endsWith('/workers')) return Response.json({ workers });
  return dashboard(request);
}

export { answer as GET, answer as POST };
