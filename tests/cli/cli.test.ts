import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { adiabit } from '../support/cli.js';
import { useTrainedDigits } from '../support/trained-digits.js';

const { failure, file, home } = useTrainedDigits();

describe('the command line', () => {
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
      layers: { shape: number[]; bits: { margins: number[]; nearest: unknown[] } }[];
    };
    expect(layers.map(({ shape }) => shape)).toEqual([[1, 1, 128]]);
    expect(layers.map(({ bits }) => [bits.margins.length, bits.nearest.length])).toEqual([[128, 8]]);
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
      'key',
      'sign',
      'verify',
      'devices',
      'flash',
      'run',
      'new-board',
      'build-board',
      'check-board',
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
