/**
 * The use cases of Adiabit, for build scripts, the command line and desktop applications: they read and write files, tell an `Observer` how
 * far they are, stop when an AbortSignal fires, and never touch a console. `docs/guides/workflow.md` shows them at work.
 */
export type { Following, Note, Observer, Progress } from './observer.js';
export { STAGES, type Stage, type Summary, type Witness } from '../report/summary.js';
export type { Doubt } from './doubts.js';

export {
  loadData,
  loadDataFor,
  loadDataOf,
  takesDigits,
  taskOf,
  taskOfRecipe,
  type DataSource,
  type Described,
} from './data.js';
export {
  exampleFromFile,
  testExamples,
  vectorsFor,
  type ExampleSource,
  type TestExamples,
  type VectorSource,
} from './examples.js';

export { fitRecipe, type FitOptions, type FittedRecipe } from './fit-recipe.js';
export { forecast, type Forecast, type ForecastOptions } from './forecast.js';
export {
  summarize,
  type BoardOutlook,
  type FrozenOutlook,
  type NetworkOutlook,
  type SummarizeOptions,
} from './summarize.js';
export { boardFits, type BoardFit } from './board-table.js';
export { trainToFolder, type TrainToFolderOptions } from './train.js';
export type { ShippedNetwork, TrainingFiles, TrainingOutcome } from './training-outcome.js';
export { freezeNetwork, type FreezeOptions, type Freezing } from './freeze.js';
export { polishModel, whyNotPolished, type PolishModelOptions } from './polish.js';
export { writeTrainingReport } from './report.js';
export { reproduce, type Reproduced, type ReproduceOptions } from './reproduce.js';

export { compileToFile, type CompiledFile, type CompileToFileOptions } from './compile.js';
export {
  simulate,
  traceToFile,
  type SimulateOptions,
  type Simulation,
  type Trace,
  type TraceOptions,
} from './simulate.js';
export { Schematics, type Schematic, type SchematicEdge, type SchematicNode, type SchematicView } from './schematic.js';
export { inferencesInReach } from './reach.js';
export { exportToFile, type Exported, type ExportFormat, type ExportOptions } from './export.js';
export { importToFile, type ImportedFile, type ImportToFileOptions } from './import.js';
export {
  coverage,
  diff,
  explainExample,
  faults,
  type CircuitSource,
  type Coverage,
  type Difference,
  type ExplainedExample,
  type ExplainOptions,
  type Faults,
  type FaultsOptions,
} from './examine.js';

export { boardAt, freshBoardAt, openBoard, type BoardOpener, type BoardPlace, type OpenBoard } from './boards.js';
export { rotateKeys } from './keys.js';
export { flashBoard, flashBoards, readChecked, type CheckedBitstream, type FlashBoardOptions } from './flash.js';
export { provenanceOf, type Build, type Provenance } from './provenance.js';
export { writeFirmware, type WriteFirmwareOptions, type WrittenFirmware } from './write-firmware.js';
export { runOnBoard, type DeviceRun, type RunOptions } from './run.js';
export { parity, type Parity, type ParityOptions } from './parity.js';
export {
  layerParity,
  locateDifference,
  type DifferentLayer,
  type DifferentValue,
  type FirstDifference,
  type LayerParity,
} from './first-difference.js';
export { parityOnBoard, type DeviceParity, type DeviceParityOptions } from './device-parity.js';
export { demo, demoFiles, type DemoOptions } from './demo.js';
export { recordToFolder, type Recorded, type RecordOptions } from './record.js';

export {
  initProject,
  buildProject,
  checkProject,
  openProject,
  openRecipe,
  placesOf,
  trainProject,
  type BuildProjectOptions,
  type BuiltProject,
  type CheckedProject,
  type CheckProjectOptions,
  type InitProjectOptions,
  type NewProject,
  type OpenedProject,
  type OpenProjectOptions,
  type ProjectPlaces,
  type ProjectTraining,
  type TrainProjectOptions,
} from './project/index.js';
