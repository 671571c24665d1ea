/**
 * A slow link to a server, run as a process of its own: `throttle.ts PORT BYTES_PER_SECOND DELAY_MS` passes on what connects to
 * the port that it prints. Each direction has so many bytes a second, and so long a way. It ends with its standard input.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

const HOST = '127.0.0.1';
/** Timers are no finer; what is due so soon goes at once. */
const TICK_MS = 1;
const MIN_QUEUE_BYTES = 2 ** 20;

const [port, bytesPerSecond, delayMs] = process.argv.slice(2).map(Number) as [number, number, number];
const bytesPerMs = bytesPerSecond / 1000;
/** What is on its way at a time; more waits where it comes from. */
const queueBytes = Math.max(MIN_QUEUE_BYTES, bytesPerMs * (delayMs + 5 * TICK_MS));

interface Parcel {
  readonly chunk: Buffer;
  readonly dueMs: number;
}

/** Passes on one direction of a connection. */
function pass(from: Socket, to: Socket): void {
  const parcels: Parcel[] = [];
  let queued = 0;
  /** When the link has sent all that it was given. */
  let freeMs = 0;
  let timer: NodeJS.Timeout | undefined;

  const deliver = (): void => {
    timer = undefined;
    while (parcels.length > 0 && !to.writableNeedDrain) {
      const { chunk, dueMs } = parcels[0]!;
      const waitMs = dueMs - performance.now();
      if (waitMs >= TICK_MS) {
        timer = setTimeout(deliver, waitMs);
        break;
      }
      parcels.shift();
      queued -= chunk.length;
      to.write(chunk);
    }
    if (queued < queueBytes && from.isPaused()) from.resume();
  };

  from.on('data', (chunk: Buffer) => {
    freeMs = Math.max(freeMs, performance.now()) + chunk.length / bytesPerMs;
    parcels.push({ chunk, dueMs: freeMs + delayMs });
    queued += chunk.length;
    if (queued >= queueBytes) from.pause();
    if (timer === undefined) deliver();
  });
  to.on('drain', () => {
    if (timer === undefined) deliver();
  });
  from.on('error', () => {});
  from.on('close', () => {
    clearTimeout(timer);
    to.destroy();
  });
}

const listener = createServer({ noDelay: true }, (client) => {
  const server = connect({ port, host: HOST, noDelay: true });
  pass(client, server);
  pass(server, client);
});
listener.listen(0, HOST, () => process.stdout.write(`${(listener.address() as AddressInfo).port}\n`));
process.stdin.on('end', () => process.exit()).resume();
