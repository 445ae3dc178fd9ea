import { execFile } from 'node:child_process';
import { copyFile, link, mkdir, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { adiabit } from '../support/cli.js';
import { useTrainedDigits } from '../support/trained-digits.js';

const { failure, file, train } = useTrainedDigits();

const main = fileURLToPath(new URL('../../sdk/dist/cli/main.js', import.meta.url));

/** Runs a script with a file system of its own in the folder DISK, which ends with it. */
async function onDisk(options: string, script: string): Promise<string> {
  await mkdir(file('disk'), { recursive: true });
  const mount = `mount -t tmpfs -o ${options} tmpfs "$DISK"`;
  const env = { ...process.env, DISK: file('disk'), FILES: file('.'), ADIABIT: `${process.execPath} ${main}` };
  const shell = `${mount} && { ${script}\n} 2>&1`;
  const { stdout } = await promisify(execFile)('unshare', ['-rm', 'sh', '-c', shell], { env });
  return stdout;
}

describe('a file that cannot be written', () => {
  it('on a full disk: the old one stays whole, nothing is left behind, and the message says so', async () => {
    const said = await onDisk(
      'size=64k',
      `cp "$FILES/digits.abit" "$DISK/kept.abit"; before=$(cksum < "$DISK/kept.abit")
       $ADIABIT export "$FILES/digits.abit" -o "$DISK/kept.abit"; echo "exit $?"
       $ADIABIT compile "$FILES/whole/mnist-demo.model.json" --golden 150 -o "$DISK/kept.abit"; echo "exit $?"
       $ADIABIT train --recipe mnist-demo --data "$FILES/digits" --backend wasm --out "$DISK"; echo "exit $?"
       test "$before" = "$(cksum < "$DISK/kept.abit")" && echo untouched
       ls -A "$DISK"`,
    );
    expect(said.match(/exit 1$/gm)).toHaveLength(3);
    expect(said.match(/the disk is full/g)).toHaveLength(3);
    expect(said).toMatch(/untouched\nkept\.abit\n$/);
    expect(said).not.toMatch(/ENOSPC|\.part|wrote/);
  });

  it('in a folder of a read-only disk: the message names the folder', async () => {
    const said = await onDisk(
      'size=64k',
      `mkdir "$DISK/out"; mount -o remount,ro "$DISK"
       $ADIABIT compile "$FILES/whole/mnist-demo.model.json" -o "$DISK/x.abit"; echo "exit $?"
       $ADIABIT train --recipe mnist-demo --data "$FILES/digits" --backend wasm --out "$DISK/out"; echo "exit $?"
       $ADIABIT train --recipe mnist-demo --data "$FILES/digits" --backend wasm --out "$DISK/new"; echo "exit $?"`,
    );
    expect(said.match(/exit 1$/gm)).toHaveLength(3);
    expect(said.match(/\[file\.read-only\]/g)).toHaveLength(3);
    expect(said).toContain(`its folder ${file('disk')} is read-only`);
    expect(said).not.toMatch(/EROFS|\.part|wrote/);
  });
});

describe('outputs that are an input, or each other, exit 2 before anything is written:', () => {
  /** Everything in the folder with its time, so that whatever is written shows. */
  const state = async (): Promise<string> => {
    const names = (await readdir(file('.'))).sort();
    const times = await Promise.all(names.map(async (name) => (await stat(file(name))).mtimeMs));
    return names.map((name, index) => `${name} ${times[index]}`).join('\n');
  };

  it('in every command, by the same name, another spelling, a link or a hard link', async () => {
    await copyFile(file('whole/mnist-demo.model.json'), file('m.model.json'));
    await copyFile(file('digits.abit'), file('c.abit'));
    for (const name of ['m.model.json', 'c.abit']) {
      await symlink(name, file(`link-${name}`));
      await link(file(name), file(`hard-${name}`));
    }
    await symlink('.', file('here'));
    expect((await adiabit(['key', 'new', file('ours')])).code).toBe(0);
    const spellings = (name: string) => [
      name,
      `../${basename(file('.'))}/${name}`,
      `link-${name}`,
      `hard-${name}`,
      `here/${name}`,
    ];
    const data = ['--data', file('digits')];
    const commands = [
      ...spellings('m.model.json').flatMap((name) => [
        ['compile', 'm.model.json', '-o', name],
        ['compile', 'm.model.json', '--netlist', name],
        ['simulate', 'c.abit', ...data, '--model', 'm.model.json', '--vcd', name],
      ]),
      ...spellings('c.abit').flatMap((name) => [
        ['compile', 'm.model.json', '-o', 'c.abit', '--netlist', name],
        ['export', 'c.abit', '-o', name],
        ['export', 'c.abit', '--testbench', name],
        ['export', 'c.abit', '--format', 'c', '--testbench', name],
        ['simulate', 'c.abit', ...data, '--vcd', name],
        ['explain', 'c.abit', ...data, '--svg', name],
        ['faults', 'c.abit', ...data, '--svg', name],
      ]),
      ['compile', 'm.model.json', '-o', 'new', '--netlist', './new'],
      ['compile', 'm.model.json', '-o', 'new', '--netlist', 'here/new'],
      ['compile', 'm.model.json', '--netlist', 'm.abit'],
      ['export', 'c.abit', '--testbench', 'c.v'],
      ['export', 'c.abit', '--format', 'c', '-o', 'n.c', '--testbench', 'n.h'],
      ['sign', 'c.abit', '--key', 'ours.key', '--product', 'acme', '--counter', '0', '-o', 'ours.key'],
      ['train', ...data, '--teacher', 'whole/training.checkpoint', '--out', 'whole', '--force'],
      ['explain', 'c.abit', ...data, '--svg', 'digits/train-images-idx3-ubyte'],
      ['demo', '--out', 'here', '--json', 'digits.model.json'],
    ];
    const before = await state();
    for (const args of commands) {
      const { code, stderr } = await adiabit(args, { cwd: file('.') });
      expect(code, `${args.join(' ')}: ${stderr}`).toBe(2);
      expect(stderr).toMatch(/would write over|name one file/);
    }
    expect(await state()).toBe(before);
  }, 240_000);

  it('but standard output takes an output, and words go to standard error', async () => {
    const args = ['export', file('c.abit'), '--format', 'blif', '-o'];
    const { code, stdout, stderr } = await adiabit([...args, '/dev/stdout']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^wrote/);
    await adiabit([...args, file('c.blif')]);
    expect(stdout).toBe(await readFile(file('c.blif'), 'utf8'));
    // A file that the shell opened is appended to where it stands, not replaced or cut off.
    const shell = `echo first > redirected; ${process.execPath} ${main} ${args.join(' ')} /dev/stdout >> redirected`;
    await promisify(execFile)('sh', ['-c', shell], { cwd: file('.') });
    expect(await readFile(file('redirected'), 'utf8')).toBe(`first\n${stdout}`);
    expect((await adiabit([...args, '/dev/stdout', '--json'])).code).toBe(2);
    expect((await adiabit([...args, '/dev/null'])).code).toBe(0);
  });
});

describe('what is there is not lost by a careless command', () => {
  it('a training is gone on with or begun anew only when that is asked for', async () => {
    const before = await readFile(file('whole/training.checkpoint'), 'base64');
    const { code, stderr } = await adiabit(train('whole'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/holds a training already: --resume .*--force/);
    expect((await adiabit(train('whole', '--resume', '--force'))).code).toBe(2);
    expect(await readFile(file('whole/training.checkpoint'), 'base64')).toBe(before);
    expect((await adiabit(train('whole', '--force'))).code).toBe(0);
    expect(await readFile(file('whole/training.checkpoint'), 'base64')).toBe(before);
  });

  it('--resume where there is nothing says so, once', async () => {
    const { code, stderr } = await adiabit(train('nothing', '--resume'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error [^\n]* holds no training to go on with\. Leave --resume out[^\n]*\n$/);
    await expect(stat(file('nothing'))).rejects.toThrow();
  });

  it('golden vectors that no board has room for are refused, and the good bitstream stays', async () => {
    const before = await readFile(file('digits.abit'));
    const args = ['compile', file('whole/mnist-demo.model.json'), '-o', file('digits.abit'), '--golden', '100000'];
    const refused = await failure(...args);
    expect(refused).toMatchObject({ code: 1, error: 'compile.budget-exceeded' });
    expect(refused.message).toContain('100,000 golden vectors');
    expect(await readFile(file('digits.abit'))).toEqual(before);
    const large = file('large.abit');
    const many = ['compile', file('whole/mnist-demo.model.json'), '-o', large, '--golden', '1200'];
    expect((await failure(...many)).error).toBe('compile.budget-exceeded');
    expect((await adiabit([...many, '--flash-bytes', '2000000'])).code).toBe(0);
    expect((await stat(large)).size).toBeGreaterThan(1200 * 784);
  });
});

it('threads are no more than cores and full passes of inputs', async () => {
  const args = ['simulate', file('digits.abit'), '--data', file('digits'), '--threads', '1000'];
  const { code, stdout } = await adiabit(args);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^engine: compiled \(WebAssembly SIMD\), \d+ vectors a pass$/m);
});

it('every "next:" line can be typed as it stands, in a folder with spaces and quotes', async () => {
  const folder = file(`it's "here"`);
  await mkdir(folder);
  const run = (args: readonly string[]) => adiabit(args, { cwd: folder });
  const next = (stdout: string): string => /^next: (.*)$/m.exec(stdout)?.[1] ?? '';
  const type = async (line: string): Promise<string> => {
    const shell = line.replace(/^adiabit/, `${process.execPath} ${main}`);
    return (await promisify(execFile)('sh', ['-c', shell], { cwd: folder })).stdout;
  };
  await symlink(file('digits'), `${folder}/my data`);
  const recipe = ['--recipe', 'mnist-demo', '--backend', 'wasm'];
  const trained = await run(['train', ...recipe, '--data', 'my data', '--out', 'my out']);
  expect(next(trained.stdout)).toBe("adiabit compile 'my out/mnist-demo.model.json' --data 'my data'");
  const compiled = await type(next(trained.stdout));
  const [simulate, flash] = next(compiled).split(', then ');
  expect(simulate).toContain("--data 'my data' --model 'my out/mnist-demo.model.json'");
  expect(flash).toBe("adiabit flash 'my out/mnist-demo.abit' --port PORT");
  expect(await type(simulate)).toContain('60 of 60 equal in every output');
  const made = await run(['key', 'new', 'my key']);
  const sign = next(made.stdout).replace('FILE', "'my out/mnist-demo.abit'").replace('NAME', 'acme').replace(/N$/, '1');
  expect(await type(sign)).toContain('signed by key');
  await writeFile(`${folder}/-x.model.json`, await readFile(`${folder}/my out/mnist-demo.model.json`));
  expect(next((await run(['compile', './-x.model.json'])).stdout)).toContain('--model ./-x.model.json');
  await rm(folder, { recursive: true });
});
