import { Command, InvalidArgumentError } from 'commander';
import { boardAt, recordToFolder } from '../../workflow/index.js';
import { placeOf } from '../board-place.js';
import { baudOption, boardsOption, positive } from '../parse.js';
import { createTerminal } from '../terminal.js';
import { watch } from '../watch.js';

interface RecordFlags {
  readonly port: string;
  readonly label: string;
  readonly seconds: number;
  readonly recordings: number;
  readonly out: string;
  readonly channels?: readonly string[];
  readonly baud?: number;
  readonly boards?: string;
  readonly json?: boolean;
}

export const recordCommand = (): Command =>
  new Command('record')
    .summary('record the sensor of a board into files to train on')
    .description(
      'Streams raw samples of a board whose firmware has a sensor (docs/guides/sensors.md) into CSV files, LABEL-001.csv and on, and ' +
        'puts a data.json beside them that "adiabit train --data" reads. Record every class several times: recordings are ' +
        'what training and test are told apart by.',
    )
    .requiredOption('--port <path>', 'a serial port such as /dev/ttyACM0 or COM3')
    .requiredOption('--label <name>', 'the class of what happens now', labelName)
    .option('--seconds <n>', 'length of a recording', secondsOf, 10)
    .option('--recordings <n>', 'how many, one after the other', positive, 1)
    .option('--channels <names>', 'names of the channels, with commas between them (default: c0,c1,...)', namesOf)
    .option('--out <dir>', 'folder for the files', 'data')
    .addOption(baudOption())
    .addOption(boardsOption())
    .option('--json', 'print the result as JSON')
    .action(recordAction);

async function recordAction(flags: RecordFlags): Promise<void> {
  const { port, out: folder, label, seconds, recordings, channels } = flags;
  const terminal = createTerminal(flags.json === true);
  const recorded = await watch(terminal, (following) =>
    recordToFolder({ open: boardAt(placeOf(port, flags)), folder, label, seconds, recordings, channels, ...following }),
  );
  const { files, samples, sampleRateHz, channels: names } = recorded;
  for (const file of files)
    terminal.say(`wrote ${file}: ${samples} samples of ${names.join(', ')} at ${sampleRateHz} Hz`);
  terminal.result({ ...recorded });
}

/** @throws InvalidArgumentError for what could not begin a file's name, or would end in a number */
function labelName(text: string): string {
  if (/^[A-Za-z0-9_-]*[A-Za-z]$/.test(text)) return text;
  throw new InvalidArgumentError('Give letters, digits, "-" or "_", with a letter at the end.');
}

function secondsOf(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 86_400) return value;
  throw new InvalidArgumentError('Give seconds, more than 0 and at most a day.');
}

const namesOf = (text: string): readonly string[] => text.split(',').map((name) => name.trim());
