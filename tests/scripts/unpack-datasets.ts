/**
 * Unpacks the project's copies of the data sets into plain IDX and CIFAR-10 files, one folder a task, as `--data` takes
 * them:
 *
 *   npx tsx tests/scripts/unpack-datasets.ts FROM TO [mnist dog-cat speech cifar10]
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
  const [from, to, ...tasks] = process.argv.slice(2);
  await unpackDatasets(from, to, tasks.length === 0 ? undefined : tasks);
}
