/** Says who vouches for a bitstream: Ed25519 keys, signatures inside `.abit` files, and holding a file to a key. */
export { SignatureError, type SignatureErrorKind } from './errors.js';
export {
  fingerprint,
  generateKeys,
  publicKeyBytes,
  publicKeyOf,
  readPrivateKey,
  readPublicKey,
  type KeyPair,
} from './keys.js';
export {
  manifestOf,
  namesFile,
  signBitstream,
  signKeyTable,
  verifySignature,
  type KeyTableOptions,
  type SigningOptions,
} from './sign.js';
