/** The whole path by the workflows that every face calls: no console, a signal that stops each step, whole files only. */
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CancelledError } from '@adiabit/simulator';
import { findRecipe } from '@adiabit/sdk/train';
import {
  boardAt,
  compileToFile,
  exportToFile,
  flashBoard,
  loadData,
  readChecked,
  runOnBoard,
  simulate,
  traceToFile,
  trainToFolder,
  type Following,
  type Note,
  type Progress,
  type Stage,
} from '@adiabit/sdk/workflow';
import { writeEasyDigits } from '../support/digits.js';

let folder: string;
const file = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-workflow-'));
  await writeEasyDigits(file('digits'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

const recipe = findRecipe('mnist-demo')!;
const open = () => boardAt({ port: 'virtual:rp2040', flashFile: file('rp2040.flash') });
const train = async (into: string, following: Following = {}) => {
  const dataset = await loadData(file('digits'), undefined, following);
  return trainToFolder({ recipe, dataset, seed: 1, backend: 'wasm', folder: file(into), ...following });
};
const source = () => ({ bitstream: file('digits.abit'), data: file('digits') });

describe('workflows', () => {
  it('train, compile, simulate, flash and run on an emulated board, and print nothing', async () => {
    const printing = [
      vi.spyOn(process.stdout, 'write'),
      vi.spyOn(process.stderr, 'write'),
      ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name)),
    ];
    const stages: Stage[] = [];
    const notes: Note['kind'][] = [];
    const steps = new Set<Progress['step']>();
    const observer: Following['observer'] = {
      onStage: (stage) => stages.push(stage),
      onNote: ({ kind }) => notes.push(kind),
      onProgress: ({ step }) => steps.add(step),
    };
    const { files, record, frozen } = await train('trained', { observer });
    expect(
      Object.values<string>({ ...files })
        .map((path) => path.slice(folder.length + 1))
        .sort(),
    ).toEqual((await readdir(file('trained'))).map((name) => join('trained', name)).sort());
    expect(await readFile(files.report, 'utf8')).toContain('</html>');
    expect(frozen?.testAccuracy).toBe(record.frozenTestAccuracy);
    const output = file('digits.abit');
    const { report } = await compileToFile({ modelFile: files.model!, output, data: file('digits'), observer });
    expect(report.form).toBe('configurable');
    const simulated = await simulate({ ...source(), model: files.model, observer });
    expect(simulated.witnesses.map(({ vectors, mismatches }) => [vectors, mismatches])).toEqual([
      [4, 0],
      [60, 0],
    ]);
    const flashed = await flashBoard(await readChecked(output), open(), { observer });
    expect(flashed.goldenVectors).toBe(4);
    const ran = await runOnBoard({ ...source(), open: open(), limit: 5, observer });
    expect(ran.parity).toMatchObject({
      circuit: { against: 'simulated circuit', vectors: 5, mismatches: 0 },
      oracle: { against: 'integer oracle', vectors: 5, mismatches: 0 },
    });
    expect(stages.filter((stage) => stage !== 'load')).toEqual([
      ...['train', 'freeze', 'compile', 'simulate', 'device', 'device'],
    ]);
    expect(notes).toEqual(expect.arrayContaining(['training', 'epoch', 'trained', 'frozen']));
    expect([...steps]).toEqual(expect.arrayContaining(['epoch', 'freeze', 'build', 'simulate', 'flash', 'classify']));
    for (const spy of printing) expect(spy).not.toHaveBeenCalled();
  }, 120_000);

  /** A signal that fires at the first progress of a step that is wanted, or at once. */
  const stopping = (at?: Progress['step'], isWanted: (progress: Progress) => boolean = () => true): Following => {
    const controller = new AbortController();
    if (at === undefined) controller.abort();
    const onProgress = (progress: Progress): void => {
      if (progress.step === at && isWanted(progress)) controller.abort();
    };
    return { signal: controller.signal, observer: { onProgress } };
  };
  /** The names in a folder once the work was cancelled. */
  const leftBy = async (name: string, work: (folder: string) => Promise<unknown>): Promise<readonly string[]> => {
    await mkdir(file(name), { recursive: true });
    await expect(work(file(name))).rejects.toBeInstanceOf(CancelledError);
    return (await readdir(file(name))).sort();
  };

  it('a cancelled training leaves a whole checkpoint and nothing that looks finished', async () => {
    expect(await leftBy('stopped', () => train('stopped', stopping('epoch')))).toEqual(['training.checkpoint']);
    const frozen = await leftBy('unfrozen', () => train('unfrozen', stopping('freeze')));
    expect(frozen).toEqual(['elapsed.json', 'training.checkpoint']);
    const dataset = await loadData(file('digits'));
    const resumed = { recipe, dataset, seed: 1, backend: 'wasm', folder: file('unfrozen'), resume: true } as const;
    const again = await trainToFolder(resumed);
    expect(await readFile(again.files.model!, 'utf8')).toBe(
      await readFile(file('trained/mnist-demo.model.json'), 'utf8'),
    );
  }, 120_000);

  it.each([
    [
      'compiling',
      (into: string, following: Following) =>
        compileToFile({ modelFile: file('trained/mnist-demo.model.json'), output: join(into, 'x.abit'), ...following }),
    ],
    [
      'exporting',
      (into: string, following: Following) =>
        exportToFile({ ...source(), format: 'verilog', output: join(into, 'x.v'), ...following }),
    ],
    [
      'tracing',
      (into: string, following: Following) =>
        traceToFile({ ...source(), index: 0, output: join(into, 'x.vcd'), ...following }),
    ],
  ])('%s that is cancelled leaves no file, in the middle of building the circuit neither', async (name, work) => {
    expect(await leftBy(name, (into) => work(into, stopping()))).toEqual([]);
    const inBuilding = stopping('build', ({ done, total }) => done > 0.4 * total && done < total);
    expect(await leftBy(name, (into) => work(into, inBuilding))).toEqual([]);
  });

  it('building tells its progress in order, to the end, in every form', async () => {
    const modelFile = file('trained/mnist-demo.model.json');
    for (const [form, target] of [
      ['configurable', undefined],
      ['specialised', 'lut6'],
      ['folded', 'ecp5-25k'],
    ] as const) {
      const seen: Progress[] = [];
      const observer: Following['observer'] = { onProgress: (progress) => seen.push(progress) };
      const goals = { retimes: true, ...(target === undefined ? {} : { target }) };
      const output = file(`${form}.abit`);
      await compileToFile({ modelFile, output, form, goals, observer });
      const done = seen.filter(({ step }) => step === 'build').map((progress) => progress.done);
      expect(done.length).toBeGreaterThan(20);
      expect(done).toEqual([...done].sort((one, other) => one - other));
      expect([done[0], done.at(-1)]).toEqual([0, seen[0].total]);
    }
  }, 120_000);

  it('a timer stops the building of a circuit within a second', async () => {
    const controller = new AbortController();
    let firedMs = 0;
    setTimeout(() => {
      firedMs = performance.now();
      controller.abort();
    }, 300);
    const goals = { target: 'ecp5-85k' } as const;
    const form = 'specialised';
    const { signal } = controller;
    const modelFile = file('trained/mnist-demo.model.json');
    const left = await leftBy('timed', (into) =>
      compileToFile({ modelFile, output: join(into, 'x.abit'), form, goals, signal }),
    );
    expect(left).toEqual([]);
    expect(firedMs).toBeGreaterThan(0);
    expect(performance.now() - firedMs).toBeLessThan(1000);
  });

  it('a cancelled simulation, flash or run throws, and the board keeps the circuit that it had', async () => {
    await leftBy('simulated', () => simulate({ ...source(), ...stopping('simulate') }));
    const bitstream = await readChecked(file('digits.abit'));
    await leftBy('flashed', () => flashBoard(bitstream, open(), stopping('flash')));
    await leftBy('ran', () => runOnBoard({ ...source(), open: open(), limit: 5, ...stopping('classify') }));
    const ran = await runOnBoard({ ...source(), open: open(), limit: 5 });
    expect(ran.parity.oracle).toMatchObject({ vectors: 5, mismatches: 0 });
  }, 60_000);
});
