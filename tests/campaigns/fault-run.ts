import { AdiabitError, bitstreamDigest } from '@adiabit/simulator';
import { toHex } from '@adiabit/simulator/bits';
import { Random } from '@adiabit/simulator/random';
import { DeviceSession, faultTransport, flash, type FaultCounts, type LineFaults } from '@adiabit/sdk/device';
import { ManualClock } from '../../sdk/src/device/testing/manual-clock.js';
import { DeviceRig, RigLine, TEARS, type FlashGeometry, type PowerCut } from '../support/device-rig.js';
import { repeatableNumbers } from '../support/numbers.js';
import { sampleCircuit, withWrongGoldenVector, type SampleCircuit } from '../support/sample-circuits.js';

/** What befalls the line or the device in a run; runs take turns. */
export const FAULT_KINDS = [
  'drop',
  'duplicate',
  'flip',
  'reorder',
  'delay',
  'split at every byte',
  'disconnect at every byte',
  'power cut at every operation',
  'all of them',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** The number of the run in which `kind` has its turn `turn`. */
export const runNumber = (kind: FaultKind, turn: number): number =>
  turn * FAULT_KINDS.length + FAULT_KINDS.indexOf(kind);

/** What runs after the power came back: the circuit that was offered, the one that was there, none. */
export type Outcome = 'new' | 'old' | 'none';

export interface RunResult {
  readonly kind: FaultKind;
  /** Whether the host said that the flash session succeeded. */
  readonly flashed: boolean;
  readonly outcome: Outcome;
  /** Faults that happened. */
  readonly faults: number;
  /** Inferences over the bad line that were answered, rightly. */
  readonly inferences: number;
}

/** A run that broke a promise; the message says which. */
export class BrokenPromise extends Error {}

interface Scenario {
  readonly geometry: FlashGeometry;
  readonly offered: Uint8Array;
  /** Whether a device may take it: not with a golden vector that is wrong. */
  readonly isGood: boolean;
}

const TWO_SLOTS: FlashGeometry = { slots: 2, sectorBytes: 1024, pageBytes: 128, regionBytes: 8192 };
const ONE_SLOT: FlashGeometry = { slots: 1, sectorBytes: 128, pageBytes: 128, regionBytes: 4096 };

const next = repeatableNumbers(2026);
const OLD = sampleCircuit(next, { widths: [40, 16, 5], inputBits: 1, goldenVectors: 3 });
const NEW = sampleCircuit(next, { widths: [60, 20, 6], inputBits: 3, goldenVectors: 4 });
const LAST = sampleCircuit(next, { widths: [4, 2], inputBits: 1, goldenVectors: 1 });

const GOOD: Scenario = { geometry: TWO_SLOTS, offered: NEW.bytes, isGood: true };
const ALONE: Scenario = { geometry: ONE_SLOT, offered: NEW.bytes, isGood: true };
const BAD: Scenario = { geometry: TWO_SLOTS, offered: withWrongGoldenVector(NEW), isGood: false };
const SCENARIOS = [GOOD, ALONE, BAD, GOOD] as const;

/** What a session takes when nothing goes wrong. */
interface Extent {
  readonly bytes: number;
  readonly operations: number;
}

/** Runs of the fault campaign, one after the other on one device process. */
export class FaultCampaign {
  readonly #rig = new DeviceRig();
  readonly #prepared = new Map<FlashGeometry, Uint8Array>();
  readonly #extents = new Map<Scenario, Extent>();

  private constructor() {}

  static async start(): Promise<FaultCampaign> {
    const campaign = new FaultCampaign();
    for (const geometry of [TWO_SLOTS, ONE_SLOT]) {
      await campaign.#rig.powerOn(geometry);
      await campaign.#flashCleanly(OLD);
      campaign.#prepared.set(geometry, await campaign.#rig.readFlash());
    }
    for (const scenario of new Set(SCENARIOS)) campaign.#extents.set(scenario, await campaign.#measure(scenario));
    return campaign;
  }

  /** Ends the device; throws when it did not end in good order. */
  async close(): Promise<void> {
    const status = await this.#rig.close();
    if (status !== 0) throw new BrokenPromise(`The device process ended with status ${String(status)}.`);
  }

  /**
   * Run `number`: the same number does the same again.
   * @throws BrokenPromise
   */
  async run(number: number): Promise<RunResult> {
    const random = Random.fromSeed(number, 'fault campaign');
    const kind = FAULT_KINDS[number % FAULT_KINDS.length];
    const turn = Math.floor(number / FAULT_KINDS.length);
    const { scenario, faults, cut, powerReturns } = this.#plan(kind, turn, random);
    await this.#rig.powerOn(scenario.geometry, this.#prepared.get(scenario.geometry), cut);

    const clock = new ManualClock(this.#rig.isBusy);
    const device = new RigLine(this.#rig);
    const line = faultTransport(device, { ...faults, seed: number }, clock);
    const host = { flashed: false, inferences: 0 };
    if (powerReturns) device.onPowerCut = () => this.#rig.restart();
    try {
      await clock.until(
        (async () => {
          const session = await DeviceSession.open(line, { clock });
          await flash(session, scenario.offered);
          host.flashed = true;
          if (kind !== 'reorder' && kind !== 'all of them') host.inferences = await inferBadly(session);
        })(),
      );
    } catch (error) {
      if (error instanceof BrokenPromise || !(error instanceof AdiabitError))
        throw this.#broken('the host failed', error);
    } finally {
      await line.close();
    }
    if (device.crash !== undefined) throw this.#broken('the device crashed', device.crash);

    const outcome = await this.#outcome(scenario);
    if (host.flashed && outcome !== 'new')
      throw new BrokenPromise(`The host was told that all is well; ${outcome} runs.`);
    if (outcome === 'new' && !scenario.isGood) throw new BrokenPromise('A circuit that fails its self-test runs.');
    if (outcome === 'none' && scenario.geometry.slots > 1) throw new BrokenPromise('No slot boots.');
    await this.#takesAnother();
    return {
      kind,
      ...host,
      outcome,
      faults: count(line.counts) + Number(cut !== undefined || faults.disconnectAtByte !== undefined),
    };
  }

  /** What goes wrong in the run; positions are taken in turn, rates at random. */
  #plan(kind: FaultKind, turn: number, random: Random) {
    const rate = (): number => Math.exp(random.uniform(Math.log(0.005), Math.log(0.3)));
    const scenario = SCENARIOS[turn % SCENARIOS.length];
    const only = (faults: Omit<LineFaults, 'seed'>) => ({ scenario, faults, cut: undefined, powerReturns: false });
    switch (kind) {
      case 'drop':
      case 'duplicate':
      case 'flip':
      case 'reorder':
        return only({ [kind]: rate() });
      case 'delay':
        // Up to what the host waits for most replies, and beyond.
        return only({ delay: rate(), maxDelayMs: Math.exp(random.uniform(0, Math.log(6000))) });
      case 'split at every byte':
        return only({ split: 1, splitAtEveryByte: true, delay: rate(), maxDelayMs: 3 });
      case 'disconnect at every byte': {
        const [at, position] = this.#position(turn, ({ bytes }) => bytes);
        return { ...only({ disconnectAtByte: position }), scenario: at };
      }
      case 'power cut at every operation': {
        const [at, position] = this.#position(turn, ({ operations }) => TEARS.length * operations);
        const cut: PowerCut = {
          afterOperations: Math.floor(position / TEARS.length),
          tear: TEARS[position % TEARS.length],
        };
        return { scenario: at, faults: {}, cut, powerReturns: random.uniform() < 0.5 };
      }
      case 'all of them': {
        const faults: Omit<LineFaults, 'seed'> = {
          drop: rate() / 3,
          duplicate: rate() / 3,
          flip: rate() / 3,
          reorder: rate() / 3,
          split: rate(),
          delay: rate() / 3,
          maxDelayMs: Math.exp(random.uniform(0, Math.log(3000))),
        };
        const { operations } = this.#extents.get(scenario)!;
        const cut: PowerCut = {
          afterOperations: random.below(2 * operations),
          tear: TEARS[random.below(TEARS.length)],
        };
        return { scenario, faults, cut: random.uniform() < 0.5 ? cut : undefined, powerReturns: true };
      }
    }
  }

  /** Bytes, or flash operations and tears, of the first scenario: so many turns of `kind` try every one. */
  positions(kind: FaultKind): number {
    const { bytes, operations } = this.#extents.get(SCENARIOS[0])!;
    return kind === 'disconnect at every byte' ? bytes : TEARS.length * operations;
  }

  /** Place `turn` in all positions of the first scenario, then of the second, and round again. */
  #position(turn: number, extent: (extent: Extent) => number): [Scenario, number] {
    let left = turn;
    for (let index = 0; ; index++) {
      const scenario = SCENARIOS[index % SCENARIOS.length];
      const positions = extent(this.#extents.get(scenario)!);
      if (left < positions) return [scenario, left];
      left -= positions;
    }
  }

  async #measure({ geometry, offered }: Scenario): Promise<Extent> {
    await this.#rig.powerOn(geometry, this.#prepared.get(geometry));
    const line = faultTransport(new RigLine(this.#rig), { seed: 0 });
    const session = await DeviceSession.open(line);
    await flash(session, offered).catch(() => undefined);
    return { bytes: line.bytes, operations: await this.#rig.operations() };
  }

  /** Which circuit boots, whole and right; every confirmed slot has to hold one of the two. */
  async #outcome({ offered }: Scenario): Promise<Outcome> {
    await this.#rig.restart();
    const session = await DeviceSession.open(new RigLine(this.#rig));
    const circuits = new Map([
      [toHex(bitstreamDigest(OLD.bytes)), { name: 'old', circuit: OLD }],
      [toHex(bitstreamDigest(offered)), { name: 'new', circuit: NEW }],
    ] as const);
    const slots = await session.slots();
    for (const { state, digest } of slots) {
      if (state === 'confirmed' && !circuits.has(toHex(digest))) throw new BrokenPromise('Wrong bytes are confirmed.');
    }
    const { activeSlot } = session.device;
    if (activeSlot === undefined) return 'none';
    const { name, circuit } = circuits.get(toHex(slots[activeSlot].digest))!;
    await inferExactly(session, circuit);
    return name;
  }

  /** Whatever was left behind must not stand in the way of the next circuit. */
  async #takesAnother(): Promise<void> {
    try {
      await this.#flashCleanly(LAST);
    } catch (error) {
      throw this.#broken('the next circuit was not taken', error);
    }
  }

  async #flashCleanly(circuit: SampleCircuit): Promise<void> {
    const session = await DeviceSession.open(new RigLine(this.#rig));
    await flash(session, circuit.bytes);
    await inferExactly(session, circuit);
  }

  #broken(what: string, cause: unknown): BrokenPromise {
    const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    return new BrokenPromise(`${what}: ${why}\n${this.#rig.errors}`, { cause });
  }
}

const count = (counts: Readonly<FaultCounts>): number =>
  Object.values(counts as Record<string, number>).reduce((total, times) => total + times, 0);

async function inferExactly(session: DeviceSession, { inputs, outputs }: SampleCircuit): Promise<void> {
  const results = await session.inferMany(inputs);
  results.forEach((result, index) => {
    if (!Buffer.from(result.outputs.buffer).equals(Buffer.from(outputs[index].buffer))) {
      throw new BrokenPromise(
        `Input ${index} gives [${result.outputs.join(', ')}], not [${outputs[index].join(', ')}].`,
      );
    }
  });
}

/** Inferences over the line as it is: an error is allowed, a wrong answer is not. */
async function inferBadly(session: DeviceSession): Promise<number> {
  try {
    await inferExactly(session, NEW);
    return NEW.inputs.length;
  } catch (error) {
    if (error instanceof AdiabitError) return 0;
    throw error;
  }
}
