import { toHex } from '@adiabit/simulator/bits';
import { z } from 'zod';
import { boardAt, flashBoard, openBoard, readChecked, runOnBoard, writeFirmware } from '../../workflow/index.js';
import { dataIn, fields, tool, type Tool } from './tool.js';

const port = z.string().describe('a serial port such as /dev/ttyACM0 or COM3, or virtual:ID of an emulated board');

const device = tool({
  name: 'device',
  description: 'Says hello to the device at a port: its board, firmware and what is in its slots.',
  access: 'device',
  input: { port },
  call: async ({ port: path }, { signal }) => {
    const session = await openBoard({ port: path }, signal);
    const slots = await session.slots(signal).finally(() => session.close());
    return { device: session.device, slots: slots.map((slot) => ({ ...slot, digest: toHex(slot.digest) })) };
  },
});

const flash = tool({
  name: 'flash',
  description:
    'Puts a bitstream on a device: erase, write, read back, self-test, confirm. Until the last step it keeps the circuit it had.',
  access: 'device',
  input: {
    bitstream: fields.bitstream,
    port,
    requireSignature: z.string().optional().describe('flash only what the key in this .pub file has signed'),
  },
  call: async ({ bitstream, port: path, requireSignature: key }, { root, ...following }) => {
    const trusted = key === undefined ? undefined : await root.file(key);
    const checked = await readChecked(await root.file(bitstream), trusted);
    const { slot, bytes, digest, goldenVectors } = await flashBoard(checked, boardAt({ port: path }), following);
    return { slot, bytes, digest, goldenVectors };
  },
});

const run = tool({
  name: 'run',
  description:
    'Classifies test examples on a device that runs the bitstream, and compares every output with the simulated circuit.',
  access: 'device',
  input: { bitstream: fields.bitstream, port, data: fields.data, limit: fields.limit.default(20) },
  call: async ({ bitstream, port: path, data, limit }, { root, ...following }) => {
    const source = { bitstream: await root.file(bitstream), data: await dataIn(root, data) };
    const { parity, ...figures } = await runOnBoard({ ...source, open: boardAt({ port: path }), limit, ...following });
    return { ...figures, parity };
  },
});

const firmware = tool({
  name: 'write_firmware',
  description:
    "Writes Adiabit's prebuilt firmware over a board's own boot loader. Replaces whatever program the board has.",
  access: 'device',
  input: { board: z.string().describe('the id of a board, such as uno'), port },
  call: async ({ board, port: path }, { signal, observer }) => writeFirmware({ board, port: path, signal, observer }),
});

/** Tools that talk to devices. */
export const deviceTools: readonly Tool[] = [device, flash, run, firmware];
