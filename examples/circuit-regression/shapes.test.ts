import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { circuitOf } from '@adiabit/sdk';
import { decodeBitstream } from '@adiabit/simulator';
import '@adiabit/simulator/testing';
import { expect, test } from 'vitest';

const bitstream = fileURLToPath(new URL('shapes.abit', import.meta.url));
const golden = fileURLToPath(new URL('shapes.golden.json', import.meta.url));

/** The network of convolutions folded for a small FPGA. */
const built = circuitOf(decodeBitstream(new Uint8Array(await readFile(bitstream))), 'folded', {
  target: 'ice40-up5k',
});
const { circuit } = built;

test('the network of convolutions answers as it did when it was released, and so does its folded circuit', async () => {
  await expect(bitstream).toMatchGolden(golden, { vectors: 16 });
  await expect(circuit).toMatchGolden(golden);
});

test('the folded circuit is the network, on pictures that no file holds too', async () => {
  await expect(circuit).toBeEquivalentTo(bitstream, { vectors: 128, seed: 2 });
});

test('it fits the chip and answers within 6,000 cycles', async () => {
  await expect(circuit).toMeetLatency({ latency: 6000, initiationInterval: 3000 });
  expect(built.form === 'folded' && built.estimate.luts).toBeLessThan(5280);
});
