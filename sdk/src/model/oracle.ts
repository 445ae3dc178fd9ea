/** The integer oracle of a model is that of its layers, which the simulator has for bitstreams too. */
export {
  argmax,
  createLayer,
  createOracle,
  valuesOfInput,
  type NetworkTrace as ModelTrace,
  type Oracle,
  type LayerFunction,
} from '@adiabit/simulator/network';
