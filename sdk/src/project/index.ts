/**
 * The config of a project, for `adiabit.config.ts`:
 *
 * ```ts
 * import { defineConfig } from '@adiabit/sdk/config';
 *
 * export default defineConfig({ name: 'digits', data: { format: 'mnist' }, recipe: 'mnist-demo' });
 * ```
 *
 * Importing it loads nothing else of the SDK.
 */
export {
  defineConfig,
  type BudgetsConfig,
  type CircuitConfig,
  type DataConfig,
  type FolderData,
  type MnistData,
  type PerTarget,
  type ProjectConfig,
  type ProjectRecipe,
  type SigningConfig,
  type TargetsConfig,
} from './config.js';
export {
  defineSweep,
  type BayesianSearch,
  type Choice,
  type GridSearch,
  type MedianRule,
  type RandomSearch,
  type Range,
  type Search,
  type SearchSpace,
  type SpaceValue,
  type SweepConfig,
} from './sweep-config.js';
