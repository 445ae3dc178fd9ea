/** Grey pictures [height, width] or colour ones [height, width, 3], a byte a value. */
export interface PictureTask {
  readonly kind: 'picture';
  /** The name, also of its folder where several tasks' data lie side by side. */
  readonly name: string;
  readonly shape: readonly [height: number, width: number] | readonly [height: number, width: number, channels: 3];
  /** The meaning of class 0, 1, ... */
  readonly classNames: readonly string[];
}

/** Clips of one channel, a mu-law byte a sample: shorter ones end in silence, longer ones are cut. */
export interface SoundTask {
  readonly kind: 'sound';
  readonly name: string;
  readonly shape: readonly [samples: number];
  readonly sampleRateHz: number;
  readonly classNames: readonly string[];
}

/** What a network learns from: what an example is, and which classes there are. */
export type Task = PictureTask | SoundTask;

const digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

export const handwrittenDigits: PictureTask = {
  kind: 'picture',
  name: 'mnist',
  shape: [28, 28],
  classNames: digits,
};

export const catsAndDogs: PictureTask = {
  kind: 'picture',
  name: 'dog-cat',
  shape: [64, 64],
  classNames: ['cat', 'dog'],
};

export const spokenDigits: SoundTask = {
  kind: 'sound',
  name: 'speech',
  shape: [8000],
  sampleRateHz: 8000,
  classNames: digits,
};

/** CIFAR-10, in the order of its labels. */
export const colourPictures: PictureTask = {
  kind: 'picture',
  name: 'cifar10',
  shape: [32, 32, 3],
  classNames: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
};

/** Writes text such as "64 x 64 grey pictures". */
export function describeTask(task: Task): string {
  if (task.kind === 'sound') {
    return `sounds of ${task.shape[0]} mu-law samples at ${task.sampleRateHz} Hz`;
  }
  const [height, width, channels] = task.shape;
  return `${height} x ${width} ${channels === 3 ? 'colour' : 'grey'} pictures`;
}

/** Returns what a folder for the task may hold, as the end of a sentence. */
export function folderContents({ kind, shape }: Task): string {
  const classFolders = `a folder for each class with ${kind === 'picture' ? 'PNG or JPEG pictures' : 'WAV sounds'}`;
  if (kind === 'sound') return `train-audio-idx2-ulaw and train-labels-idx1-ubyte, or ${classFolders}`;
  if (shape.length === 2) return `train-images-idx3-ubyte and train-labels-idx1-ubyte, or ${classFolders}`;
  return `data_batch_1.bin to data_batch_5.bin and test_batch.bin, or ${classFolders}`;
}
