import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { adiabit } from '../support/cli.js';
import { useTrainedDigits } from '../support/trained-digits.js';

const { failure, file, train } = useTrainedDigits();

describe('training from the command line', () => {
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
});
