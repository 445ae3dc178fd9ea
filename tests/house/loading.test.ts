import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Says every module that is loaded, from the thread that loads. */
const hooks = `export async function load(url, context, next) { process._rawDebug(url); return next(url, context); }`;
const inData = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
const registration = inData(`import { register } from 'node:module'; register(${JSON.stringify(inData(hooks))});`);

/** Files that importing a door of the built packages loads. */
async function filesLoadedBy(door: string): Promise<readonly string[]> {
  const code = `await import(${JSON.stringify(door)});`;
  const options = ['--import', registration, '--input-type=module', '--eval', code];
  const { stderr } = await promisify(execFile)(process.execPath, options, { cwd: root });
  return stderr.split('\n').filter((line) => line.startsWith('file:'));
}

// An import costs a third of a millisecond a file, and more for what a library does at once. A bound has room for some files.
it.each([
  ['@adiabit/simulator', 75, /zod|vitest|avr8js|rp2040js/],
  ['@adiabit/simulator/errors', 5, /zod|noble/],
  ['@adiabit/sdk/config', 3, /zod|jiti|tensorflow|serialport/],
  ['@adiabit/sdk', 150, /tensorflow|mathjs|plot|linkedom|serialport|commander|boards|workers|zod/],
  // Its first use reads boards.json, by a schema of zod.
  ['@adiabit/sdk/device', 240, /tensorflow|mathjs|plot|linkedom|commander/],
  ['@adiabit/sdk/tfjs', 150, /tensorflow|mathjs\/lib\/esm|zod|plot|linkedom|serialport|commander|boards/],
  ['@adiabit/sdk/train', 290, /tensorflow|mathjs\/lib\/esm|plot|linkedom|serialport|commander|boards/],
])('importing %s loads at most %i files, and no library that its first use may not need', async (door, most, heavy) => {
  const files = await filesLoadedBy(door);
  expect(files.filter((file) => heavy.test(file.replace(root, '')))).toEqual([]);
  expect(files.length).toBeGreaterThan(0);
  expect(files.length).toBeLessThanOrEqual(most);
});
