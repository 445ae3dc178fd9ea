import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { holdersOf, parseLsof } from './port-holder.js';

describe('who holds a port', () => {
  it.runIf(process.platform === 'linux')(
    'is found by its open files on Linux; without one there is nobody',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'adiabit-'));
      const path = join(folder, 'port');
      const file = await open(path, 'w');
      expect((await holdersOf(path)).map(({ pid }) => pid)).toEqual([process.pid]);
      await file.close();
      expect(await holdersOf(path)).toEqual([]);
      await rm(folder, { recursive: true });
      expect(await holdersOf(path)).toEqual([]);
    },
  );

  it('is read from what lsof prints', () => {
    expect(parseLsof('p4121\ncarduino-cli\nf12\n')).toEqual([{ pid: 4121, program: 'arduino-cli' }]);
    expect(parseLsof('')).toEqual([]);
  });

  it('is not known on other systems', async () => {
    expect(await holdersOf('COM5', 'win32')).toEqual([]);
  });
});
