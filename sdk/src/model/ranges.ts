/** What the values of a model stay within. */
export {
  inputRange,
  layerRanges,
  rangeOf,
  weightedRange,
  type LayerRange,
  type Range,
} from '@adiabit/simulator/network';
