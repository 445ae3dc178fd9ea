import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPatchedFirmware, type Patch } from './patched-firmware.js';

/** How a board is: well, or bad so that its own self-test tells, or so that only the canary does. */
export const HEALTHS = ['well', 'fails-self-test', 'answers-wrong'] as const;
export type Health = (typeof HEALTHS)[number];

const PATCHES: Readonly<Record<Health, readonly Patch[]>> = {
  well: [],
  'fails-self-test': [
    { file: 'adiabit_runner.c', before: 'const bool same = ', after: 'runner->outputs[0]++;\n    const bool same = ' },
  ],
  // A bit that sticks on the way out: the self-test, which looks at memory, does not see it.
  'answers-wrong': [
    {
      file: 'adiabit_device.c',
      before: 'const uint32_t counter = port->counter(port->context) - start;',
      after: 'const uint32_t counter = port->counter(port->context) - start;\n  device->runner.outputs[0] |= 1;',
    },
  ],
};

/** Builds the firmware of this computer for boards that are well and bad, without the sanitizers, which take 30 times the memory. */
export async function buildFleetFirmware(folder: string): Promise<Readonly<Record<Health, string>>> {
  const programs = await Promise.all(
    HEALTHS.map(async (health) => {
      const place = join(folder, health);
      await mkdir(place, { recursive: true });
      return [health, await buildPatchedFirmware(place, ...PATCHES[health])] as const;
    }),
  );
  return Object.fromEntries(programs) as Record<Health, string>;
}
