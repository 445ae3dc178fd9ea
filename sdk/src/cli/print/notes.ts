/** What workflows tell, in the words of the command line. */
import { visible } from '@adiabit/simulator/text';
import { count, duration, percent } from '../../text/format.js';
import type { Note, Progress } from '../../workflow/index.js';
import { styled, type Piece } from '../terminal.js';
import { describeComparison } from './comparison.js';
import { circuitTable, describeBackend, describeSoftTargets, EPOCH_LEGEND, epochLine } from './describe.js';
import { describeDoubt } from './doubt.js';

/** Puts a note into lines. */
export function noteLines(note: Note): readonly Piece[] {
  switch (note.kind) {
    case 'classes-fitted':
      return [`${note.classes} classes, so the last layer has ${note.classes} outputs`];
    case 'inputs-centred':
      return [
        `inputs: each less its mean over the ${count(note.examples)} training examples, divided by ${note.divisor} ` +
          '(--no-normalize leaves them as they are)',
      ];
    case 'thresholds-learnt':
      return [
        `inputs: ${note.levels === 1 ? 'a bit' : `${note.levels} bits`} each, with thresholds ` +
          `${note.channels === 1 ? 'for all' : 'for each channel'} from the ${count(note.examples)} training examples`,
      ];
    case 'training':
      return trainingLines(note);
    case 'epoch':
      return [epochLine(note.epoch)];
    case 'trained':
      return [
        `test accuracy: ${percent(note.hardTestAccuracy)} hard, ${percent(note.softTestAccuracy)} soft ` +
          `(epoch ${note.bestEpoch}); ${duration(note.seconds)}`,
      ];
    case 'frozen':
      return [
        `frozen to integers: ${percent(note.testAccuracy)} of the test right`,
        ...describeComparison(note.comparison),
      ];
    case 'not-frozen':
      return [`no circuit: ${visible(note.reason)}`];
    case 'polishing':
      return [`polishing the ${note.model} network bit by bit, on ${count(note.images)} images`];
    case 'sweep': {
      const { sweep, kept, loss, validationAccuracy, isBest } = note.sweep;
      const changes = `${count(kept)} changes kept  loss ${loss.toFixed(4)}`;
      return [`  sweep ${sweep}  ${changes}  hard ${percent(validationAccuracy)}${isBest ? '*' : ''}`];
    }
    case 'polished': {
      const from = note.bestSweep === 0 ? 'unchanged' : `sweep ${note.bestSweep}`;
      return [`test accuracy: ${percent(note.testAccuracy)} polished (${from}); ${duration(note.seconds)}`];
    }
    case 'not-polished':
      return [`not polished, though the recipe asks for it: ${note.reason}`];
    case 'next-training': {
      const { family, number, of, mode, seed } = note;
      return [styled('bold', `${family} ${number}/${of}: mode ${mode}, seed ${seed}`)];
    }
    case 'finished-before':
      return [`  finished before, in ${note.folder}`];
    case 'not-measured':
      return [`no cycles on ${note.board}: ${visible(note.reason)}`];
    case 'table-written':
      return [`wrote ${note.file}, with its figures as .json and its curves as .svg`];
    case 'compiled':
      return [circuitTable(note.report)];
    case 'drive-awaited':
      return [`waiting for the drive ${note.volume}: ${note.enter}`];
    case 'hello-awaited':
      return [`waiting for the firmware to say hello on ${note.port}`];
    case 'firmware-incomplete':
      return [`${note.board} has no whole firmware now; its way in is not harmed: write again`];
    case 'doubt':
      return [describeDoubt(note.doubt)];
  }
}

function trainingLines({ backend, threads, shards, softTargets, epochsDone }: Extract<Note, { kind: 'training' }>) {
  return [
    ...describeBackend(backend),
    ...(shards === undefined
      ? []
      : [`shards of a batch: ${shards}, in ${threads} ${threads === 1 ? 'thread' : 'threads'}`]),
    ...(softTargets === undefined ? [] : [describeSoftTargets(softTargets)]),
    ...(epochsDone > 0 ? [`resuming after epoch ${epochsDone}`] : []),
    EPOCH_LEGEND,
  ];
}

/** Returns what is said when a step begins, if anything. */
export const openingLine = ({ step, total }: Progress): string | undefined =>
  step === 'load' ? `loading ${count(total)} bits through the scan chains, one a cycle` : undefined;

/** Returns what stands beside the bar of a step. */
export function barText(progress: Progress): string {
  switch (progress.step) {
    case 'read':
      return `${count(progress.done)} files`;
    case 'epoch':
      return `epoch ${progress.epoch}, loss ${progress.loss.toFixed(3)}`;
    case 'freeze':
      return 'test examples';
    case 'sweep':
      return `kept ${progress.kept}, loss ${progress.loss.toFixed(4)}, ${duration(progress.secondsLeft)}`;
    case 'load':
      return `${count(progress.done)} of ${count(progress.total)} bits`;
    case 'firmware': {
      const { phase, bytesPerSecond } = progress;
      return bytesPerSecond === undefined ? phase : `${phase} ${count(bytesPerSecond)} bytes/s`;
    }
    case 'flash': {
      const { phase = '', bytesPerSecond, secondsLeft } = progress;
      const rate = bytesPerSecond === undefined ? '' : `${count(bytesPerSecond)} bytes/s`;
      return `${phase} ${rate}${secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`}`;
    }
    default:
      return '';
  }
}
