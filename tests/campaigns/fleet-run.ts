import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Random } from '@adiabit/simulator/random';
import {
  connectBroker,
  countPhases,
  Mailbox,
  publishBlob,
  WISH_STEPS,
  type BrokerConnection,
  type RolloutCommand,
  type RolloutDefinition,
  type RolloutState,
  type TargetPhase,
  type WishStep,
} from '@adiabit/sdk/fleet';
import { HEALTHS, type Health } from '../support/fleet-firmware.js';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { cpuMsOf, FleetChild } from './fleet-child.js';
import { endingsOf, makeDevices, type Device, type Ending, type FleetCircuit } from './fleet-devices.js';
import type { FromProcess, PlannedDeath, Usage } from './fleet-process.js';
import { difference, noUsage, total } from './fleet-usage.js';

/** Who dies in a chaos run, at every step that has him. */
export const VICTIMS = ['gateway', 'device', 'broker', 'coordinator'] as const;
export type Victim = (typeof VICTIMS)[number];

/** The steps of a wish that goes well. */
export const STEPS_TO_SUCCESS = WISH_STEPS.filter((step) => step !== 'revert');

export interface FleetRunOptions {
  readonly folder: string;
  readonly programs: Readonly<Record<Health, string>>;
  readonly before: FleetCircuit;
  readonly after: FleetCircuit;
  readonly devices: number;
  readonly gateways: number;
  /** Bad boards, of both kinds. */
  readonly bad: number;
  /** Of the rollout, other than usual. */
  readonly definition?: Partial<RolloutDefinition>;
  readonly seed: number;
  /** Steps of a wish at which a gateway, a device, the broker and the coordinator are killed. If absent, nobody is. */
  readonly deathsAt?: readonly WishStep[];
  /** What happens when the rollout stops: somebody goes on, or the run ends there. */
  readonly onStop?: 'resume' | 'end';
  readonly limitMs?: number;
  readonly say?: (line: string) => void;
}

export interface FleetResult {
  readonly boards: number;
  /** From the start of the rollout to its end. */
  readonly seconds: number;
  readonly phase: RolloutState['phase'];
  /** Times that it stopped by itself. */
  readonly stops: number;
  readonly targets: Readonly<Record<TargetPhase, number>>;
  readonly groups: RolloutState['groups'];
  readonly endings: Readonly<Record<Ending, number>>;
  /** Bad boards that ended with the new circuit: none may. */
  readonly badWithNew: number;
  readonly deaths: Readonly<Record<Victim, number>>;
  /** Messages and time of all gateways together, and of the coordinator, from the start of the rollout on. */
  readonly gateways: Usage;
  readonly coordinator: Usage;
  readonly brokerCpuMs: number;
}

const ROLLOUT = 'campaign';
const LEASE_SECONDS = 10;
/** Where coordinators are killed, the next one shall not wait for long. */
const SHORT_LEASE_SECONDS = 2;
const LOOK_MS = 100;
const REVIVAL_MS = 300;
const ASK_AGAIN_MS = 3000;
const LIMIT_MS = 30 * 60_000;

/** Runs a rollout over a fleet of real firmware behind gateways and mosquitto, each in processes of its own. */
export async function runFleet(options: FleetRunOptions): Promise<FleetResult> {
  const run = new FleetRun(options, await devicesOf(options));
  try {
    return await run.result();
  } finally {
    await run.end();
  }
}

async function devicesOf({
  folder,
  devices,
  bad,
  programs,
  before,
  seed,
}: FleetRunOptions): Promise<readonly Device[]> {
  await mkdir(folder, { recursive: true });
  const random = Random.fromSeed(seed, 'bad boards');
  const healths: Health[] = Array.from({ length: devices }, () => 'well');
  for (let left = bad; left > 0;) {
    const place = random.below(devices);
    if (healths[place] !== 'well') continue;
    healths[place] = HEALTHS[1 + (left % 2)];
    left--;
  }
  return makeDevices(folder, healths, programs, before);
}

class FleetRun {
  readonly #options: FleetRunOptions;
  readonly #devices: readonly Device[];
  readonly #random: Random;
  readonly #gateways: FleetChild[] = [];
  readonly #deaths: Record<Victim, number> = { gateway: 0, device: 0, broker: 0, coordinator: 0 };
  /** Deaths of gateways and their devices that are still to come, by gateway. */
  readonly #planned: PlannedDeath[][];
  /** Deaths of the broker and coordinators that are still to come. */
  readonly #awaited: { readonly step: WishStep; times: number; readonly victim: 'broker' | 'coordinator' }[] = [];
  readonly #online = new Map<string, number>();
  #broker: Mosquitto | undefined;
  #connection: BrokerConnection | undefined;
  #coordinator: FleetChild | undefined;
  #state: RolloutState | undefined;
  #isOver = false;
  #isEnding = false;
  #failure: Error | undefined;
  #nonces = 0;
  #brokerDeath: Promise<void> = Promise.resolve();

  constructor(options: FleetRunOptions, devices: readonly Device[]) {
    this.#options = options;
    this.#devices = devices;
    this.#random = Random.fromSeed(options.seed, 'deaths');
    this.#planned = Array.from({ length: options.gateways }, () => []);
    this.#planDeaths(options.deathsAt ?? []);
  }

  async result(): Promise<FleetResult> {
    const { devices, before, after, say = () => undefined } = this.#options;
    await this.#startBroker();
    const connection = await connectBroker({ url: this.#broker!.url, clientId: 'campaign' });
    this.#connection = connection;
    const mailbox = new Mailbox(connection);
    await mailbox.subscribe('gatewayState', {}, ({ ids, payload }) =>
      this.#online.set(ids.gateway, payload?.online === true ? payload.boards.length : 0),
    );
    this.#planned.forEach((_, index) => this.#startGateway(index));
    await this.#until(() => sum([...this.#online.values()]) === devices, 'all boards');
    say(`${devices} boards are there`);

    await mailbox.publish('rolloutDefinition', { rollout: ROLLOUT }, await this.#definition(mailbox));
    await mailbox.subscribe(
      'rolloutState',
      { rollout: ROLLOUT },
      ({ payload }) => (this.#state = payload ?? this.#state),
    );
    const used = await Promise.all(this.#gateways.map((gateway) => gateway.usage()));
    const brokerBefore = cpuMsOf(this.#broker!.pid);
    const startedMs = performance.now();
    this.#startCoordinator();
    await this.#control(mailbox, 'start');
    const stops = await this.#course(mailbox);
    const seconds = (performance.now() - startedMs) / 1000;
    const usage = await Promise.all(this.#gateways.map((gateway) => gateway.usage()));
    const coordinator = (await this.#coordinator?.usage()) ?? noUsage();
    const brokerCpuMs = cpuMsOf(this.#broker!.pid) - brokerBefore;
    const state = this.#state!;
    say(`${state.phase} after ${seconds.toFixed(1)} s`);
    await this.end();

    const endings = await endingsOf(this.#devices, before, after);
    const badWithNew = this.#devices.filter(
      ({ health }, index) => health !== 'well' && endings[index] === 'after',
    ).length;
    return {
      boards: devices,
      seconds,
      phase: state.phase,
      stops,
      targets: totalOf(state),
      groups: state.groups,
      endings: tally(endings),
      badWithNew,
      deaths: this.#deaths,
      gateways: difference(total(usage), total(used)),
      coordinator,
      brokerCpuMs,
    };
  }

  /** Ends all processes. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#brokerDeath;
    await this.#coordinator?.kill();
    await Promise.all(this.#gateways.map((gateway) => gateway.kill()));
    await this.#connection?.close().catch(() => undefined);
    await this.#broker?.kill();
    // Devices die with their gateways, a little later.
    await wait(REVIVAL_MS);
  }

  /** Waits for the end of the rollout. @returns how often it stopped by itself */
  async #course(mailbox: Mailbox): Promise<number> {
    let stops = 0;
    for (;;) {
      await this.#until(
        () => this.#state?.phase === 'finished' || this.#state?.phase === 'paused',
        'the end of the rollout',
      );
      if (this.#state!.phase === 'finished') {
        await this.#until(() => this.#isOver, 'the end of the coordinator');
        return stops;
      }
      stops++;
      this.#options.say?.(`stopped: ${this.#state!.pause}, ${JSON.stringify(totalOf(this.#state!))}`);
      if (this.#options.onStop === 'end') {
        await this.#until(() => totalOf(this.#state!).running === 0, 'the boards that were in the middle of it');
        return stops;
      }
      await this.#control(mailbox, 'resume');
      await this.#until(() => this.#state?.phase !== 'paused', 'the rollout to go on');
    }
  }

  async #definition(mailbox: Mailbox): Promise<RolloutDefinition> {
    const { after, definition } = this.#options;
    const group = (percent: number) =>
      ({ size: { kind: 'percent', percent }, successPercent: 90, errorPercent: 5, approval: false }) as const;
    return {
      version: 1,
      id: ROLLOUT,
      name: 'the campaign',
      circuit: after.digest,
      blob: await publishBlob(mailbox, after.bytes),
      targets: { kind: 'all' },
      groups: [group(5), group(15), group(30), group(50)],
      retries: 0,
      unreachableAfterSeconds: 600,
      canary: { inferences: 16 },
      onError: 'pause',
      createdAtMs: 0,
      ...definition,
    };
  }

  async #control(mailbox: Mailbox, command: RolloutCommand): Promise<void> {
    const nonce = (this.#nonces++).toString(16).padStart(16, '0');
    const hasIt = (): boolean => this.#state?.nonces.includes(nonce) === true;
    // A broker that is killed may lose what it has said to have, so a person asks again.
    let askedMs = Number.NEGATIVE_INFINITY;
    await this.#until(() => {
      if (!hasIt() && performance.now() - askedMs > ASK_AGAIN_MS) {
        askedMs = performance.now();
        void mailbox.publish('rolloutControl', { rollout: ROLLOUT }, { version: 1, nonce, command });
      }
      return hasIt();
    }, `the command ${command}`);
  }

  /** Plans one death of each victim at each step, at some board before the middle of the rollout. */
  #planDeaths(steps: readonly WishStep[]): void {
    const { devices, gateways } = this.#options;
    let number = 0;
    for (const step of steps) {
      for (const victim of VICTIMS) {
        if (victim === 'gateway' || victim === 'device') {
          const times = 1 + this.#random.below(Math.max(1, Math.floor(devices / gateways / 2)));
          this.#planned[number % gateways].push({ number: number++, step, times, victim });
        } else this.#awaited.push({ step, times: 1 + this.#random.below(Math.ceil(devices / 2)), victim });
      }
    }
  }

  async #startBroker(port?: number): Promise<void> {
    const { folder } = this.#options;
    const lines = (listening: number): readonly string[] => [
      `listener ${listening} 127.0.0.1`,
      'allow_anonymous true',
      'persistence true',
      `persistence_location ${folder}/`,
      'autosave_on_changes true',
      'autosave_interval 20',
      'log_type error',
    ];
    this.#broker = await startMosquitto(folder, lines, port);
  }

  #startGateway(index: number): void {
    const { folder, gateways } = this.#options;
    const id = `gateway-${index}`;
    const setup = {
      id,
      url: this.#broker!.url,
      cacheFolder: join(folder, `cache-${id}`),
      devices: this.#devices.filter((_, device) => device % gateways === index),
      deaths: this.#planned[index],
    };
    const child = new FleetChild('fleet-gateway', setup, (message) => this.#heard(message, index));
    this.#gateways[index] = child;
    void child.ended.then(() => this.#revive(child, () => this.#startGateway(index)));
  }

  #startCoordinator(): void {
    const leaseSeconds = this.#options.deathsAt === undefined ? LEASE_SECONDS : SHORT_LEASE_SECONDS;
    const setup = { url: this.#broker!.url, rollout: ROLLOUT, leaseSeconds };
    const child = new FleetChild('fleet-coordinator', setup, ({ type }) => (this.#isOver ||= type === 'over'));
    this.#coordinator = child;
    void child.ended.then(() => this.#revive(child, () => this.#startCoordinator()));
  }

  async #revive(child: FleetChild, start: () => void): Promise<void> {
    if (this.#isEnding) return;
    if (child.hasFailed) this.#failure = new Error('A process of the fleet ended by itself.');
    await wait(REVIVAL_MS);
    if (this.#goesOn()) start();
  }

  #heard(message: FromProcess, index: number): void {
    if (message.type === 'dying') {
      const planned = this.#planned[index];
      const [death] = planned.splice(
        planned.findIndex(({ number }) => number === message.number),
        1,
      );
      this.#deaths[death.victim]++;
      this.#options.say?.(`${death.victim} dies at ${death.step}`);
    } else if (message.type === 'step') {
      for (const death of this.#awaited)
        if (death.step === message.step && --death.times === 0) void this.#strike(death);
    }
  }

  async #strike({
    step,
    victim,
  }: {
    readonly step: WishStep;
    readonly victim: 'broker' | 'coordinator';
  }): Promise<void> {
    this.#deaths[victim]++;
    this.#options.say?.(`${victim} dies at ${step}`);
    if (victim === 'coordinator') await this.#coordinator?.kill();
    else await (this.#brokerDeath = this.#brokerDeath.then(() => this.#killBroker()));
  }

  /** Kills the broker and starts it again, with what it had written to its disk. */
  async #killBroker(): Promise<void> {
    if (this.#isEnding || this.#broker === undefined) return;
    const { port } = this.#broker;
    await this.#broker.kill();
    await wait(REVIVAL_MS);
    if (this.#goesOn()) await this.#startBroker(port);
  }

  /** Whether it is worth to start again what died: that may change while one waits. */
  #goesOn = (): boolean => !this.#isEnding;

  async #until(condition: () => boolean, what: string): Promise<void> {
    const endMs = performance.now() + (this.#options.limitMs ?? LIMIT_MS);
    while (!condition()) {
      if (this.#failure !== undefined) throw this.#failure;
      if (performance.now() > endMs)
        throw new Error(`Not in time: ${what}. ${JSON.stringify(this.#state ?? null).slice(0, 4000)}`);
      await wait(LOOK_MS);
    }
  }
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

function totalOf(state: RolloutState): Readonly<Record<TargetPhase, number>> {
  const counts = { scheduled: 0, running: 0, succeeded: 0, failed: 0, reverted: 0, unreachable: 0 };
  for (const group of countPhases(state))
    for (const [phase, count] of Object.entries(group)) counts[phase as TargetPhase] += count;
  return counts;
}

function tally(endings: readonly Ending[]): Readonly<Record<Ending, number>> {
  const counts = { before: 0, after: 0, bricked: 0, unknown: 0 };
  for (const ending of endings) counts[ending]++;
  return counts;
}
