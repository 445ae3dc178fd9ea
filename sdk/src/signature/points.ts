/** Which 32 bytes are a public key of Ed25519 at all (RFC 8032, section 5.1.3), and which of those protect nothing. */

const FIELD_PRIME = 2n ** 255n - 19n;
const BYTES = 32;
/** Bit 255 is the sign of x. */
const SIGN_BIT = 0x80;

/**
 * Points of small order, as they are encoded with a positive sign: 0, 1, -1, two of order 8, and 0 and 1 as p and p +
 * 1. Anybody can sign for them.
 */
const WEAK_KEYS = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]);

function withoutSign(publicKey: Uint8Array): Buffer {
  const unsigned = Buffer.from(publicKey);
  unsigned[BYTES - 1] &= ~SIGN_BIT;
  return unsigned;
}

/** Tells whether anybody can sign for a key. */
export const isWeak = (publicKey: Uint8Array): boolean => WEAK_KEYS.has(withoutSign(publicKey).toString('hex'));

/**
 * Tells whether bytes are a point of the curve, written in the one way that RFC 8032 allows. For others nobody can sign, so firmware that
 * trusted them would be locked for good.
 */
export function isPoint(publicKey: Uint8Array): boolean {
  if (publicKey.length !== BYTES) return false;
  const y = BigInt(`0x${withoutSign(publicKey).reverse().toString('hex')}`);
  if (y >= FIELD_PRIME) return false;
  // x^2 = (y^2 - 1) / (d y^2 + 1) with d = -121665 / 121666. A quotient is a square if and only if the product is one.
  const y2 = (y * y) % FIELD_PRIME;
  const numerator = 121_666n * (y2 - 1n + FIELD_PRIME);
  const denominator = (FIELD_PRIME - 121_665n) * y2 + 121_666n;
  return isSquare((numerator * denominator) % FIELD_PRIME);
}

/** Tells it by Euler's criterion. */
const isSquare = (value: bigint): boolean => power(value, (FIELD_PRIME - 1n) / 2n) <= 1n;

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, base];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % FIELD_PRIME;
    square = (square * square) % FIELD_PRIME;
  }
  return result;
}
