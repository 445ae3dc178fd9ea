import { bytes } from '../../text/format.js';
import type { WrittenFirmware } from '../../workflow/index.js';
import { signatureNote } from '../board-place.js';
import type { Terminal } from '../terminal.js';

/** Says what firmware is on a board now. */
export function printFirmware(terminal: Terminal, written: WrittenFirmware): void {
  const { board, bytes: size, isVerified, place, hello } = written;
  terminal.say(`${board}: ${bytes(size)} written over ${place}${isVerified ? ', read back and compared' : ''}`);
  if (hello === undefined) terminal.say('  it was not asked for its hello: adiabit devices shows whether it runs');
  else
    terminal.say(`  it says hello: firmware ${hello.firmware.major}.${hello.firmware.minor}, ${signatureNote(hello)}`);
  terminal.result(written);
}
