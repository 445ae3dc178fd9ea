/** C with constant weights: a header, a source, and a program that checks them. */
export { C_CHECK_PASS, writeCCheck } from './check.js';
export { cNetworkOf, writeCHeader, writeCSource, type CNetwork } from './source.js';
