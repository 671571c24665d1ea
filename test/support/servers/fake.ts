/** A server that answers as a test likes, in RESP2, where no real one would. */

import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface FakeServer {
  readonly url: string;
  /** Names of commands in lower case, per connection in the order of connections. */
  readonly commands: string[][];
  stop(): Promise<void>;
}

/** @param answer gets words, and how many commands came before over the connection; `undefined` closes it */
export async function startFake(
  answer: (words: readonly string[], connection: number) => string | undefined,
): Promise<FakeServer> {
  const sockets = new Set<Socket>();
  const commands: string[][] = [];
  const listener = createServer((socket) => {
    const connection = commands.push([]) - 1;
    let pending = '';
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      pending += chunk.toString('latin1');
      for (;;) {
        const command = readCommand(pending);
        if (command === undefined) return;
        pending = pending.slice(command.length);
        commands[connection]!.push(command.words[0]!.toLowerCase());
        const text = answer(command.words, connection);
        if (text === undefined) socket.destroy();
        else socket.write(text, 'latin1');
      }
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    url: `redis://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    commands,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => listener.close(() => resolve()));
    },
  };
}

function readCommand(text: string): { words: string[]; length: number } | undefined {
  const [head = '', count] = /^\*(\d+)\r\n/.exec(text) ?? [];
  const words: string[] = [];
  let at = head.length;
  while (words.length < Number(count)) {
    const [line = '', length] = /^\$(\d+)\r\n/.exec(text.slice(at)) ?? [];
    const end = at + line.length + Number(length);
    if (line === '' || text.length < end + 2) return undefined;
    words.push(text.slice(at + line.length, end));
    at = end + 2;
  }
  return words.length === 0 ? undefined : { words, length: at };
}
