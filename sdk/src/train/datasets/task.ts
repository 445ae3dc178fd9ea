/** Grey pictures [height, width] or colour ones [height, width, 3], a byte a value. */
export interface PictureTask {
  readonly kind: 'picture';
  /** Also the name of its folder where several tasks' data lie side by side. */
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
