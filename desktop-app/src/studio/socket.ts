import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { decode, encode } from '@msgpack/msgpack';
import { WebSocketServer, type WebSocket } from 'ws';
import type { AnswerMessage, EventMessage } from '../common/envelope.js';
import { MAX_MESSAGE_BYTES } from '../common/limits.js';
import type { Router } from '../host/router.js';
import { isWholeMessage } from './message-shape.js';
import { isOwnOrigin } from './origin.js';

/** The name that the page offers, before the token. */
const PROTOCOL = 'adiabit';
/** A page that does not read is cut off before it fills the memory. */
const MAX_UNREAD_BYTES = 64 * 2 ** 20;

/** The pages' connections. One is let in if it comes from our own page and has the token; all others are refused before a word. */
export class PageSockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => PROTOCOL,
  });
  readonly #router: Router;
  readonly #token: string;

  constructor(router: Router, token: string) {
    this.#router = router;
    this.#token = token;
  }

  /** Takes or refuses a request to change to a WebSocket. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const { origin, host, 'sec-websocket-protocol': offered } = request.headers;
    const refused = !isOwnOrigin(origin, host)
      ? '403 Forbidden'
      : this.#hasToken(offered)
        ? undefined
        : '401 Unauthorized';
    if (refused !== undefined) {
      // One that hangs up on its refusal is no failure of ours.
      stream.on('error', () => stream.destroy());
      stream.end(`HTTP/1.1 ${refused}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.#server.handleUpgrade(request, stream, head, (socket) => this.#opened(socket));
  }

  /** Tells all pages. */
  emit(event: string, data: unknown): void {
    const message: EventMessage = { kind: 'event', event, data };
    const bytes = encode(message, { ignoreUndefined: true });
    for (const socket of this.#server.clients) send(socket, bytes);
  }

  /** How many pages are connected. */
  get pages(): number {
    return this.#server.clients.size;
  }

  close(): void {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }

  #hasToken(offered: string | undefined): boolean {
    const [protocol, token = ''] = (offered ?? '').split(',').map((word) => word.trim());
    const [given, wanted] = [Buffer.from(token), Buffer.from(this.#token)];
    return protocol === PROTOCOL && given.length === wanted.length && timingSafeEqual(given, wanted);
  }

  #opened(socket: WebSocket): void {
    socket.on('error', () => socket.terminate());
    socket.on('message', (data: Buffer, isBinary) => {
      const call = isBinary ? readCall(data) : undefined;
      if (call === undefined) {
        socket.close(1008, 'not a call');
        return;
      }
      void this.#router.call(call.method, call.params).then((outcome) => {
        const answer: AnswerMessage = { kind: 'answer', id: call.id, outcome };
        send(socket, encode(answer, { ignoreUndefined: true }));
      });
    });
  }
}

function send(socket: WebSocket, bytes: Uint8Array): void {
  if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.terminate();
  else if (socket.readyState === socket.OPEN) socket.send(bytes);
}

function readCall(
  data: Uint8Array,
): { readonly id: number; readonly method: unknown; readonly params: unknown } | undefined {
  if (!isWholeMessage(data)) return undefined;
  try {
    const value = decode(data);
    if (typeof value !== 'object' || value === null) return undefined;
    const { id, method, params } = value as Readonly<Record<string, unknown>>;
    return typeof id === 'number' ? { id, method, params } : undefined;
  } catch {
    return undefined;
  }
}
