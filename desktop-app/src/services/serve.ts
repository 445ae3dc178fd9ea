import { AppError } from '@adiabit/simulator/errors';
import type { EventName, Events, Handlers, ServiceName } from '../common/contract.js';
import type { AnswerMessage, CallMessage, CloseMessage, EventMessage, Outcome } from '../common/envelope.js';
import { failureOf } from '../common/failure.js';

/** What a service is started with. */
export interface ServiceStart {
  /** The folder for what is kept: the library, the flash of emulated boards, trainings. */
  readonly stateFolder: string;
  /** A folder of more boards than come with Adiabit. */
  readonly boardsFolder?: string;
  /** A folder with data sets to test and train with. */
  readonly dataFolder?: string;
  /** Bitstreams that were named at the start: they come into the library, and come again when they change. */
  readonly watchedFiles?: readonly string[];
}

export type Emit = <E extends EventName>(event: E, data: Events[E]) => void;

interface ParentPort {
  post(message: AnswerMessage | EventMessage): void;
  onMessage(listener: (message: CallMessage) => void): void;
  onClose(listener: () => void): void;
}

/** The end of a pipe in an Electron utility process. */
interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
}

const isUtility = (process: object): process is { readonly parentPort: UtilityPort } => 'parentPort' in process;

/** Finds the pipe to the process that started this one: of Electron's utility process, or of `fork`. */
function parentPort(): ParentPort {
  if (isUtility(process)) {
    const { parentPort: port } = process;
    const onData = (listener: (message: CallMessage | CloseMessage) => unknown): void =>
      void port.on('message', ({ data }) => listener(data as CallMessage | CloseMessage));
    return {
      post: (message) => port.postMessage(message),
      onMessage: (listener) => onData((message) => message.kind === 'call' && listener(message)),
      // Electron ends it without a word if the main process is gone.
      onClose: (listener) => onData((message) => message.kind === 'close' && listener()),
    };
  }
  return {
    post: (message) => void process.send?.(message, undefined, undefined, () => undefined),
    onMessage: (listener) => void process.on('message', (message) => listener(message as CallMessage)),
    onClose: (listener) => void process.on('disconnect', listener),
  };
}

/**
 * Serves the methods of a service in this process, which was started for it. It ends with the process that started it.
 * @param open makes the handlers; `close` is called before the process ends
 */
export async function serve<Service extends ServiceName>(
  open: (start: ServiceStart, emit: Emit) => Promise<{ readonly handlers: Handlers<Service>; close(): Promise<void> }>,
): Promise<void> {
  const port = parentPort();
  const start = JSON.parse(process.argv[process.argv.length - 1]) as ServiceStart;
  const opening = open(start, (event, data) => port.post({ kind: 'event', event, data }));
  port.onMessage(({ id, method, params }) => {
    const done = (outcome: Outcome): void => port.post({ kind: 'answer', id, outcome });
    opening
      .then(({ handlers }) => callHandler(handlers, method, params))
      .then(
        (value) => done({ ok: true, value }),
        (error: unknown) => done({ ok: false, error: failureOf(error) }),
      );
  });
  port.onClose(() => {
    void opening.then((service) => service.close()).finally(() => process.exit());
  });
  // Ctrl-C goes to the whole group of processes: the one that started this one says when to end.
  process.on('SIGINT', () => undefined);
  await opening;
}

async function callHandler(handlers: object, method: string, params: unknown): Promise<unknown> {
  const handler: unknown = Object.hasOwn(handlers, method) ? handlers[method as keyof typeof handlers] : undefined;
  if (typeof handler !== 'function') throw new AppError('not-found', `There is no method "${method}".`);
  return (await handler.call(handlers, params)) as unknown;
}
