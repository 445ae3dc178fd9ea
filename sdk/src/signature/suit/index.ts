/** Manifests as SUIT envelopes, for tools of vendors that speak SUIT. */
export { suitEnvelope, SUIT_COMPONENT, type SuitFacts } from './envelope.js';
export { suitIdentifiers, type SuitIdentifiers } from './identifiers.js';
export { suitOf } from './of-bitstream.js';
export { uuidText } from './uuid.js';
