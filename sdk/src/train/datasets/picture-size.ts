import { FormatError } from '@adiabit/simulator/errors';

/**
 * Checks that a picture is not too large to decode.
 * @param mostPixels that can be decoded
 * @throws FormatError `format.bad-value` for a larger picture, with the size to scale it down to
 */
export function checkPictureSize(
  { width, height }: { readonly width: number; readonly height: number },
  mostPixels: number,
  file: string,
): void {
  if (width * height <= mostPixels) return;
  const scale = Math.sqrt(mostPixels / (width * height));
  const [fits, high] = [width, height].map((extent) => Math.max(1, Math.floor(extent * scale)));
  const message =
    `${file} has ${width} x ${height} pixels, more than can be decoded. Scale it down to ${fits} x ${high} or less: ` +
    'networks take far smaller ones anyway.';
  throw new FormatError('bad-value', message, { file, width, height });
}
