import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { HOST_BINARY } from './host-firmware.js';

function host(parameters: readonly string[], input: Uint8Array): Buffer {
  const { status, stdout, stderr } = spawnSync(HOST_BINARY, parameters, { input, maxBuffer: 1 << 28 });
  if (status !== 0)
    throw new Error(`adiabit-host ${parameters.join(' ')}: status ${String(status)}\n${String(stderr)}`);
  return stdout;
}

/** Statuses with which the firmware's reader answers bitstreams (0: accepted). Sanitizer findings throw. */
export function checkBitstreams(bitstreams: readonly Uint8Array[]): number[] {
  const records = bitstreams.flatMap((bytes) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  return host(['check'], Buffer.concat(records)).toString().trim().split('\n').map(Number);
}

/** RAM in bytes that the firmware wants for a bitstream. */
export function workBytesOnDevice(bytes: Uint8Array, path: string): number {
  writeFileSync(path, bytes);
  return Number(host(['memory', path], new Uint8Array()).toString());
}

/** The kernels of the firmware; each board has one of them. */
export const KERNELS = ['reference', 'popcount', 'carry-save', 'sums', 'bytes'] as const;
export type Kernel = (typeof KERNELS)[number];

/** Outputs of the firmware's runner for inputs as they travel, all in one array. It gets `room` bytes more memory than it needs. */
export function runBitstream(
  bytes: Uint8Array,
  inputs: readonly Uint8Array[],
  path: string,
  kernel: Kernel = 'sums',
  room = 0,
): Int32Array {
  writeFileSync(path, bytes);
  const output = host(['run', path, '--kernel', kernel, String(room)], Buffer.concat(inputs));
  return new Int32Array(output.buffer.slice(output.byteOffset, output.byteOffset + output.length));
}
