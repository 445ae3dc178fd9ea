import { hexadecimal } from './hexadecimal.js';
import { wrongImage, type Program } from './program.js';

/** Fields of a block of a UF2 file (github.com/microsoft/uf2), all of 32 bits, little-endian. */
const BLOCK_BYTES = 512;
const FIELD = {
  magic0: 0,
  magic1: 4,
  flags: 8,
  address: 12,
  payloadBytes: 16,
  index: 20,
  count: 24,
  family: 28,
  data: 32,
  magicEnd: 508,
};
const MAGIC_0 = 0x0a324655;
const MAGIC_1 = 0x9e5d5157;
const MAGIC_END = 0x0ab16f30;
const DATA_BYTES = 476;
const FLAG_NOT_MAIN_FLASH = 0x0001;
const FLAG_FAMILY = 0x2000;

/** Families that a file may be taken for by mistake, from the list of that repository. */
const FAMILIES: Readonly<Record<number, string>> = {
  0xe48bff56: 'RP2040',
  0xe48bff57: 'RP2xxx, absolute',
  0xe48bff58: 'RP2xxx, data',
  0xe48bff59: 'RP2350 (Arm, secure)',
  0xe48bff5a: 'RP2350 (RISC-V)',
  0xe48bff5b: 'RP2350 (Arm, not secure)',
  0x68ed2b88: 'SAMD21',
  0x55114460: 'SAMD51',
  0xada52840: 'nRF52840',
  0x1b57745f: 'nRF52833',
  0x57755a57: 'STM32F4',
  0xbfdd4eee: 'ESP32-S2',
  0xd42ba06c: 'ESP32-C3',
  0xc47e5767: 'ESP32-S3',
};

/** Names a family: `RP2040 (0xE48BFF56)`. */
const familyName = (family: number): string => {
  const name = FAMILIES[family] as string | undefined;
  return name === undefined ? hexadecimal(family) : `${name} (${hexadecimal(family)})`;
};

/**
 * Reads a UF2 file whole and checks that every block is there, for the family given.
 * @returns what it writes into flash
 * @throws LoaderError `loader.wrong-image`
 */
export function readUf2(file: Uint8Array, family: number): Program {
  if (file.length === 0 || file.length % BLOCK_BYTES !== 0)
    throw wrongImage(`A UF2 file has blocks of ${BLOCK_BYTES} bytes; this one has ${file.length} bytes in all.`);
  const total = file.length / BLOCK_BYTES;
  return Array.from({ length: total }, (_, index) => {
    const start = file.byteOffset + index * BLOCK_BYTES;
    const block = new DataView(file.buffer, start, BLOCK_BYTES);
    const field = (name: keyof typeof FIELD): number => block.getUint32(FIELD[name], true);
    if (field('magic0') !== MAGIC_0 || field('magic1') !== MAGIC_1 || field('magicEnd') !== MAGIC_END)
      throw wrongImage(`Block ${index} is none of a UF2 file.`);
    const found = (field('flags') & FLAG_FAMILY) === 0 ? undefined : field('family');
    if (found !== family)
      throw wrongImage(
        `It is for ${found === undefined ? 'no family that it names' : familyName(found)}, the board is of the family ${familyName(family)}.`,
      );
    const payloadBytes = field('payloadBytes');
    const isWhole = field('index') === index && field('count') === total && payloadBytes <= DATA_BYTES;
    if (!isWhole || (field('flags') & FLAG_NOT_MAIN_FLASH) !== 0)
      throw wrongImage(`Block ${index} of ${total} is missing or damaged. Copy or build the file again.`);
    return { address: field('address'), bytes: new Uint8Array(file.buffer, start + FIELD.data, payloadBytes) };
  });
}
