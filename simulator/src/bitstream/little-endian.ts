/** Encodes 32-bit words as little-endian bytes, on machines of any byte order. */
export function littleEndianWords(words: Uint32Array | Int32Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => view.setUint32(index * 4, word >>> 0, true));
  return bytes;
}

/** Decodes the words of a payload. */
export const wordsOf = (payload: DataView): Uint32Array =>
  Uint32Array.from({ length: payload.byteLength / 4 }, (_, word) => payload.getUint32(word * 4, true));
