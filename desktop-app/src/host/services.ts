import { AppError } from '@adiabit/simulator/errors';
import type { ServiceEvent, ServiceName } from '../common/contract.js';
import type { AnswerMessage, EventMessage, Outcome } from '../common/envelope.js';
import { failureOf } from '../common/failure.js';

import type { ServiceStart } from '../services/serve.js';
import type { ServiceProcess, StartProcess } from './service-process.js';

interface RunningService {
  readonly process: ServiceProcess;
  readonly pending: Map<number, (outcome: Outcome) => void>;
}

/** Says what is lost when a service ends, and what is not. */
const CONSEQUENCES: Readonly<Record<ServiceName, string>> = {
  bench: 'Devices keep the circuits that they had; connect them again.',
  lab: 'No file was changed; ask again.',
  fleet: 'No board was touched; connect to the broker again.',
  trainer: 'A training goes on from its last epoch with Resume.',
};

/**
 * Keeps the services running, each in a process of its own: what blocks or ends one neither blocks nor ends the window. A service is
 * started when it is first called, and started anew when it is called after it ended.
 */
export class Services {
  readonly #start: StartProcess;
  readonly #options: ServiceStart;
  readonly #emit: (event: string, data: unknown) => void;
  readonly #running = new Map<ServiceName, RunningService>();
  #calls = 0;
  #closing = false;

  constructor(start: StartProcess, options: ServiceStart, emit: (event: string, data: unknown) => void) {
    this.#start = start;
    this.#options = options;
    this.#emit = emit;
  }

  /** Calls a method of a service. Never rejects. */
  call(service: ServiceName, method: string, params: unknown): Promise<Outcome> {
    if (this.#closing) return Promise.resolve({ ok: false, error: failureOf(closing()) });
    const { process, pending } = this.#serviceFor(service);
    return new Promise((resolve) => {
      const id = ++this.#calls;
      pending.set(id, resolve);
      process.post({ kind: 'call', id, method, params });
    });
  }

  /** The process of a service, if it runs. For tests that end it. */
  processOf(service: ServiceName): ServiceProcess | undefined {
    return this.#running.get(service)?.process;
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#running.values()].map(({ process }) => process.close()));
  }

  #serviceFor(name: ServiceName): RunningService {
    const known = this.#running.get(name);
    if (known) return known;
    const service: RunningService = { process: this.#start(name, this.#options), pending: new Map() };
    this.#running.set(name, service);
    service.process.onMessage((message) => this.#received(service, message as AnswerMessage | EventMessage));
    service.process.onExit((reason) => this.#ended(name, service, reason));
    this.#tell({ service: name, state: 'running' });
    return service;
  }

  #received({ pending }: RunningService, message: AnswerMessage | EventMessage): void {
    if (message.kind === 'event') {
      this.#emit(message.event, message.data);
      return;
    }
    pending.get(message.id)?.(message.outcome);
    pending.delete(message.id);
  }

  #ended(name: ServiceName, { pending }: RunningService, reason: string): void {
    this.#running.delete(name);
    const error = failureOf(this.#closing ? closing() : stopped(name, reason));
    for (const answer of pending.values()) answer({ ok: false, error });
    if (!this.#closing) this.#tell({ service: name, state: 'stopped', error });
  }

  #tell(event: ServiceEvent): void {
    this.#emit('service', event);
  }
}

const closing = (): AppError => new AppError('not-now', 'Adiabit is closing.');

const stopped = (service: ServiceName, reason: string): AppError =>
  new AppError('service-stopped', `The process of the ${service} ended (${reason}). ${CONSEQUENCES[service]}`, {
    service,
    reason,
  });
