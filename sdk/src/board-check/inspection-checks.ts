import { toHex } from '@adiabit/simulator/bits';
import { unpackInput } from '@adiabit/simulator/bitstream';
import { createOracle, valuesOfInput } from '@adiabit/simulator/network';
import { chipIdBytes } from '../boards/index.js';
import type { Bench } from './bench.js';
import type { BoardCheck } from './check.js';
import { denseCircuit, picturesCircuit, type CheckCircuit } from './circuits.js';

const DENSE = denseCircuit(7, { widths: [70, 33, 17, 5], inputBits: 3 });

/** @throws CheckFailure unless the board gives the oracle's values of every layer, the input before them included */
async function expectLayers(bench: Bench, { bitstream, inputs }: CheckCircuit): Promise<number> {
  const session = await bench.session();
  const { network } = bitstream;
  const [packed] = inputs;
  const input = unpackInput(packed, network.input.count, network.input.bits);
  const expected = [valuesOfInput(network.input, input), ...createOracle(network)(input).values];
  for (const [index, values] of expected.entries()) {
    const shown = await session.layerValues(bitstream, packed, index - 1, bench.signal);
    const wrong = shown.findIndex((value, at) => value !== values[at]);
    const where = index === 0 ? 'the prepared input' : `layer ${index - 1}`;
    bench.must(
      wrong < 0 && shown.length === values.length,
      `value ${wrong} of ${where} is ${shown[wrong]}; the integer oracle gives ${values[wrong]}`,
    );
  }
  return network.layers.length;
}

/** What a board shows of itself and of what it holds. */
export const INSPECTION_CHECKS: readonly BoardCheck[] = [
  {
    name: 'tells the id of its chip, the same after a restart',
    run: async (bench) => {
      const session = await bench.session();
      const { chipId } = session.device;
      const wanted = chipIdBytes(bench.board, bench.isEmulated);
      const has = (chipId?.length ?? 0) / 2;
      bench.must(has === wanted, `the id has ${has} bytes; the entry says ${wanted}`);
      const again = (await session.restart(bench.signal)).chipId;
      bench.must(again === chipId, `the id was ${chipId ?? 'none'} and is ${again ?? 'none'} after a restart`);
      return chipId ?? 'its chip has none';
    },
  },
  {
    name: 'gives back what a slot holds, and nothing of an empty one',
    run: async (bench) => {
      const { slot } = await bench.flash(DENSE);
      const session = await bench.session();
      const bytes = await session.readSlot(slot, bench.signal ? { signal: bench.signal } : {});
      bench.must(toHex(bytes) === toHex(DENSE.bytes), `slot ${slot} holds other bytes than were written`);
      const { description } = await session.readDescription(slot, bench.signal);
      const { name } = DENSE.bitstream.description;
      bench.must(description.name === name, `slot ${slot} names "${description.name}"; "${name}" was written`);
      const free = await bench.freeSlot();
      await session.begin(free, DENSE.bytes.length, new Uint8Array(32), bench.signal);
      await session.write(DENSE.bytes, undefined, bench.signal);
      await bench.expectRefusal('slotUnavailable', session.readSlot(free), 'a slot that is being written');
      return `${bytes.length} bytes, "${description.name}"`;
    },
  },
  {
    name: 'shows the values of every layer',
    run: async (bench) => {
      await bench.flash(DENSE);
      const counting = await expectLayers(bench, DENSE);
      const pictures = picturesCircuit(8);
      const runsThem = bench.board.layerKinds !== 'counting';
      if (!runsThem || pictures.bytes.length > (await bench.session()).device.slotBytes) return `${counting} layers`;
      await bench.flash(pictures);
      return `${counting + (await expectLayers(bench, pictures))} layers, every integer the oracle's`;
    },
  },
];
