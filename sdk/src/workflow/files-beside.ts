import { readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { FormatError } from '@adiabit/simulator/errors';
import type { ReadExternal } from '../interchange/index.js';

/** Returns a reader of files in the folder of a file and in those below it, and of no others. */
export function readerBeside(file: string): ReadExternal {
  const folder = dirname(resolve(file));
  return (location) => {
    const path = resolve(folder, location);
    const inside = relative(folder, path);
    if (inside === '' || inside.startsWith(`..${sep}`) || inside === '..' || resolve(inside) === inside) {
      const message = `${file} keeps weights in "${location}", outside its folder. Export it anew.`;
      throw new FormatError('bad-value', message, { file, location });
    }
    return readFileSync(path);
  };
}
