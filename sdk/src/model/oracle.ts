/** The integer oracle of a model is that of its operators, which the simulator has for bitstreams too. */
export {
  argmax,
  createOperator,
  createOracle,
  lessZeroPoints,
  type NetworkTrace as ModelTrace,
  type Oracle,
  type OperatorFunction as LayerOperator,
} from '@adiabit/simulator';
