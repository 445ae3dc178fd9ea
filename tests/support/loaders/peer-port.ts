import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { PseudoTerminal } from '../pseudo-terminal.js';

/** Something at the other end of a serial port. */
export interface Peer {
  receive(bytes: Uint8Array): void;
}

/** A real serial port (a pseudo terminal of socat) with a peer of this process behind it. */
export class PeerPort<P extends Peer> {
  readonly path: string;
  readonly peer: P;
  readonly #terminal: PseudoTerminal;
  readonly #server: Server;

  private constructor(path: string, peer: P, terminal: PseudoTerminal, server: Server) {
    this.path = path;
    this.peer = peer;
    this.#terminal = terminal;
    this.#server = server;
  }

  /** Plugs a peer in. @param folder for the port and what stands behind it */
  static async plugIn<P extends Peer>(
    folder: string,
    makePeer: (send: (bytes: Iterable<number>) => void) => P,
  ): Promise<PeerPort<P>> {
    const [path, socketPath] = [join(folder, 'port'), join(folder, 'peer.sock')];
    const made: { send: (bytes: Iterable<number>) => void } = { send: () => undefined };
    const peer = makePeer((bytes) => made.send(bytes));
    const server = createServer((socket) => {
      made.send = (bytes) => void socket.write(Uint8Array.from(bytes));
      socket.on('data', (bytes) => peer.receive(bytes));
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    const terminal = new PseudoTerminal(path);
    await terminal.plugIn(`UNIX-CONNECT:${socketPath}`);
    return new PeerPort(path, peer, terminal, server);
  }

  async unplug(): Promise<void> {
    await this.#terminal.unplug();
    this.#server.close();
  }
}
