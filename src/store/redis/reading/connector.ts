/** Sockets whose bytes go into one buffer that is used again, beside a client of ioredis, to the server that it is connected to. */

import { connect as connectNet, type LookupFunction, type OnReadOpts } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { AbstractConnector, type Redis } from 'ioredis';

type Stream = Redis['stream'];
/** What ioredis makes a client's connections with. */
type Connector = NonNullable<Redis['options']['Connector']>;

/** Large enough to take most of what a socket has at once, small enough to stay in the processor's cache. */
const BUFFER_BYTES = 131072;

const CLOSED = 'Connection is closed.';

/** Takes the first `length` bytes of `chunk`, which are written over afterwards. */
export type Receive = (chunk: Buffer, length: number) => void;

/**
 * Connectors for a duplicate of `main`: it is the server's address that is followed, not its name, which may stand for several,
 * and not what sentinels say, which may have changed since.
 * @param attend is told of every socket, and takes what it receives
 */
export function connectorBeside(main: Redis, attend: (stream: Stream) => Receive): Connector {
  return class BesideConnector extends AbstractConnector {
    constructor() {
      super(main.options.disconnectTimeout ?? 0);
    }

    override async connect(): Promise<Stream> {
      const { options } = main;
      this.connecting = true;
      let receive: Receive;
      const onread: OnReadOpts = {
        buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES),
        callback: (length, chunk) => {
          receive(chunk as Buffer, length);
          return true;
        },
      };
      const place = { ...placeOf(main), onread };
      const { tls } = options;
      const isSecure = tls !== undefined && (!options.sentinels || options.enableTLSForSentinelMode === true);
      // A Connector of the user's own may do more than the options tell: no password goes out in the clear because of that.
      if (isSecure !== main.stream instanceof TLSSocket) throw new Error(CLOSED);
      this.stream = isSecure ? connectTls({ ...place, ...tls }) : connectNet(place);
      this.stream.once('error', (error) => {
        this.firstError = error;
      });
      receive = attend(this.stream);
      return this.stream;
    }
  };
}

interface Place {
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
  readonly lookup?: LookupFunction;
}

function placeOf({ options, stream, status }: Redis): Place & { port: number } {
  const { remoteAddress: address, remotePort: port } = stream ?? {};
  if (status !== 'ready') throw new Error(CLOSED);
  if (options.path) return { path: options.path, port: 0 };
  if (address === undefined || port === undefined) throw new Error(CLOSED);
  // A name says whose certificate is expected.
  const host = options.sentinels ? address : (options.host ?? address);
  const family = address.includes(':') ? 6 : 4;
  const lookup: LookupFunction = (_, { all }, done) =>
    all ? done(null, [{ address, family }]) : done(null, address, family);
  return { host, port, lookup };
}
