import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpackInput } from '@adiabit/simulator/bitstream';
import { isInProcess, startBoard } from '@adiabit/simulator/boards';
import { argmax } from '@adiabit/simulator/network';
import { DeviceSession, flash, openDevice, VirtualPorts } from '@adiabit/sdk/device';
import { layerParity } from '@adiabit/sdk/workflow';
import { beforeAll, describe, expect, it } from 'vitest';
import { machineOf } from '../../sdk/src/boards/images.js';
import { differenceLines } from '../../sdk/src/cli/print/parity.js';
import { witnessText } from '../../sdk/src/cli/print/witness.js';
import { MESSAGE_TYPE, STATUS } from '../../sdk/src/protocol/constants.js';
import { encodeFrame } from '../../sdk/src/protocol/index.js';
import { boardNamed } from '../../sdk/src/boards/catalogue.js';
import { HostDevice, temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { RawLine } from '../support/raw-line.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const FIRMWARE = fileURLToPath(new URL('../../firmware-templates/', import.meta.url));
const BUILD = join(FIRMWARE, 'build', 'class-only');
const make = (target: string): void => {
  execFileSync('make', ['-s', '-C', FIRMWARE, 'CLASS_ONLY=1', target]);
};

const next = repeatableNumbers(43);
const shape = { widths: [33, 17, 5], inputBits: 1, goldenVectors: 2 };
const circuit = sampleCircuit(next, shape);
const another = sampleCircuit(next, shape);
const [input] = circuit.inputs;
const outputs = circuit.outputs[0];
const { network } = circuit.bitstream;
const examples = circuit.inputs.map((packed) => unpackInput(packed, network.input.count, network.input.bits));

const onHost = missingTools(...HOST_TOOLS);
describe.skipIf(onHost.length > 0)(titled('a host and firmware that tells the class alone', onHost), () => {
  beforeAll(() => make('host'), 120_000);

  const withSession = async <T>(work: (session: DeviceSession) => Promise<T>): Promise<T> => {
    const folder = await temporaryFolder();
    const session = await DeviceSession.open(new HostDevice(join(folder.path, 'flash'), join(BUILD, 'adiabit-host')));
    try {
      await flash(session, circuit.bytes);
      return await work(session);
    } finally {
      await session.close();
      await folder.dispose();
    }
  };

  it('flash, classify, and know from the first answer on what it tells', () =>
    withSession(async (session) => {
      expect([session.tellsClassOnly, session.canInspect]).toEqual([false, true]);
      const inference = await session.infer(input);
      expect(inference.class).toBe(argmax(outputs));
      expect(inference.outputs).toHaveLength(0);
      expect([session.tellsClassOnly, session.canInspect]).toEqual([true, false]);
    }));

  it('compare classes, and say that it is classes', () =>
    withSession(async (session) => {
      const { oracle, difference } = await layerParity(session, circuit.bitstream, examples);
      expect(difference).toBeUndefined();
      expect(oracle).toMatchObject({ mismatches: 0, classesOnly: true });
      expect(witnessText(oracle)).toContain('in the class (its firmware tells nothing else)');
    }));

  it('find a class that differs, and say that no more can be found', () =>
    withSession(async (session) => {
      // The oracle gets another circuit than the device: the answers differ somewhere.
      const { oracle, difference } = await layerParity(session, another.bitstream, examples);
      expect(oracle.mismatches).toBeGreaterThan(0);
      const text = differenceLines(difference!).join('\n');
      expect(text).toMatch(/example \d+ is the first: the class is \d on the device, \d by the oracle/);
      expect(text).toContain('tells the class alone');
    }));

  it('refuse to read the circuit back, and its layers', () =>
    withSession(async (session) => {
      const refused = { code: 'device.unknown-message', message: expect.stringContaining('class only') as string };
      await expect(session.readSlot(0)).rejects.toMatchObject(refused);
      await expect(session.readDescription(0)).rejects.toMatchObject(refused);
      await expect(session.layerValues(circuit.bitstream, input, 0)).rejects.toMatchObject(refused);
    }));
});

const onUno = missingTools('avr-gcc', 'avr-nm', 'make');
describe.skipIf(onUno.length > 0)(titled('an emulated Uno that tells the class alone', onUno), () => {
  beforeAll(() => make('uno'), 120_000);

  it('has no code that gives outputs, values or stored bytes, and answers with the class', async () => {
    const symbols = execFileSync('avr-nm', [join(BUILD, 'uno.elf')], { encoding: 'utf8' });
    expect(symbols).toContain('adiabit_device_handle_verify');
    expect(symbols).not.toMatch(/handle_read|handle_values|send_piece/);
    const board = boardNamed('uno');
    const image = readFileSync(join(BUILD, 'uno.hex'));
    const port = {
      path: 'virtual:uno',
      boardId: 'uno',
      name: 'uno',
      start: () => startBoard(machineOf(board), { image }),
    };
    const session = await openDevice('virtual:uno', { virtualPorts: new VirtualPorts([port]) });
    await flash(session, circuit.bytes);
    expect(await session.infer(input)).toMatchObject({ class: argmax(outputs), outputs: new Int32Array(0) });
    await expect(session.readSlot(0)).rejects.toMatchObject({ code: 'device.unknown-message' });
    await session.close();
  }, 60_000);

  it('refuses these requests whatever they carry', async () => {
    const started = await startBoard(machineOf(boardNamed('uno')), { image: readFileSync(join(BUILD, 'uno.hex')) });
    if (!isInProcess(started)) throw new Error('The Uno is emulated elsewhere.');
    const line = new RawLine(started, 128);
    await line.install(0, circuit.bytes);
    for (const type of [MESSAGE_TYPE.read, MESSAGE_TYPE.values]) {
      for (const length of [0, 1, 7, 40]) {
        line.write(encodeFrame({ type, sequence: 5, payload: new Uint8Array(length) }));
        expect((await line.next()).payload).toEqual(Uint8Array.of(STATUS.unknownMessage.value));
      }
    }
    started.close();
  }, 60_000);
});
