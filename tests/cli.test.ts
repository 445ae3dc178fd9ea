import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SPECIALISING_PASSES } from '@adiabit/sdk';
import { bitMatrixFrom, encodeBitstream } from '@adiabit/simulator';
import { adiabit } from './support/cli.js';
import { idxFile, writeEasyDigits } from './support/digits.js';
import { repeatableNumbers } from './support/numbers.js';
import { sampleCircuit } from './support/sample-circuits.js';

let folder: string;
const file = (name: string): string => join(folder, name);
const home = (): Record<string, string> => ({ ADIABIT_HOME: file('home') });

const train = (out: string, ...more: string[]): string[] => [
  ...['train', '--recipe', 'mnist-demo', '--data', file('digits'), '--backend', 'wasm', '--out', file(out)],
  ...more,
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-cli-'));
  await writeEasyDigits(file('digits'));
  const trained = await adiabit(train('whole'));
  expect(trained.stderr).toBe('');
  expect(trained.code).toBe(0);
  const compiled = await adiabit(['compile', file('whole/mnist-demo.model.json'), '-o', file('digits.abit')]);
  expect(compiled.code).toBe(0);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const failure = (...args: string[]) => failureWith(home(), ...args);

/** Exit code and error of a command that must fail, as a script sees them. */
async function failureWith(env: Readonly<Record<string, string>>, ...args: string[]) {
  const { code, stdout } = await adiabit([...args, '--json'], { env });
  const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
  return { code, error: error.code, message: error.message };
}

describe('the command line', () => {
  it('says why options of export do not go together, where it once said nothing', async () => {
    const { code, stderr } = await adiabit(['export', file('digits.abit'), '--format', 'blif', '--testbench', 'x.v']);
    expect(code).toBe(2);
    expect(stderr).toContain('--testbench belongs to --format verilog');
  });

  it('explains an answer: the class and outputs that the simulator gives, and a drawing', async () => {
    const picture = file('why.svg');
    const explained = await adiabit([
      ...['explain', file('digits.abit'), '--data', file('digits'), '--index', '3', '--svg', picture, '--json'],
    ]);
    expect(explained.code).toBe(0);
    const {
      class: answer,
      outputs,
      layers,
    } = JSON.parse(explained.stdout) as {
      class: number;
      outputs: { class: number; output: number }[];
      layers: { neurons: unknown[] }[];
    };
    expect(layers.map(({ neurons }) => neurons.length)).toEqual([128]);
    expect(Math.max(...outputs.map(({ output }) => output))).toBe(outputs[answer].output);
    expect(await readFile(picture, 'utf8')).toMatch(/^<svg/);
    expect(await failure('explain', file('digits.abit'), '--data', file('digits'), '--index', '999')).toMatchObject({
      error: 'data.not-found',
    });
  });

  it('goes the whole path: train, compile, simulate, flash, run, with every output equal', async () => {
    const data = ['--data', file('digits')];
    const model = file('whole/mnist-demo.model.json');
    const simulated = await adiabit(['simulate', file('digits.abit'), ...data, '--model', model, '--json']);
    const result = JSON.parse(simulated.stdout) as {
      accuracy: number;
      witnesses: { vectors: number; mismatches: number }[];
    };
    expect(simulated.code).toBe(0);
    expect(result.accuracy).toBeGreaterThan(0.9);
    expect(result.witnesses.map(({ vectors, mismatches }) => [vectors, mismatches])).toEqual([
      [4, 0],
      [60, 0],
    ]);

    const flashed = await adiabit(['flash', file('digits.abit'), '--port', 'virtual:rp2040', '--json'], {
      env: home(),
    });
    expect(flashed.stderr).not.toContain('error');
    expect(JSON.parse(flashed.stdout)).toMatchObject({ goldenVectors: 4, resends: 0 });
    // Another process: the emulated board kept its flash, as a real one would.
    const ran = await adiabit(
      ['run', file('digits.abit'), '--port', 'virtual:rp2040', ...data, '--count', '20', '--json'],
      { env: home() },
    );
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ board: 'rp2040', witness: { vectors: 20, mismatches: 0 } });

    const listed = await adiabit(['devices', '--port', 'virtual:rp2040'], { env: home() });
    expect(listed.stdout).toMatch(/slot \d: confirmed, running, \d+ bytes/);
  });

  it('resumes a killed training to the same bytes as one that was never stopped', async () => {
    const killed = await adiabit(train('killed'), { killWhen: / 5\/16 / });
    expect(killed.code).toBeNull();
    const resumed = await adiabit(train('killed', '--resume'));
    expect(resumed.stdout).toMatch(/resuming after epoch \d/);
    expect(resumed.code).toBe(0);
    const [whole, again] = await Promise.all(
      ['whole', 'killed'].map((run) => readFile(file(`${run}/mnist-demo.model.json`), 'utf8')),
    );
    expect(again).toBe(whole);
  });

  it('reproduces a family in every mode, killed and gone on with, to the table of one that was never stopped', async () => {
    const reproduce = (out: string): string[] => [
      ...['reproduce', 'mnist', '--modes', 'activations,both', '--seeds', '1', '--backend', 'wasm'],
      ...['--data', file('digits'), '--out', file(out)],
    ];
    const killed = await adiabit(reproduce('reproduce-killed'), { killWhen: /mode both, seed 1[^]* 7\/29 / });
    expect(killed.code).toBeNull();
    const resumed = await adiabit(reproduce('reproduce-killed'));
    expect(resumed.stdout).toMatch(/mode activations, seed 1\n {2}finished before[^]*resuming after epoch \d/);
    expect(resumed.code).toBe(0);
    const whole = await adiabit(reproduce('reproduce-whole'));
    expect(whole.code).toBe(0);
    const results = async (out: string): Promise<string> =>
      (await readFile(file(`${out}/mnist-modes.json`), 'utf8')).replace(/"seconds(Mean)?": .*/g, '');
    expect(await results('reproduce-killed')).toBe(await results('reproduce-whole'));
    expect(await readFile(file('reproduce-killed/mnist-modes.svg'), 'utf8')).toBe(
      await readFile(file('reproduce-whole/mnist-modes.svg'), 'utf8'),
    );
    const other = await failure(...reproduce('reproduce-whole'), '--backend', 'cpu');
    expect(other).toMatchObject({ code: 1, error: 'format.bad-value' });
    expect(other.message).toContain('mnist-activations-seed-1');
    expect((await failure('reproduce', 'mnist', '--modes', 'half')).code).toBe(2);
  });

  it('stops on Ctrl-C with exit code 130 and says how to go on', async () => {
    const { code, stderr } = await adiabit(train('interrupted'), { interruptWhen: / 3\/16 / });
    expect(code).toBe(130);
    expect(stderr).toMatch(/training\.checkpoint holds the state after epoch \d+: resume/);
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

  it('shifts the configuration in through the scan chains, a bit a cycle, and runs what came in', async () => {
    const { bytes } = sampleCircuit(repeatableNumbers(3), { widths: [784, 2, 10], inputBits: 8, goldenVectors: 3 });
    await writeFile(file('scanned.abit'), bytes);
    const scan = [file('scanned.abit'), '--data', file('digits'), '--form', 'scan', '--json'];
    const { loadingCycles, witnesses } = JSON.parse((await adiabit(['simulate', ...scan])).stdout) as {
      loadingCycles: number;
      witnesses: { vectors: number; mismatches: number }[];
    };
    expect(loadingCycles).toBeGreaterThan(784 * 2 + 2 * 10);
    const traced = await adiabit(['simulate', ...scan, '--vcd', file('scan.vcd')]);
    expect(traced).toMatchObject({ code: 2, stderr: expect.stringContaining('leave --form scan out') as string });
    expect(witnesses).toMatchObject([{ vectors: 3, mismatches: 0 }]);
    expect((await adiabit(['simulate', ...scan, '--threads', '2'])).code).toBe(2);
  });

  it('compares two circuits and names the cell of an injected fault, on random inputs and on the test examples', async () => {
    const { bitstream } = sampleCircuit(repeatableNumbers(5), { widths: [784, 3, 10], inputBits: 8, goldenVectors: 0 });
    const [hidden, output] = bitstream.configuration;
    const offsets = output.offsets.map((offset, index) => (index === 7 ? offset + 1 : offset));
    await writeFile(file('one.abit'), encodeBitstream(bitstream));
    await writeFile(
      file('other.abit'),
      encodeBitstream({ ...bitstream, configuration: [hidden, { ...output, offsets }] }),
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

  it('exports the circuit for other tools', async () => {
    const [verilog, bench, drawing] = ['digits.v', 'digits_tb.v', 'neuron.dot'].map(file);
    const exported = await adiabit(['export', file('digits.abit'), '--testbench', bench, '--json']);
    expect(JSON.parse(exported.stdout)).toMatchObject({ output: verilog, format: 'verilog' });
    expect(await readFile(verilog, 'utf8')).toMatch(/^module \w+_layer0_neuron0 \($/m);
    expect(await readFile(bench, 'utf8')).toContain('VECTORS = 4;');
    const part = ['--format', 'dot', '--scope', 'layer1.neuron0', '-o', drawing];
    expect((await adiabit(['export', file('digits.abit'), ...part])).code).toBe(0);
    expect(await readFile(drawing, 'utf8')).toContain('"layer1.neuron0.popcount"');
    expect(await failure('export', file('digits.abit'), '--format', 'dot', '--scope', 'layer7')).toMatchObject({
      code: 1,
      error: 'netlist.bad-name',
    });
    expect((await adiabit(['export', file('digits.abit'), '--cells'])).code).toBe(2);
  });

  it('teaches in its help, and exits 2 on wrong usage', async () => {
    const help = await adiabit(['--help']);
    expect(help.code).toBe(0);
    for (const command of [
      'demo',
      'train',
      'reproduce',
      'compile',
      'simulate',
      'export',
      'keygen',
      'sign',
      'verify',
      'devices',
      'flash',
      'run',
      'doctor',
    ]) {
      expect(help.stdout).toContain(`  ${command} `);
    }
    expect((await adiabit(['flash', 'x.abit'])).code).toBe(2);
    expect((await adiabit(['fly'])).code).toBe(2);
    expect((await adiabit(['train', '--recipe', 'nonsense'])).code).toBe(2);
  });

  it('says in doctor what will run', async () => {
    const { stdout } = await adiabit(['doctor', '--json']);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; state: string; detail: string }[] };
    expect(checks.find(({ name }) => name === 'node')?.state).toBe('ok');
    const backends = checks.filter(({ name, state }) => name.startsWith('training backend') && state === 'ok');
    expect(backends.filter(({ detail }) => detail.startsWith('will run'))).toHaveLength(1);
    for (const { detail } of backends) expect(detail).toMatch(/kernels: \d+ of TensorFlow\.js, \d+ of our own/);
    expect(checks.find(({ name }) => name === 'simulation engine')?.state).toBe('ok');
  });
});

describe('bad input gets exit code 1, its typed error and advice:', () => {
  const damaged = async (name: string, change: (bytes: Buffer) => Buffer): Promise<string> => {
    await writeFile(file(name), change(await readFile(file('digits.abit'))));
    return file(name);
  };

  it('a truncated bitstream', async () => {
    const path = await damaged('short.abit', (bytes) => bytes.subarray(0, 1000));
    expect(await failure('simulate', path)).toMatchObject({ code: 1, error: 'format.truncated' });
  });

  it('a bit-flipped bitstream, on every command that reads one, before a port is opened', async () => {
    const path = await damaged('flipped.abit', (bytes) => {
      bytes[5000] ^= 4;
      return bytes;
    });
    expect(await failure('simulate', path)).toMatchObject({ code: 1, error: 'format.digest-mismatch' });
    expect(await failure('flash', path, '--port', '/dev/not-there')).toMatchObject({ error: 'format.digest-mismatch' });
  });

  it('a bitstream of a newer version', async () => {
    const path = await damaged('newer.abit', (bytes) => {
      bytes[4] = 9;
      return bytes;
    });
    const { error, message } = await failure('simulate', path);
    expect(error).toBe('format.unsupported-version');
    expect(message).toContain('Update Adiabit');
  });

  it('an IDX file with the wrong magic or the wrong size', async () => {
    await writeEasyDigits(file('magic'), 20, 10);
    await writeFile(file('magic/train-images-idx3-ubyte'), 'GIF89a, not an IDX file at all');
    expect(await failure('train', '--data', file('magic'), '--out', file('x'))).toMatchObject({
      code: 1,
      error: 'format.bad-magic',
    });
    await writeEasyDigits(file('size'), 20, 10);
    await writeFile(file('size/train-images-idx3-ubyte'), idxFile([20, 28, 28], new Uint8Array(100)));
    expect(await failure('train', '--data', file('size'), '--out', file('x'))).toMatchObject({
      code: 1,
      error: 'format.truncated',
    });
  });

  it('a folder without data', async () => {
    expect(await failure('train', '--data', file('nowhere'), '--out', file('x'))).toMatchObject({
      code: 1,
      error: 'data.not-found',
    });
  });

  it('a model file with a wrong shape', async () => {
    const model = JSON.parse(await readFile(file('whole/mnist-demo.model.json'), 'utf8')) as {
      layers: { inputs: number }[];
    };
    model.layers[1].inputs = 127;
    await writeFile(file('shape.model.json'), JSON.stringify(model));
    const { code, error, message } = await failure('compile', file('shape.model.json'));
    expect({ code, error }).toEqual({ code: 1, error: 'model.shape-mismatch' });
    expect(message).toContain('Layer 1');
  });

  it('a file that is not there', async () => {
    expect(await failure('simulate', file('gone.abit'))).toMatchObject({ code: 1, error: 'data.not-found' });
    expect(await failure('compile', file('gone.model.json'))).toMatchObject({ code: 1, error: 'data.not-found' });
  });

  it('a board that another process holds, or whose flash cannot be kept', async () => {
    const boards = file('held/boards');
    await mkdir(boards, { recursive: true });
    await writeFile(join(boards, 'rp2040.flash.lock'), String(process.pid));
    const held = await failureWith(
      { ADIABIT_HOME: file('held') },
      'flash',
      file('digits.abit'),
      '--port',
      'virtual:rp2040',
    );
    expect(held).toMatchObject({ code: 1, error: 'transport.port-busy' });
    expect(held.message).toContain(String(process.pid));
    await mkdir(file('blocked/boards/rp2040.flash'), { recursive: true });
    const blocked = await failureWith(
      { ADIABIT_HOME: file('blocked') },
      'flash',
      file('digits.abit'),
      '--port',
      'virtual:rp2040',
    );
    expect(blocked).toMatchObject({ code: 1, error: 'transport.permission-denied' });
  });

  it('a flash file of the wrong size for an emulated board', async () => {
    for (const [board, bytes] of [
      ['uno', 1000],
      ['rp2040', 3 * 1024 * 1024],
    ] as const) {
      const kept = file(`foreign/boards/${board}.flash`);
      await mkdir(file('foreign/boards'), { recursive: true });
      await writeFile(kept, new Uint8Array(bytes));
      const args = ['flash', file('digits.abit'), '--port', `virtual:${board}`];
      const foreign = await failureWith({ ADIABIT_HOME: file('foreign') }, ...args);
      expect(foreign).toMatchObject({ code: 1, error: 'format.bad-value' });
      expect(foreign.message).toContain(`${bytes} bytes`);
      expect(foreign.message).toContain(kept);
      expect((await readFile(kept)).length).toBe(bytes);
    }
  });

  it('a board that runs another circuit than the one named', async () => {
    const env = { ADIABIT_HOME: file('other') };
    const data = ['--data', file('digits')];
    const ran = await failureWith(env, 'run', file('digits.abit'), '--port', 'virtual:rp2040', ...data);
    expect(ran).toMatchObject({ code: 1, error: 'flash.slot-unavailable' });
    expect(ran.message).toContain('no circuit');
  });

  it('counts of nothing, and usage errors as JSON too', async () => {
    for (const args of [
      ['simulate', file('digits.abit'), '--limit', '0'],
      ['run', file('digits.abit'), '--port', 'virtual:rp2040', '--count', '0'],
      ['compile', file('whole/mnist-demo.model.json'), '--golden', '0'],
      ['demo', '--digits', '0'],
      ['train', '--seed', '99999999999999999999'],
    ]) {
      expect(await failure(...args), args.join(' ')).toMatchObject({ code: 2, error: 'usage' });
    }
  });

  it('an output that cannot be written', async () => {
    const compiled = await failure('compile', file('whole/mnist-demo.model.json'), '-o', file('no/such/folder/x.abit'));
    expect(compiled).toMatchObject({ code: 1, error: 'system.enoent' });
  });

  it('a port that does not exist', async () => {
    const real = await failure('flash', file('digits.abit'), '--port', '/dev/ttyNOWHERE');
    expect(real).toMatchObject({ code: 1, error: 'transport.not-found' });
    expect(await failure('run', file('digits.abit'), '--port', 'virtual:z80', '--data', file('digits'))).toMatchObject({
      code: 1,
      error: 'transport.not-found',
    });
  });

  it('a bitstream that is too large for the board, with bytes needed and available, and nothing written', async () => {
    const outputs = 3000;
    const layers = [
      { kind: 'dense' as const, activation: 'threshold' as const, inputs: 784, outputs, inputBits: 8, shift: 0 },
      { kind: 'dense' as const, activation: 'integer' as const, inputs: outputs, outputs: 2, inputBits: 1, shift: 0 },
    ];
    const none = { thresholds: new Uint32Array(), offsets: new Int32Array() };
    const bytes = encodeBitstream({
      architecture: { layers },
      configuration: [
        { ...none, weights: bitMatrixFrom(outputs, 784, () => true), thresholds: new Uint32Array(outputs) },
        { ...none, weights: bitMatrixFrom(2, outputs, () => true), offsets: new Int32Array(2) },
      ],
      goldenVectors: [],
      description: { name: 'large', modelDigest: '', compiler: '' },
    });
    await writeFile(file('large.abit'), bytes);
    const { code, error, message } = await failure('flash', file('large.abit'), '--port', 'virtual:rp2040');
    expect({ code, error }).toEqual({ code: 1, error: 'flash.too-large' });
    expect(message.replace(/\D/g, ' ')).toContain(String(bytes.length));
    expect(message).toMatch(/nothing was written/i);
  });
});
