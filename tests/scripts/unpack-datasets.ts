/**
 * Unpacks the project's copies of the data sets into plain IDX and CIFAR-10 files, one folder a task, as `--data` takes
 * them:
 *
 *   npx tsx tests/scripts/unpack-datasets.ts FROM TO [mnist dog-cat speech cifar10]
 *   npx tsx tests/scripts/unpack-datasets.ts --speech-by-take FROM TO
 *   npx tsx tests/scripts/unpack-datasets.ts --speech-testing SPEAKER FROM TO
 *
 * Spoken digits are split by speaker: nobody who is tested was heard in training. The second form splits them by take, as
 * their authors do: takes 0 to 4 of every speaker test, 5 to 9 validate, the others train. The third tests with another
 * speaker than yweweler, and validates with the one before in the alphabet (yweweler before george).
 *
 * Pictures in files with `.med` in their names are kept as what a prediction leaves; their README says how to undo it.
 */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { undoMedianEdge } from '../../sdk/src/train/testing/median-edge.js';

const folders: Readonly<Record<string, string>> = {
  mnist: 'mnist',
  'dog-cat': 'dogs-vs-cats',
  speech: 'spoken-digits',
  cifar10: 'cifar10',
};

const cifarSide = 32;
const cifarRecord = 1 + 3 * cifarSide * cifarSide;

/** Unpacks the tasks' folders of `from` into `to`, and leaves out what training takes no notice of. */
export async function unpackDatasets(
  from: string,
  to: string,
  tasks: readonly string[] = Object.keys(folders),
): Promise<void> {
  for (const task of tasks) {
    const source = join(from, folders[task]);
    await mkdir(join(to, task), { recursive: true });
    for (const name of await readdir(source)) {
      const plain = name
        .replace(/^train-a-/, 'train-')
        .replace(/\.med/, '')
        .replace(/\.gz$/, '');
      if (!/^(data_batch_\d|test_batch)\.bin$|-(images|audio|labels)-/.test(plain)) continue;
      const bytes = gunzipSync(await readFile(join(source, name)));
      if (name.includes('.med')) (task === 'cifar10' ? undoCifar10 : undoIdx)(bytes);
      await writeFile(join(to, task, plain), bytes);
    }
  }
}

type Split = 'train' | 'val' | 'test';

const speakers = ['george', 'jackson', 'lucas', 'nicolas', 'theo', 'yweweler'];

/** The data set's own split. */
function byTake(take: number): Split {
  if (take < 5) return 'test';
  return take < 10 ? 'val' : 'train';
}

/** One speaker to test with, the one before to validate with. */
function testing(name: string): (take: number, speaker: number) => Split {
  const tested = speakers.indexOf(name);
  if (tested < 0) throw new Error(`There is no speaker '${name}': name one of ${speakers.join(', ')}.`);
  const validated = (tested + speakers.length - 1) % speakers.length;
  return (_, speaker) => {
    if (speaker === tested) return 'test';
    return speaker === validated ? 'val' : 'train';
  };
}

/** The clips of all splits, dealt out again, into `to/speech`. */
async function dealSpeech(from: string, to: string, splitOf: (take: number, speaker: number) => Split): Promise<void> {
  const read = async (split: string, what: string): Promise<Buffer> =>
    gunzipSync(await readFile(join(from, folders['speech'], `${split}-${what}.gz`)));
  const clips = { train: new Array<Buffer>(), val: new Array<Buffer>(), test: new Array<Buffer>() };
  const labels = { train: new Array<number>(), val: new Array<number>(), test: new Array<number>() };
  for (const split of ['train', 'val', 'test']) {
    const audio = await read(split, 'audio-idx2-ulaw');
    const digits = await read(split, 'labels-idx1-ubyte');
    const takes = await read(split, 'takes-idx1-ubyte');
    const spokenBy = await read(split, 'speakers-idx1-ubyte');
    const length = audio.readUInt32BE(8);
    for (let clip = 0; clip < audio.readUInt32BE(4); clip++) {
      const target = splitOf(takes[8 + clip], spokenBy[8 + clip]);
      clips[target].push(audio.subarray(12 + clip * length, 12 + (clip + 1) * length));
      labels[target].push(digits[8 + clip]);
    }
  }
  await mkdir(join(to, 'speech'), { recursive: true });
  for (const split of ['train', 'val', 'test'] as const) {
    const [count, length] = [clips[split].length, clips[split][0].length];
    const head = (...sizes: readonly number[]): Buffer => {
      const bytes = Buffer.from([0, 0, 8, sizes.length, ...new Array<number>(4 * sizes.length).fill(0)]);
      sizes.forEach((size, index) => bytes.writeUInt32BE(size, 4 + 4 * index));
      return bytes;
    };
    await writeFile(
      join(to, 'speech', `${split}-audio-idx2-ulaw`),
      Buffer.concat([head(count, length), ...clips[split]]),
    );
    await writeFile(
      join(to, 'speech', `${split}-labels-idx1-ubyte`),
      Buffer.concat([head(count), Buffer.from(labels[split])]),
    );
  }
}

function undoIdx(bytes: Buffer): void {
  undoMedianEdge(bytes.subarray(16), bytes.readUInt32BE(8), bytes.readUInt32BE(12));
}

/** Red and blue are kept as what they differ from green, plus 128. */
function undoCifar10(bytes: Buffer): void {
  const plane = cifarSide * cifarSide;
  for (let record = 0; record < bytes.length; record += cifarRecord) {
    const planes = bytes.subarray(record + 1, record + cifarRecord);
    undoMedianEdge(planes, cifarSide, cifarSide);
    for (let pixel = 0; pixel < plane; pixel++) {
      const green = planes[plane + pixel] - 128;
      planes[pixel] += green;
      planes[2 * plane + pixel] += green;
    }
  }
}

if (process.argv[1]?.endsWith('unpack-datasets.ts')) {
  const [first, ...rest] = process.argv.slice(2);
  if (first === '--speech-by-take') await dealSpeech(rest[0], rest[1], byTake);
  else if (first === '--speech-testing') await dealSpeech(rest[1], rest[2], testing(rest[0]));
  else {
    const [to, ...tasks] = rest;
    await unpackDatasets(first, to, tasks.length === 0 ? undefined : tasks);
  }
}
