/** A board that is not in the repository: one folder and one entry, and everything takes it. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeFailure } from '../../sdk/src/cli/failure.js';
import { saveModel } from '../../sdk/src/model/model-file.js';
import { boardNamed, readBoards } from '../../sdk/src/boards/catalogue.js';
import { flash, freshVirtualPorts, listPorts, openDevice, virtualPortsOf } from '@adiabit/sdk/device';
import { measureBoardSizes } from '../support/board-sizes.js';
import { adiabit } from '../support/cli.js';
import { writeEasyDigits } from '../support/digits.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { missingTools, titled } from '../support/tools.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  const digits = join(folder.path, 'digits');
  await writeEasyDigits(digits, 20, 10);
  // The circuit takes bits, which the RAM of an Uno holds.
  for (const file of readdirSync(digits).filter((name) => name.includes('idx3'))) {
    const bytes = readFileSync(join(digits, file));
    writeFileSync(
      join(digits, file),
      bytes.map((byte, at) => (at < 16 ? byte : Number(byte > 127))),
    );
  }
});
afterAll(() => folder.dispose());

const home = (): string => join(folder.path, 'ours');
const circuit = sampleCircuit(repeatableNumbers(91), { widths: [784, 16, 10], inputBits: 1, goldenVectors: 2 });

async function succeed(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await adiabit(args, { env: { ADIABIT_HOME: join(folder.path, 'home') } });
  expect([code, stderr]).toEqual([0, expect.any(String) as string]);
  return stdout;
}

/** Changes numbers of the entry of a board, as a person does in an editor. */
function change(id: string, fields: Readonly<Record<string, unknown>>): void {
  const file = join(home(), 'boards.json');
  const entries = JSON.parse(readFileSync(file, 'utf8')) as readonly { readonly id: string }[];
  const changed = entries.map((entry) => (entry.id === id ? { ...entry, ...fields } : entry));
  writeFileSync(file, JSON.stringify(changed, undefined, 2));
}

for (const { id, like, compiler, tools, fields } of [
  {
    id: 'pocket-uno',
    like: 'uno',
    compiler: 'avr-gcc',
    tools: [],
    fields: { slotBytes: 12_160, maxPayloadBytes: 250, name: 'Pocket Uno' },
  },
  {
    id: 'badge-1',
    like: 'microbit',
    compiler: 'arm-none-eabi-gcc',
    tools: ['qemu-system-arm'],
    fields: { slotBytes: 65_536, workBytes: 6144, name: 'Badge' },
  },
] as const) {
  const missing = missingTools('make', compiler, ...tools);
  describe.skipIf(missing.length > 0)(titled(`a board made like ${like}, outside the repository`, missing), () => {
    const path = `virtual:${id}`;
    const boards = (): readonly string[] => ['--boards', home()];

    it('is added by a command, changed in its entry, and built', async () => {
      const said = await succeed('new-board', id, '--like', like, ...boards());
      expect(said).toContain(`adiabit build-board ${id} --boards`);
      change(id, fields);
      await succeed('build-board', id, ...boards());
      const header = readFileSync(join(home(), 'ports', id, 'board.h'), 'utf8');
      expect(header).toContain(`#define BOARD_ID "${id}"`);
      const board = boardNamed(id, home());
      expect(header).toContain(`#define BOARD_SLOT_REGION_BYTES ${board.slotBytes + board.sectorBytes}UL`);
      expect(board).toMatchObject(fields);
    }, 120_000);

    it('is among the ports, and says its own numbers', async () => {
      const { ports } = await listPorts(() => Promise.resolve([]), virtualPortsOf(home()));
      expect(ports).toContainEqual({ path, kind: 'virtual', name: `${fields.name}, emulated` });
      const session = await openDevice(path, { boards: home() });
      try {
        expect(session.device).toMatchObject({ boardId: id, slotBytes: fields.slotBytes });
        await flash(session, circuit.bytes);
        expect((await session.infer(circuit.inputs[0])).outputs).toEqual(circuit.outputs[0]);
      } finally {
        await session.close();
      }
      expect(
        freshVirtualPorts()
          .list()
          .map((port) => port.path),
      ).not.toContain(path);
    }, 60_000);

    it('takes compile, flash and run, which meet the same board again', async () => {
      const [model, file] = [join(folder.path, `${id}.model.json`), join(folder.path, `${id}.abit`)];
      await saveModel(model, { name: 'ours', ...circuit.bitstream.network });
      expect(await succeed('compile', model, '-o', file, '--board', id, ...boards())).toContain(`    ${id} `);
      const refused = await adiabit(['compile', model, '-o', file, '--board', id]);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(`no board ${id}`) as string]);
      const flashed = JSON.parse(await succeed('flash', file, '--port', path, ...boards(), '--json')) as object;
      expect(flashed).toMatchObject({ device: { boardId: id, slotBytes: fields.slotBytes } });
      const data = ['--data', join(folder.path, 'digits'), '--count', '5'];
      for (const where of [
        ['--port', path],
        ['--board', id],
      ]) {
        const ran = JSON.parse(await succeed('run', file, ...where, ...boards(), ...data, '--json')) as object;
        expect(ran).toMatchObject({
          board: id,
          witness: { vectors: 5, mismatches: 0 },
          witnesses: [{}, { mismatches: 0 }],
        });
      }
      const listed = await succeed('devices', '--port', path, ...boards());
      expect(listed).toMatch(/slot \d: confirmed, running, \d+ bytes/);
    }, 120_000);

    it('passes check-board, and its sizes can be measured', async () => {
      const report = JSON.parse(await succeed('check-board', '--port', path, ...boards(), '--json')) as object;
      expect(report).toMatchObject({ board: id, failed: 0, differences: [] });
      const { stack, flash: used } = await measureBoardSizes(boardNamed(id, home()));
      expect(stack.dense).toBeGreaterThan(256);
      expect(used.used).toBeLessThanOrEqual(used.has);
    }, 300_000);

    it('is told by check-board when its firmware says other numbers than its entry', async () => {
      const { workBytes } = boardNamed(id, home());
      change(id, { workBytes: workBytes - 4 });
      const { code, stdout } = await adiabit(['check-board', '--port', path, ...boards(), '--json']);
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({
        failed: 1,
        differences: [{ field: 'workBytes', entry: workBytes - 4, device: workBytes }],
      });
      change(id, { workBytes });
    }, 300_000);
  });
}

describe('a folder of boards', () => {
  const inFolder = async (name: string, entries: unknown): Promise<string> => {
    const { mkdir } = await import('node:fs/promises');
    const path = join(folder.path, name);
    await mkdir(path, { recursive: true });
    writeFileSync(join(path, 'boards.json'), typeof entries === 'string' ? entries : JSON.stringify(entries));
    return path;
  };
  const uno = () =>
    (JSON.parse(readFileSync(join(boardNamed('uno').home, 'boards.json'), 'utf8')) as Record<string, unknown>[]).find(
      ({ id }) => id === 'uno',
    )!;

  it.each([
    ['is no JSON', '[{', 'board.bad-entry', 'boards.json'],
    [
      'has a field of the wrong kind',
      [{ ...uno(), id: 'x', slotBytes: 'many' }],
      'board.bad-entry',
      'board x, slotBytes',
    ],
    ['has a field that no board has', [{ ...uno(), id: 'x', colour: 'red' }], 'board.bad-entry', 'colour'],
    ['has slots beyond the flash', [{ ...uno(), id: 'x', slotBytes: 64_000 }], 'board.bad-entry', 'beyond the flash'],
    ['has a board that Adiabit has', [uno()], 'board.exists', 'uno'],
    [
      'has two boards of one id',
      [
        { ...uno(), id: 'x' },
        { ...uno(), id: 'x' },
      ],
      'board.exists',
      'two boards x',
    ],
  ])('that %s is refused, and the message says where', async (name, entries, code, words) => {
    const path = await inFolder(name.replaceAll(' ', '-'), entries);
    expect(() => readBoards(path)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) as string }) as Error,
    );
  });

  it('that is not there is refused', () => {
    expect(() => readBoards(join(folder.path, 'nowhere'))).toThrow('cannot be read');
  });

  it('has a board whose firmware is not built told so, with the command that builds it', async () => {
    const path = await inFolder('unbuilt', [{ ...uno(), id: 'unbuilt-uno' }]);
    const error: unknown = await openDevice('virtual:unbuilt-uno', { boards: path }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'board.not-built', details: { board: 'unbuilt-uno', boards: path } });
    expect(describeFailure(error).message).toContain(`Build it: adiabit build-board unbuilt-uno --boards ${path}`);
  });

  it('is not written to for an id that is taken, or a board to copy that is not there', async () => {
    for (const args of [
      ['uno', '--like', 'mega'],
      ['fresh', '--like', 'pdp11'],
      ['Upper', '--like', 'uno'],
    ]) {
      const { code } = await adiabit(['new-board', ...args, '--boards', join(folder.path, 'never'), '--json']);
      expect(code).toBe(1);
      expect(() => readFileSync(join(folder.path, 'never', 'boards.json'))).toThrow('ENOENT');
    }
  });
});
