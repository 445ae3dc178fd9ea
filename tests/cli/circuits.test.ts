import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { SPECIALISING_PASSES } from '@adiabit/sdk/compile';
import { countsOf, encodeBitstream, networkOfCounts } from '@adiabit/simulator';
import type { ToggleCoverage } from '@adiabit/simulator/analysis';
import { adiabit } from '../support/cli.js';
import { repeatableNumbers } from '../support/numbers.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { missingTools } from '../support/tools.js';
import { useTrainedDigits } from '../support/trained-digits.js';

const { failure, file } = useTrainedDigits();

describe('circuits from the command line', () => {
  it('says why options of export do not go together, where it once said nothing', async () => {
    const { code, stderr } = await adiabit(['export', file('digits.abit'), '--format', 'blif', '--testbench', 'x.v']);
    expect(code).toBe(2);
    expect(stderr).toContain('--testbench belongs to --format verilog');
  });

  it('writes a waveform of one inference', async () => {
    const written = await adiabit([
      'simulate',
      file('digits.abit'),
      '--data',
      file('digits'),
      '--vcd',
      file('one.vcd'),
    ]);
    expect(written.code).toBe(0);
    expect(await readFile(file('one.vcd'), 'utf8')).toContain('$enddefinitions');
  });

  it('specialises a circuit and says what each pass won', async () => {
    const model = file('whole/mnist-demo.model.json');
    const compiled = await adiabit(['compile', model, '-o', file('same.abit'), '--form', 'specialised', '--json']);
    const { passes, gates, configurationBits } = JSON.parse(compiled.stdout) as {
      passes: { name: string; gatesBefore: number; gatesAfter: number }[];
      gates: number;
      configurationBits: number;
    };
    const [builtIn, ...simplifying] = SPECIALISING_PASSES.map(({ name }) => name);
    const rounds = (passes.length - 1) / simplifying.length;
    expect(passes.map(({ name }) => name)).toEqual([
      builtIn,
      ...Array.from({ length: rounds }, () => simplifying).flat(),
    ]);
    expect(passes.slice(1).map(({ gatesBefore }) => gatesBefore)).toEqual(
      passes.slice(0, -1).map(({ gatesAfter }) => gatesAfter),
    );
    expect(passes.at(-1)?.gatesAfter).toBe(gates);
    expect(gates).toBeLessThan(0.7 * passes[0].gatesBefore);
    expect(configurationBits).toBe(0);
    expect(await readFile(file('same.abit'))).toEqual(await readFile(file('digits.abit')));
    const data = ['--data', file('digits'), '--model', model];
    const inThreads = [...data, '--form', 'specialised', '--threads', '2', '--json'];
    const simulated = await adiabit(['simulate', file('same.abit'), ...inThreads]);
    const { witnesses } = JSON.parse(simulated.stdout) as { witnesses: { mismatches: number }[] };
    expect(witnesses.map(({ mismatches }) => mismatches)).toEqual([0, 0]);
  });

  it('builds the popcounts and places the registers as asked, with the same bitstream and outputs', async () => {
    const model = file('whole/mnist-demo.model.json');
    const shape = ['--form', 'specialised', '--popcount', '7:3', '--register-every', '2', '--retime'];
    const compiled = await adiabit(['compile', model, '-o', file('same.abit'), ...shape, '--json']);
    const { passes, timing } = JSON.parse(compiled.stdout) as {
      passes: { name: string; registersBefore: number; registersAfter: number }[];
      timing: { latency: number };
    };
    const { name, registersBefore, registersAfter } = passes.at(-1)!;
    expect(name).toBe('retime registers');
    expect(registersAfter).toBeLessThan(registersBefore);
    expect(await readFile(file('same.abit'))).toEqual(await readFile(file('digits.abit')));
    const data = ['--data', file('digits'), '--model', model];
    const simulated = await adiabit(['simulate', file('same.abit'), ...data, ...shape, '--json']);
    const result = JSON.parse(simulated.stdout) as { timing: unknown; witnesses: { mismatches: number }[] };
    expect(result.witnesses.map(({ mismatches }) => mismatches)).toEqual([0, 0]);
    expect(result.timing).toEqual(timing);
  });

  it('folds the same network for a chip, simulates it to the same outputs, and says what is out of reach', async () => {
    const model = file('whole/mnist-demo.model.json');
    const goals = ['--form', 'folded', '--max-luts', '4000'];
    const compiled = await adiabit(['compile', model, '-o', file('same.abit'), ...goals, '--json']);
    const { estimate } = JSON.parse(compiled.stdout) as { estimate: { luts: number } };
    expect(estimate.luts).toBeLessThanOrEqual(4000);
    expect(await readFile(file('same.abit'))).toEqual(await readFile(file('digits.abit')));
    const data = ['--data', file('digits'), '--model', model, '--limit', '20'];
    const simulated = await adiabit(['simulate', file('same.abit'), ...data, ...goals, '--json']);
    const { witnesses } = JSON.parse(simulated.stdout) as { witnesses: { mismatches: number }[] };
    expect(witnesses.map(({ mismatches }) => mismatches)).toEqual([0, 0]);
    const refused = await adiabit(['compile', model, ...goals, '--max-cycles', '3']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('The nearest folding that fits: PE x SIMD by layer');
  });

  it('refuses an unrolled circuit that a chip has no room for, with need and have, and writes nothing', async () => {
    const model = file('whole/mnist-demo.model.json');
    const arguments_ = [
      'compile',
      model,
      '-o',
      file('crowded.abit'),
      '--form',
      'specialised',
      '--target',
      'ice40-up5k',
    ];
    const { code, stderr } = await adiabit(arguments_);
    expect(code).toBe(1);
    expect(stderr).toMatch(/needs \d+ look-up tables, .+ has 5280\. .+--form folded\. \[compile\.budget-exceeded\]/);
    expect((await readdir(file('.'))).filter((name) => name.startsWith('crowded'))).toEqual([]);
  });

  it('refuses a network that a board or a limit has no room for, with need and have, and writes nothing', async () => {
    const model = file('whole/mnist-demo.model.json');
    const compile = (...goals: readonly string[]) =>
      adiabit(['compile', model, '-o', file('roomless.abit'), '--golden', '40', ...goals]);
    const limited = await compile('--flash-bytes', '1000');
    expect(limited.code).toBe(1);
    expect(limited.stderr).toMatch(
      /needs [\d,]+ bytes of flash, the limit has 1,000\. .*\[compile\.budget-exceeded\]/s,
    );
    const crowded = await compile('--board', 'uno');
    expect(crowded.code).toBe(1);
    expect(crowded.stderr).toMatch(/uno has 14,208\. These have: rp2040, microbit, mega, /);
    expect((await readdir(file('.'))).filter((name) => name.startsWith('roomless'))).toEqual([]);
    expect((await compile('--board', 'rp2040', '--flash-bytes', '200000')).code).toBe(0);
  });

  it('shifts the configuration in through the scan chains, a bit a cycle, and runs what came in', async () => {
    const { bytes } = sampleCircuit(repeatableNumbers(3), { widths: [784, 2, 10], inputBits: 8, goldenVectors: 3 });
    await writeFile(file('scanned.abit'), bytes);
    const scan = [file('scanned.abit'), '--data', file('digits'), '--form', 'scan', '--json'];
    const simulated = async (...shape: readonly string[]) =>
      JSON.parse((await adiabit(['simulate', ...scan, ...shape])).stdout) as {
        loadingCycles: number;
        timing: { latency: number };
        witnesses: { vectors: number; mismatches: number }[];
      };
    const { loadingCycles, timing, witnesses } = await simulated();
    expect(loadingCycles).toBeGreaterThan(784 * 2 + 2 * 10);
    const traced = await adiabit(['simulate', ...scan, '--vcd', file('scan.vcd')]);
    expect(traced).toMatchObject({ code: 2, stderr: expect.stringContaining('leave --form scan out') as string });
    const agreeing = [
      { vectors: 3, mismatches: 0 },
      { vectors: 60, mismatches: 0 },
    ];
    expect(witnesses).toMatchObject(agreeing);
    expect((await adiabit(['simulate', ...scan, '--threads', '2'])).code).toBe(2);
    const shaped = await simulated('--popcount', '7:3', '--register-every', '1', '--retime');
    expect(shaped.timing.latency).toBeGreaterThan(timing.latency);
    expect(shaped).toMatchObject({ loadingCycles, witnesses: agreeing });
  });

  it('stops loading through the scan chains on Ctrl-C', async () => {
    const interrupted = await adiabit(['simulate', file('digits.abit'), '--data', file('digits'), '--form', 'scan'], {
      interruptWhen: /loading [\d,]+ bits/,
    });
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toContain('[cancelled]');
    expect(interrupted.stdout).not.toContain('loaded');
  });

  it('stops building a circuit on Ctrl-C, and leaves no file', async () => {
    // A timer that begins when the command takes signals over, and that fires while the circuit is built.
    const tell = "process.on('newListener',e=>e==='SIGINT'&&setTimeout(()=>process.stdout.write('building'),200))";
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}` };
    const specialised = ['--form', 'specialised', '--retime', '--target', 'lut6', '-o', file('interrupted.out')];
    for (const args of [
      ['compile', file('whole/mnist-demo.model.json')],
      ['export', file('digits.abit')],
    ]) {
      const interrupted = await adiabit([...args, ...specialised], { env, interruptWhen: /building/ });
      expect(interrupted).toMatchObject({ code: 130, stdout: 'building' });
      expect(interrupted.stderr).toContain('[cancelled]');
    }
    expect((await readdir(file('.'))).filter((name) => /interrupted|\.part$/.test(name))).toEqual([]);
  });

  it('compares two circuits and names the cell of an injected fault, on random inputs and on the test examples', async () => {
    const { bitstream } = sampleCircuit(repeatableNumbers(5), { widths: [784, 3, 10], inputBits: 8, goldenVectors: 0 });
    const [hidden, output] = countsOf(bitstream.network);
    const offsets = output.offsets.map((offset, index) => (index === 7 ? offset + 1 : offset));
    await writeFile(file('one.abit'), encodeBitstream(bitstream));
    await writeFile(
      file('other.abit'),
      encodeBitstream({ ...bitstream, network: networkOfCounts([hidden, { ...output, offsets }]) }),
    );
    const same = await adiabit(['diff', file('one.abit'), file('one.abit'), '--vectors', '20']);
    expect(same.code).toBe(0);
    expect(same.stderr + same.stdout).toContain('20 of 20 inputs get the same outputs');
    for (const inputs of [
      ['--vectors', '20'],
      ['--vectors', '20', '--data', file('digits')],
    ]) {
      const found = await adiabit(['diff', file('one.abit'), file('other.abit'), ...inputs, '--json']);
      expect(found.code).toBe(1);
      const { differing, first } = JSON.parse(found.stdout) as {
        differing: number;
        first: { vector: number; outputs: number[][]; cell: { cell: string } };
      };
      expect({ differing, vector: first.vector }).toEqual({ differing: 20, vector: 0 });
      expect(first.outputs[1].map((value, index) => value - first.outputs[0][index])).toEqual([
        0, 0, 0, 0, 0, 0, 0, 1, 0, 0,
      ]);
      expect(first.cell.cell).toContain('layer1.neuron7');
    }
  });

  it('tells how much of the circuit the test examples move, part by part, and names what they do not', async () => {
    const cover = (...more: string[]) => adiabit(['coverage', file('digits.abit'), ...more]);
    const { code, stdout } = await cover('--data', file('digits'), '--vectors', '60', '--list', '2');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^60 inputs toggle \d+\.\d\d % of [\d,]+ nets\n/);
    expect(stdout).toMatch(/ {2}layer0 +\d+\.\d\d % +[\d,]+ of [\d,]+\n/);
    expect(stdout.match(/^ {2}n\d+ never (moved|rose|fell): n\d+.* in \S+$/gm)).toHaveLength(2);
    const json = await cover('--vectors', '30', '--seed', '3', '--form', 'specialised', '--json');
    const result = JSON.parse(json.stdout) as ToggleCoverage;
    expect(result.vectors).toBe(30);
    expect(result.toggled + result.missed.length).toBe(result.nets);
    expect(result.toggled).toBeGreaterThan(result.nets / 2);
  });

  it('puts faults of every kind into any form of a circuit, and says why weights that are built in cannot flip', async () => {
    const faults = (...more: string[]) => {
      const few = ['--data', file('digits'), '--limit', '10', '--trials', '2'];
      return adiabit(['faults', file('digits.abit'), ...few, ...more]);
    };
    const drawn = await faults('--form', 'folded', '--flips', '0,2000', '--svg', file('faults.svg'), '--json');
    const { trials, sites } = JSON.parse(drawn.stdout) as {
      readonly trials: readonly { readonly flips: number; readonly accuracy: number }[];
      readonly sites: number;
    };
    expect(sites).toBeGreaterThan(784 * 128);
    expect(trials.map(({ flips }) => flips)).toEqual([0, 0, 2000, 2000]);
    expect(trials[0].accuracy).toBeGreaterThan(0.8);
    expect(await readFile(file('faults.svg'), 'utf8')).toContain('configuration bits flipped');
    const registers = await faults('--kind', 'registers', '--flips', '3');
    expect(registers.stdout).toMatch(/3 flipped in an inference +\d+\.\d\d %/);
    const stuck = await faults('--kind', 'stuck', '--form', 'specialised', '--flips', '1');
    expect(stuck.stdout).toMatch(/1 stuck +\d+\.\d\d %/);
    const refused = await faults('--form', 'specialised');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('built in') as string });
  }, 120_000);

  it('writes no circuit when its test bench cannot be written', async () => {
    for (const format of ['verilog', 'c']) {
      const output = file(`alone.${format}`);
      const { code } = await failure(
        ...['export', file('digits.abit'), '--format', format, '--output', output],
        ...['--testbench', file('no/such/folder/bench')],
      );
      expect(code).toBe(1);
    }
    expect((await readdir(file('.'))).filter((name) => name.startsWith('alone'))).toEqual([]);
  });

  it('writes the network as C that a strict compiler takes and that checks itself', async (context) => {
    const exported = await adiabit([
      ...['export', file('digits.abit'), '--format', 'c', '--testbench', file('check.c'), '--json'],
    ]);
    expect(exported.code).toBe(0);
    expect(JSON.parse(exported.stdout)).toMatchObject({ output: file('digits.c'), header: file('digits.h') });
    const refused = await adiabit(['export', file('digits.abit'), '--format', 'c', '--form', 'folded']);
    expect(refused.code).toBe(2);
    if (missingTools('gcc').length > 0) context.skip('gcc is not installed');
    const strict = ['-std=c99', '-Wall', '-Wextra', '-Werror', '-Wconversion'];
    execFileSync('gcc', [...strict, '-O2', '-o', file('check'), file('digits.c'), file('check.c')]);
    expect(execFileSync(file('check'), { encoding: 'utf8' })).toBe('PASS: 4 golden vectors\n');
  });

  it('exports the circuit for other tools', async () => {
    const [verilog, bench, drawing] = ['digits.v', 'digits_tb.v', 'neuron.dot'].map(file);
    const exported = await adiabit(['export', file('digits.abit'), '--testbench', bench, '--json']);
    expect(JSON.parse(exported.stdout)).toMatchObject({ output: verilog, format: 'verilog' });
    expect(await readFile(verilog, 'utf8')).toMatch(/^module \w+_layer0_neuron0 \($/m);
    expect(await readFile(bench, 'utf8')).toContain('VECTORS = 4;');
    const part = ['--format', 'dot', '--scope', 'layer1.neuron0', '-o', drawing];
    expect((await adiabit(['export', file('digits.abit'), ...part])).code).toBe(0);
    expect(await readFile(drawing, 'utf8')).toContain('"layer1.neuron0.popcount"');
    const drawn = [file('layer.svg'), file('neuron.svg')];
    for (const [index, scope] of [['layer1'], ['layer1.neuron0', '--cells']].entries()) {
      const arguments_ = ['--format', 'svg', '--scope', ...scope, '-o', drawn[index]];
      expect((await adiabit(['export', file('digits.abit'), ...arguments_])).code).toBe(0);
    }
    const [layer, neuron] = await Promise.all(drawn.map((name) => readFile(name, 'utf8')));
    expect(layer).toMatch(/^<\?xml[^]*<svg[^]*>neuron9<[^]*<\/svg>\s*$/);
    // All that comes from the layer before comes from one place.
    expect(layer.match(/>layer0</g)).toHaveLength(1);
    expect(neuron).toContain('>xnor<');
    expect(await failure('export', file('digits.abit'), '--format', 'svg', '--cells')).toMatchObject({
      code: 1,
      error: 'data.bad-value',
    });
    expect(await failure('export', file('digits.abit'), '--format', 'dot', '--scope', 'layer7')).toMatchObject({
      code: 1,
      error: 'netlist.bad-name',
    });
    expect((await adiabit(['export', file('digits.abit'), '--cells'])).code).toBe(2);
  });
});
