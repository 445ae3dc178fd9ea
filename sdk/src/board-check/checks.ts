import { toHex } from '@adiabit/simulator/bits';
import { bitstreamDigest } from '@adiabit/simulator/bitstream';
import { workBytesOf } from '@adiabit/simulator/network';
import { emulatedSlotBytes, type Board } from '../boards/index.js';
import { faultTransport, flash, type DeviceDescription, type FaultTransport } from '../device/index.js';
import { Random } from '../random.js';
import { CheckFailure, type Difference } from './bench.js';
import type { BoardCheck } from './check.js';
import { INSPECTION_CHECKS } from './inspection-checks.js';
import { denseCircuit, logicCircuit, picturesCircuit, withWrongGoldenVector, type CheckCircuit } from './circuits.js';

const FIRST = denseCircuit(1, { widths: [33, 17, 5], inputBits: 1 });
const SECOND = denseCircuit(2, { widths: [20, 9, 4], inputBits: 3 });
const NOISE_BYTES = 64;
const FAULTS = { seed: 5, drop: 0.01, duplicate: 0.02, flip: 0.01, split: 0.3 } as const;

/** Compares what an entry and a hello both say, and lists the differences. */
export function differencesOf(board: Board, device: DeviceDescription, isEmulated: boolean): readonly Difference[] {
  const wanted = {
    boardId: board.id,
    slotCount: board.slotCount,
    workBytes: board.workBytes,
    slotBytes: isEmulated ? emulatedSlotBytes(board) : board.slotBytes,
    maxPayloadBytes: board.maxPayloadBytes,
    windowBytes: board.windowBytes,
    counterUnit: board.counterUnit,
    counterHz: board.counterHz,
  };
  return (Object.keys(wanted) as (keyof typeof wanted)[])
    .filter((field) => wanted[field] !== device[field])
    .map((field) => ({ field, entry: wanted[field], device: device[field] }));
}

/** Makes the largest circuit of rows of all lengths around words that the board's slots and RAM hold. */
function kernelCircuit(inputBits: number, { slotBytes, workBytes }: DeviceDescription): CheckCircuit {
  const shapes = [
    [1021, 60, 257, 97, 65, 64, 63, 33, 32, 31, 1, 7],
    [257, 65, 64, 63, 33, 32, 31, 1, 7],
    [65, 20, 64, 9, 33, 8, 31, 1, 7],
    [33, 32, 31, 1, 7],
  ];
  for (const widths of shapes) {
    const circuit = denseCircuit(3, { widths, inputBits });
    const { network, memory } = circuit.bitstream;
    if (circuit.bytes.length <= slotBytes && workBytesOf(network, memory) <= workBytes) return circuit;
  }
  throw new CheckFailure(`slots of ${slotBytes} bytes and ${workBytes} bytes of RAM hold no useful circuit`);
}

const checkKernel =
  (inputBits: number): BoardCheck['run'] =>
  async (bench) => {
    const circuit = kernelCircuit(inputBits, (await bench.session()).device);
    await bench.flash(circuit);
    await bench.expectAnswers(circuit, `with ${inputBits}-bit inputs`);
    return `${circuit.inputs.length} inputs, every output the integer oracle's; ${circuit.bytes.length} bytes`;
  };

/** The flag of firmware for a board without room for logic. */
const WITHOUT_LOGIC = '-DADIABIT_HAS_LOGIC=0';

/** The checks, in the order in which a board is asked. */
export const CHECKS: readonly BoardCheck[] = [
  {
    name: 'says of itself what its entry says',
    run: async (bench) => {
      const { device } = await bench.session();
      bench.differences.push(...differencesOf(bench.board, device, bench.isEmulated));
      const told = bench.differences.map(
        ({ field, entry, device: said }) => `${field}: the entry says ${entry}, the board ${said}`,
      );
      bench.must(told.length === 0, told.join('; '));
      return `${device.boardId}, ${device.slotCount} slots of ${device.slotBytes} bytes, ${device.workBytes} bytes of RAM for a circuit`;
    },
  },
  {
    name: 'takes a circuit: erase, write, read back, self-test, confirm',
    run: async (bench) => {
      const { bytes, slot, bytesPerSecond, goldenVectors } = await bench.flash(FIRST);
      await bench.expectAnswers(FIRST, 'after it was flashed');
      return `${bytes} bytes in slot ${slot}, ${Math.round(bytesPerSecond)} bytes/s, ${goldenVectors} golden vectors`;
    },
  },
  {
    name: 'refuses what a slot does not hold before it erases, and takes what fills one',
    run: async (bench) => {
      await bench.flash(FIRST);
      const session = await bench.session();
      const [slot, { slotBytes }] = [await bench.freeSlot(), session.device];
      const begin = (totalBytes: number): Promise<unknown> =>
        session.begin(slot, totalBytes, new Uint8Array(32), bench.signal);
      await bench.expectRefusal('tooLarge', begin(slotBytes + 4), `a bitstream of ${slotBytes + 4} bytes`);
      await bench.expectAnswers(FIRST, 'after a refusal');
      await begin(slotBytes);
      return `${slotBytes} bytes, not ${slotBytes + 4}`;
    },
  },
  {
    name: 'finds a byte that arrived wrong when it reads back',
    run: async (bench) => {
      const session = await bench.session();
      const slot = await bench.freeSlot();
      const damaged = FIRST.bytes.slice();
      damaged[damaged.length - 1] ^= 1;
      await session.begin(slot, FIRST.bytes.length, bitstreamDigest(FIRST.bytes), bench.signal);
      await session.write(damaged, undefined, bench.signal);
      await bench.expectRefusal('digestMismatch', session.verify(slot, bench.signal), 'a damaged bitstream');
      return 'one flipped bit, refused';
    },
  },
  { name: 'computes rows of any length over 1-bit inputs', run: checkKernel(1) },
  { name: 'computes rows of any length over inputs of several bits', run: checkKernel(3) },
  {
    name: 'prepares examples and computes every kind of layer',
    without: ({ layerKinds }) => (layerKinds === 'counting' ? 'its firmware runs counting layers only' : undefined),
    run: async (bench) => {
      const circuit = picturesCircuit(4);
      const { slotBytes } = (await bench.session()).device;
      if (circuit.bytes.length > slotBytes)
        return `its slots hold ${slotBytes} bytes, the network has ${circuit.bytes.length}`;
      await bench.flash(circuit);
      await bench.expectAnswers(circuit, 'with layers of every kind');
      return `${circuit.inputs.length} pictures, every output the integer oracle's`;
    },
  },
  {
    name: 'looks tables of learnt logic up, of every number of inputs',
    without: (board) => {
      if (board.layerKinds === 'counting') return 'its firmware runs counting layers only';
      return board.build.flags.includes(WITHOUT_LOGIC) ? 'its firmware leaves logic out' : undefined;
    },
    run: async (bench) => {
      for (const tableInputs of [2, 3, 4, 5, 6]) {
        const circuit = logicCircuit(5, tableInputs);
        await bench.flash(circuit);
        await bench.expectAnswers(circuit, `with tables of ${tableInputs} inputs`);
      }
      return 'every output the integer oracle’s';
    },
  },
  {
    name: 'refuses layers that it does not run before anything is written',
    without: ({ layerKinds }) => (layerKinds === 'counting' ? undefined : 'its firmware runs them'),
    run: async (bench) => {
      await bench.expectRefusal('protocol.version-mismatch', bench.flash(picturesCircuit(4)), 'a network of pictures');
      return 'refused';
    },
  },
  {
    name: 'keeps no circuit that fails its self-test',
    run: async (bench) => {
      await bench.flash(FIRST);
      const session = await bench.session();
      const wrong = flash(session, withWrongGoldenVector(SECOND), bench.signal ? { signal: bench.signal } : {});
      await bench.expectRefusal('flash.self-test-failed', wrong, 'a circuit with a wrong golden vector');
      await session.restart(bench.signal);
      if (session.device.slotCount === 1) {
        bench.must(session.device.activeSlot === undefined, 'a circuit runs that failed its self-test');
        return 'refused; with one slot the board has no circuit now, and answers';
      }
      await bench.expectAnswers(FIRST, 'after a failed self-test');
      return 'refused; the circuit before it still runs';
    },
  },
  {
    name: 'says what is in its slots',
    run: async (bench) => {
      const { slot } = await bench.flash(SECOND);
      const slots = await (await bench.session()).slots(bench.signal);
      const { state, totalBytes, digest } = slots[slot];
      bench.must(state === 'confirmed', `slot ${slot} is ${state}; a circuit was confirmed in it`);
      bench.must(
        totalBytes === SECOND.bytes.length,
        `slot ${slot} has ${totalBytes} bytes; ${SECOND.bytes.length} were written`,
      );
      bench.must(toHex(digest) === toHex(bitstreamDigest(SECOND.bytes)), `slot ${slot} has another digest`);
      return slots.map((one) => `slot ${one.slot} ${one.state}`).join(', ');
    },
  },
  ...INSPECTION_CHECKS,
  {
    name: 'goes back to the confirmed circuit after a restart',
    run: async (bench) => {
      await bench.flash(FIRST);
      const session = await bench.session();
      const slot = await bench.freeSlot();
      await bench.store(slot, SECOND.bytes);
      await session.activate(slot, bench.signal);
      await bench.expectAnswers(SECOND, 'on trial');
      const { slotCount, activeSlot } = await session.restart(bench.signal);
      if (slotCount === 1) {
        bench.must(activeSlot === undefined, 'a circuit runs that was never confirmed');
        return 'a trial is gone; with one slot nothing is left';
      }
      await bench.expectAnswers(FIRST, 'after a trial and a restart');
      return 'a trial is gone, the circuit before it answers';
    },
  },
  {
    name: 'keeps the confirmed circuit over a restart',
    run: async (bench) => {
      await bench.flash(SECOND);
      await (await bench.session()).restart(bench.signal);
      await bench.expectAnswers(SECOND, 'after a restart');
      return 'every output the same';
    },
  },
  {
    name: 'keeps the confirmed circuit while its port is closed',
    run: async (bench) => {
      await bench.flash(FIRST);
      await bench.close();
      await bench.expectAnswers(FIRST, 'after the port was closed');
      return bench.isEmulated ? 'that takes the power of an emulated board' : 'every output the same';
    },
  },
  {
    name: 'answers after noise on the line',
    run: async (bench) => {
      const random = Random.fromSeed(6);
      await bench.sendNoise(Uint8Array.from({ length: NOISE_BYTES }, () => random.below(256)));
      await (await bench.session()).hello(bench.signal);
      return `${NOISE_BYTES} bytes that are no frames`;
    },
  },
  {
    name: 'takes a circuit over a bad line',
    // Lost frames are noticed by the clock of the host, which a busy one cannot keep for QEMU; other emulators have a clock of their own.
    without: ({ emulator }, isEmulated) =>
      isEmulated && emulator?.kind === 'qemu' ? 'QEMU is timed by this computer' : undefined,
    run: async (bench) => {
      await bench.close();
      const line: { bad?: FaultTransport } = {};
      try {
        await bench.session((transport) => (line.bad = faultTransport(transport, FAULTS)));
        // A small one: every frame more is one more to lose, and hosts that are busy are slow to notice.
        const circuit = denseCircuit(3, { widths: [65, 20, 64, 9], inputBits: 1 });
        await bench.flash(circuit);
        await bench.expectAnswers(circuit, 'over a bad line');
        const { resends } = (await bench.session()).statistics;
        const { drop, flip, duplicate } = line.bad!.counts;
        return `${drop} frames cut, ${flip} with a wrong bit, ${duplicate} twice: ${resends} resends`;
      } finally {
        await bench.close();
      }
    },
  },
];
