/**
 * The Adiabit SDK: from a model file to a circuit and its bitstream, and who vouches for it. This is what those need who compile
 * once and run. All else is behind a door of its own (`@adiabit/sdk/train`, `@adiabit/sdk/device`, ...); `docs/packages.md` lists them.
 */
export type { BinarizedModel, BinaryDenseModel } from './model/model.js';
export { isBinaryDense } from './model/model.js';
export { loadModel, parseModel, saveModel, serializeModel } from './model/model-file.js';
export { createOracle, type Oracle } from './model/oracle.js';
export { compile, type Compilation, type CompileOptions, type CompileReport } from './compile/compile.js';
export { compileBitstream, type BitstreamCompilation, type BitstreamOptions } from './compile/compile-bitstream.js';
export { circuitOf, type BuiltCircuit, type CircuitForm, type CircuitGoals } from './compile/circuit-of.js';
export type { Form } from './compile/passes/index.js';
export { PackageError } from './packages/features.js';
export { readPrivateKey, readPublicKey, type KeyPair } from './signature/keys.js';
export { SignatureError, type SignatureErrorKind } from './signature/errors.js';
export { signBitstream, verifySignature } from './signature/sign.js';
export { VERSION } from './version.js';
