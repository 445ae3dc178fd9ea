/** Tells whether the bytes and texts in plain data stay within a limit. Every other value counts eight bytes. */
export function isWithin(value: unknown, limitBytes: number): boolean {
  let left = limitBytes;
  const seen = new Set<object>();
  const waiting: unknown[] = [value];
  while (waiting.length > 0 && left >= 0) {
    const one = waiting.pop();
    if (typeof one === 'string') left -= 2 * one.length;
    else if (ArrayBuffer.isView(one) || one instanceof ArrayBuffer) left -= one.byteLength;
    else {
      left -= 8;
      if (typeof one !== 'object' || one === null || seen.has(one)) continue;
      seen.add(one);
      if (one instanceof Map || one instanceof Set) for (const entry of one) waiting.push(entry);
      else for (const [key, entry] of Object.entries(one)) waiting.push(key, entry);
    }
  }
  return left >= 0;
}
