import { decode, encode } from '@msgpack/msgpack';
import { AppError } from '@adiabit/simulator/errors';
import type { AnswerMessage, EventMessage, Outcome } from '../common/envelope.js';
import { failureOf } from '../common/failure.js';
import type { Carrier } from './bridge.js';

const RETRY_MS = 1000;
const lost = (): Outcome => ({
  ok: false,
  error: failureOf(
    new AppError(
      'connection-lost',
      'The studio does not answer. Start it again with "adiabit studio", and open the address that it prints.',
    ),
  ),
});

/** Takes the token out of the address, where a picture of the window would show it, and keeps it for this tab. */
function takeToken(): string {
  const given = location.hash.slice(1);
  if (given !== '') {
    sessionStorage.setItem('token', given);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem('token') ?? '';
}

/** Talks to the studio over a WebSocket, and connects again when it was lost. */
export function socketCarrier(): Carrier {
  const token = takeToken();
  const pending = new Map<number, (outcome: Outcome) => void>();
  const eventListeners: ((event: string, data: unknown) => void)[] = [];
  const connectionListeners: ((connected: boolean) => void)[] = [];
  let waiting: Uint8Array[] = [];
  let socket: WebSocket | undefined;
  let calls = 0;
  let connected = false;

  const tell = (now: boolean): void => {
    connected = now;
    for (const listener of connectionListeners) listener(now);
  };
  const open = (): void => {
    const opening = new WebSocket(`ws://${location.host}/`, ['adiabit', token]);
    opening.binaryType = 'arraybuffer';
    opening.onopen = () => {
      socket = opening;
      for (const bytes of waiting) opening.send(bytes as Uint8Array<ArrayBuffer>);
      waiting = [];
      tell(true);
    };
    opening.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      const message = decode(new Uint8Array(data)) as AnswerMessage | EventMessage;
      if (message.kind === 'event') for (const listener of eventListeners) listener(message.event, message.data);
      else {
        pending.get(message.id)?.(message.outcome);
        pending.delete(message.id);
      }
    };
    opening.onclose = () => {
      socket = undefined;
      waiting = [];
      for (const answer of pending.values()) answer(lost());
      pending.clear();
      tell(false);
      setTimeout(open, RETRY_MS);
    };
  };
  open();

  return {
    call: (method, params) =>
      new Promise((resolve) => {
        const id = ++calls;
        pending.set(id, resolve);
        const bytes = encode({ kind: 'call', id, method, params }, { ignoreUndefined: true });
        if (socket === undefined) waiting.push(bytes);
        else socket.send(bytes);
      }),
    onEvent: (listener) => void eventListeners.push(listener),
    onConnection: (listener) => {
      connectionListeners.push(listener);
      if (connected) listener(true);
    },
  };
}
