/**
 * Undoes, in place, the "median edge" prediction of LOCO-I (M. Weinberger, G. Seroussi, G. Sapiro, IEEE Transactions on
 * Image Processing 9, 2000) of planes of bytes: what is stored is the pixel less its prediction from the left, upper
 * and upper left neighbours, modulo 256. Some copies of data sets are kept so, because they pack better.
 */
export function undoMedianEdge(planes: Uint8Array, height: number, width: number): void {
  for (let start = 0; start < planes.length; start += height * width) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = start + y * width + x;
        const left = x > 0 ? planes[at - 1] : 0;
        const above = y > 0 ? planes[at - width] : 0;
        const corner = x > 0 && y > 0 ? planes[at - width - 1] : 0;
        planes[at] += y === 0 ? left : x === 0 ? above : predict(left, above, corner);
      }
    }
  }
}

function predict(left: number, above: number, corner: number): number {
  const low = Math.min(left, above);
  const high = Math.max(left, above);
  if (corner >= high) return low;
  return corner <= low ? high : left + above - corner;
}
