import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

/** The bytes of memory in one packet. QEMU takes packets of 4096 characters, two a byte. */
const PIECE_BYTES = 1024;

/**
 * Writes memory of a machine that QEMU has stopped before its first instruction, then starts it. It uses GDB's remote
 * protocol, because QEMU's monitor can read memory but not write it. Read-only memory is written, too.
 *
 * @param path of the Unix socket that `-gdb` names
 * @throws Error if QEMU refuses or has ended
 */
export async function writeMemoryAndRun(path: string, address: number, bytes: Uint8Array): Promise<void> {
  const socket = createConnection(path);
  try {
    await once(socket, 'connect');
    for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES) {
      const piece = Buffer.from(bytes.subarray(offset, offset + PIECE_BYTES));
      const place = `${(address + offset).toString(16)},${piece.length.toString(16)}`;
      await command(socket, `M${place}:${piece.toString('hex')}`);
    }
    await command(socket, 'D');
  } finally {
    socket.destroy();
  }
}

/** Sends one packet, with its checksum, and waits for `OK`. */
async function command(socket: Socket, text: string): Promise<void> {
  const sum = Buffer.from(text).reduce((total, byte) => (total + byte) & 0xff, 0);
  socket.write(`$${text}#${sum.toString(16).padStart(2, '0')}`);
  let answer = '';
  for (;;) {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    answer += bytes.toString('latin1');
    const match = /\$([^#]*)#[0-9a-f]{2}/.exec(answer);
    if (!match) continue;
    socket.write('+');
    if (match[1] !== 'OK') throw new Error(`QEMU refuses to write its memory: ${match[1]}.`);
    return;
  }
}
