import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { temporaryFolder } from './host-device.js';

/** An X display without a screen (Xvfb), whose picture can be taken. */
export interface VirtualDisplay {
  /** For the environment of a program, such as `:5`. */
  readonly name: string;
  /** Takes what a person would see. */
  picture(): Promise<{ readonly png: Uint8Array; readonly colours: number }>;
  close(): Promise<void>;
}

export async function openVirtualDisplay(width = 1320, height = 860): Promise<VirtualDisplay> {
  const folder = await temporaryFolder();
  const options = [
    '-displayfd',
    '1',
    '-screen',
    '0',
    `${width}x${height}x24`,
    '-fbdir',
    folder.path,
    '-nolisten',
    'tcp',
  ];
  const server = spawn('Xvfb', options, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [number] = (await once(server.stdout, 'data')) as [Buffer];
  return {
    name: `:${number.toString().trim()}`,
    picture: async () => pictureOf(await readFile(join(folder.path, 'Xvfb_screen0'))),
    close: async () => {
      const ended = once(server, 'exit');
      server.kill();
      await ended;
      await folder.dispose();
    },
  };
}

/** Reads an X window dump of 32 bits a pixel: sizes as numbers of 32 bits, a table of colours, then blue, green, red, nothing. */
function pictureOf(dump: Buffer): { readonly png: Uint8Array; readonly colours: number } {
  const field = (index: number): number => dump.readUInt32BE(4 * index);
  const [headerBytes, width, height, lineBytes, colourCount] = [field(0), field(4), field(5), field(12), field(19)];
  const from = headerBytes + 12 * colourCount;
  const data = new Uint8Array(3 * width * height);
  const colours = new Set<number>();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = dump.readUInt32LE(from + y * lineBytes + 4 * x) & 0xffffff;
      colours.add(pixel);
      data.set([pixel >> 16, (pixel >> 8) & 0xff, pixel & 0xff], 3 * (y * width + x));
    }
  }
  return { png: encode({ width, height, data, channels: 3, depth: 8 }), colours: colours.size };
}
