/**
 * The script that installs TensorFlow, in every place where it can fail. It is the real one; what it calls is in part
 * put in its way, for nobody has a wrong C library at hand, and no test receives 190 MB.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../sdk/bin/install-tensorflow.sh', import.meta.url));
const real = (tool: string): string => execFileSync('which', [tool], { encoding: 'utf8' }).trim();

/** What the script calls besides the tools that the tests exchange. */
const OTHERS = [
  'bash',
  'env',
  'cut',
  'sort',
  'head',
  'mktemp',
  'rm',
  'mkdir',
  'mv',
  'ln',
  'sed',
  'dirname',
  'cat',
  'du',
  'cp',
  'touch',
];

// Itself, not a shim that looks for it.
const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
/** Tools that do what the script needs of them, and nothing more. */
const working = {
  uname: 'echo "Linux x86_64"',
  getconf: 'echo "glibc 2.36"',
  // The package with its sources, without a network.
  npm: `while [ "$1" != --prefix ]; do shift || exit 0; [ $# -gt 0 ] || exit 0; done
package=$2/node_modules/@tensorflow/tfjs-node
mkdir -p $package/binding $package/dist/kernels $2/node_modules/node-api-headers/include
touch $package/dist/nodejs_kernel_backend.js $package/dist/kernels/TopK.js`,
  // pip fetches a wheel with the two libraries in it; all else is the real Python.
  python3: `wheel='import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/tensorflow_cpu-2.13.1-none.whl", "w") as wheel:
    for part in ("cc", "framework"):
        wheel.writestr("tensorflow/libtensorflow_%s.so.2" % part, b"library")'
case "$*" in
*"pip --version"*) ;;
*"pip download"*) while [ "$1" != --dest ]; do shift; done; exec ${python} -c "$wheel" "$2" ;;
*) exec ${python} "$@" ;;
esac`,
  'g++': 'while [ "$1" != -o ]; do shift; done; touch "$2"',
  node: 'case "$1" in -p) echo 8 ;; *) exit 0 ;; esac',
} as const;
type Tool = keyof typeof working;

let folder: string;
let project: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-install-'));
  project = join(folder, 'project');
  await mkdir(join(project, 'node_modules/@tensorflow/tfjs-node'), { recursive: true });
  await writeFile(join(project, 'node_modules/@tensorflow/tfjs-node/before'), '');
  await mkdir(join(folder, 'bin'));
  await Promise.all(OTHERS.map((tool) => symlink(real(tool), join(folder, 'bin', tool))));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs the script with these tools instead of those that work; `undefined`: there is none. */
async function install(instead: Partial<Record<Tool, string | undefined>> = {}) {
  for (const [tool, lines] of Object.entries({ ...working, ...instead })) {
    if (lines === undefined) continue;
    const path = join(folder, 'bin', tool);
    await writeFile(path, `#!${real('bash')}\n${lines}\n`);
    await chmod(path, 0o755);
  }
  const { status, stderr } = spawnSync(real('bash'), [script, project], {
    env: { PATH: join(folder, 'bin'), HOME: folder, TMPDIR: folder },
    encoding: 'utf8',
  });
  return { status, stderr };
}

const modules = (): Promise<string[]> => readdir(join(project, 'node_modules'));
const installed = (): Promise<string[]> => readdir(join(project, 'node_modules/@tensorflow/tfjs-node'));

describe('adiabit-install-tensorflow', () => {
  it('puts the package in the place of the one before when every step has passed', async () => {
    const { status, stderr } = await install();
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('tfjs-node 4.22.0 with TensorFlow 2.13.1');
    expect(await installed()).toEqual(expect.arrayContaining(['binding', 'deps', 'lib']));
    expect(await installed()).not.toContain('before');
    expect(await modules()).toEqual(['@tensorflow']);
  });

  it.each<[string, Partial<Record<Tool, string | undefined>>, RegExp]>([
    ['on another system', { uname: 'echo "Darwin arm64"' }, /the wheel is for Linux x64, this is Darwin arm64/],
    ['without a compiler', { 'g++': undefined }, /g\+\+ is missing .*apt-get install/],
    ['without pip', { python3: 'exit 1' }, /python3 has no pip .*python3-pip/],
    [
      'with a C library that is too old',
      { getconf: 'echo "glibc 2.12"' },
      /needs glibc 2\.17 or newer; this system has 2\.12/,
    ],
    ['with another C library', { getconf: 'exit 1' }, /needs glibc 2\.17 or newer; this system has another C library/],
    [
      'when npm cannot fetch',
      { npm: 'echo refused >&2; exit 1' },
      /refused[^]*failed while npm fetched @tensorflow\/tfjs-node/,
    ],
    [
      'when pip cannot fetch',
      { python3: `case "$*" in *'pip download'*) echo "no wheel" >&2; exit 1 ;; esac` },
      /no wheel[^]*failed while pip fetched the wheel of tensorflow-cpu 2\.13\.1/,
    ],
    [
      'when the wheel is none',
      {
        python3: `case "$*" in *'--version'*) ;; *download*) while [ "$1" != --dest ]; do shift; done; touch $2/tensorflow_cpu-x.whl ;; *) exec ${python} "$@" ;; esac`,
      },
      /failed while the C library was taken out of the wheel/,
    ],
    [
      'when the binding does not compile',
      { 'g++': 'echo "fatal error" >&2; exit 1' },
      /fatal error[^]*failed while g\+\+ compiled the binding/,
    ],
    [
      'when Node cannot load the binding',
      { node: 'case "$1" in -p) echo 8 ;; *) echo "another Node" >&2; exit 1 ;; esac' },
      /another Node[^]*failed while the new backend computed a product/,
    ],
  ])('says which step failed %s, and what still works, and changes nothing', async (_, instead, message) => {
    const { status, stderr } = await install(instead);
    expect(status, stderr).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).toContain('nothing was changed; training still runs on WebAssembly');
    expect(await installed()).toEqual(['before']);
    expect(await modules()).toEqual(['@tensorflow']);
  });

  it('asks for npm ci where there is no node_modules', async () => {
    await rm(join(project, 'node_modules'), { recursive: true });
    const { status, stderr } = await install();
    expect(status).toBe(1);
    expect(stderr).toContain('run npm ci there first');
  });
});
