/** Says who vouches for a bitstream: Ed25519 keys, signatures inside `.abit` files, and holding a file to a key. */
export { encryptPrivateKey } from './encrypt-key.js';
export { SignatureError, type SignatureErrorKind } from './errors.js';
export {
  fingerprint,
  fullFingerprint,
  generateKeys,
  hasPrivateKey,
  isEncrypted,
  publicKeyBytes,
  publicKeyOf,
  readPrivateKey,
  readPublicKey,
  type KeyPair,
} from './keys.js';
export { isTrustedKeysHeader, readTrustedKeysHeader, trustedKeysHeader, type TrustedKeys } from './trusted-keys.js';
export {
  suitEnvelope,
  suitIdentifiers,
  suitOf,
  SUIT_COMPONENT,
  uuidText,
  type SuitFacts,
  type SuitIdentifiers,
} from './suit/index.js';
export {
  manifestOf,
  namesFile,
  signBitstream,
  signKeyTable,
  verifySignature,
  type KeyTableOptions,
  type SigningOptions,
} from './sign.js';
