/** The folded circuit of a network of any operators: few units in space, many steps in time. */
export {
  elaborateFolded,
  elaborateLoadable,
  type FoldedCircuit,
  type LayerTiming,
  type LoadableFoldedCircuit,
} from './elaborate-folded.js';
export {
  checkFolding,
  foldingChoices,
  workCycles,
  type Folding,
  type FoldingChoices,
  type LayerChoices,
  type LayerFolding,
} from './folding.js';
export { streamHeads } from './streams.js';
export { unitsOf, type Unit } from './units.js';
