/** C with constant weights: a header, a source, and a program that checks them. And a bitstream as an array in C. */
export { C_CHECK_PASS, writeCCheck } from './check.js';
export { flashArrayOf, writeFlashHeader, writeFlashSource, type FlashArray } from './flash.js';
export { cNetworkOf, writeCHeader, writeCSource, type CNetwork } from './source.js';
