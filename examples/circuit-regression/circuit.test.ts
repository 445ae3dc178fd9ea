import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  CompiledEngine,
  countsOf,
  decodeBitstream,
  elaborate,
  networkOfCounts,
  runInferences,
} from '@adiabit/simulator';
import '@adiabit/simulator/testing';
import { expect, test } from 'vitest';

const bitstream = fileURLToPath(new URL('digits.abit', import.meta.url));
const golden = fileURLToPath(new URL('digits.golden.json', import.meta.url));

test('the circuit answers as it did when it was released', async () => {
  await expect(bitstream).toMatchGolden(golden, { vectors: 16 });
});

test('it takes a digit every 8 cycles and answers within 24', async () => {
  await expect(bitstream).toMeetLatency({ latency: 24, initiationInterval: 8 });
});

test('a circuit with one threshold moved is another circuit', async () => {
  const { network } = decodeBitstream(new Uint8Array(await readFile(bitstream)));
  const [first, ...rest] = countsOf(network);
  const thresholds = first.thresholds.map((threshold, neuron) => (neuron === 0 ? threshold + 5000 : threshold));
  const changed = elaborate('changed', networkOfCounts([{ ...first, thresholds }, ...rest]));
  await expect(changed).not.toBeEquivalentTo(bitstream);
});

test('a black picture is taken for the same digit as ever', async () => {
  const { network } = decodeBitstream(new Uint8Array(await readFile(bitstream)));
  const circuit = elaborate('digits', network);
  const { classes } = await runInferences(circuit, new CompiledEngine(circuit.netlist), [new Uint8Array(784)]);
  expect([...classes]).toEqual([5]);
});
