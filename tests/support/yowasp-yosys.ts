/**
 * Yosys from npm (YoWASP: WebAssembly), run like the command: its arguments, the files of the working folder.
 * For machines without the package of their distribution.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

interface YoWasp {
  readonly runYosys: (
    args: readonly string[],
    files: Readonly<Record<string, Uint8Array>>,
    options: {
      readonly stdout: (bytes: Uint8Array | null) => void;
      readonly stderr: (bytes: Uint8Array | null) => void;
    },
  ) => Promise<Readonly<Record<string, unknown>>>;
}

interface Exit {
  readonly code: number;
  readonly files: Readonly<Record<string, unknown>>;
}

// An optional package: it may be missing where this is compiled.
const packageName: string = '@yowasp/yosys';
const { runYosys } = (await import(packageName)) as YoWasp;

const names = readdirSync('.', { withFileTypes: true }).filter((entry) => entry.isFile());
const before = Object.fromEntries(names.map(({ name }) => [name, new Uint8Array(readFileSync(name))]));
const write = (bytes: Uint8Array | null): void => {
  if (bytes !== null) process.stdout.write(bytes);
};

let after: Readonly<Record<string, unknown>>;
try {
  after = await runYosys(process.argv.slice(2), before, { stdout: write, stderr: write });
} catch (error) {
  const { code, files } = error as Exit;
  if (typeof code !== 'number') throw error;
  process.exitCode = code;
  after = files;
}
for (const [name, content] of Object.entries(after)) {
  if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(name, content);
}
