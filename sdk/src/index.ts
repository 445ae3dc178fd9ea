/**
 * The Adiabit SDK: models, compilation and the link to devices. Training is in `@adiabit/sdk/train` and loads its
 * tensor library when it starts, so that importing this module costs next to nothing.
 */
export * from './model/index.js';
export * from './compile/index.js';
export * from './signature/index.js';
export { VERSION } from './version.js';
