/** Checks every promise a model makes about its own shape. */
export { validateNetwork as validateModel } from '@adiabit/simulator/network';
