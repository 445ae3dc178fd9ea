/**
 * The fault campaign: flash sessions over lines and supplies that fail in every way, the real host code against the
 * real firmware under the address and undefined-behaviour sanitizers, in simulated time. After every run the device must
 * boot the circuit it had or the one it was offered, whole and right, and take another; the host must never have been
 * told otherwise. A run is one number: `--only` does it again.
 *
 * Ctrl-C stops it; the same command goes on where it was.
 */
import { fork } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeWhole } from '../../sdk/src/files.js';
import { scriptFlags } from '../../sdk/bench/flags.js';
import { writeRows, type Row } from '../../sdk/bench/rows.js';
import { FAULT_KINDS, FaultCampaign } from './fault-run.js';
import { addFailure, addResult, emptyTally, mergeTallies, tableOf, type Tally } from './fault-tally.js';

const BLOCK_RUNS = 250;

const USAGE = `Flash sessions over lines and supplies that fail in every way, and what became of them.

    npm run campaign:faults -- [--count 100000] [--seed 1] [--workers 1] [--only NUMBER] [--json FILE] [--state FILE]

  --count N      how many runs
  --seed N       number of the first one
  --workers N    processes that share them
  --only NUMBER  one run again
  --json FILE    the table as rows
  --state FILE   what has been done so far (out/campaign-faults.json)`;

const values = scriptFlags(USAGE, () =>
  parseArgs({
    options: {
      count: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: '1' },
      only: { type: 'string' },
      json: { type: 'string' },
      state: { type: 'string', default: 'out/campaign-faults.json' },
      worker: { type: 'boolean', default: false },
    },
  }),
);

interface Block {
  readonly first: number;
  readonly count: number;
}

/** What has been done so far, in a file. */
interface State {
  readonly seed: number;
  readonly blocks: Partial<Record<number, Tally>>;
}

/** Runs a block. After a run that failed the device may be anything, so another one goes on. */
async function runBlock({ first, count }: Block): Promise<Tally> {
  let tally = emptyTally();
  let campaign = await FaultCampaign.start();
  const fail = (number: number, error: unknown): void => {
    const kind = FAULT_KINDS[number % FAULT_KINDS.length];
    tally = addFailure(tally, { number, kind, message: error instanceof Error ? error.message : String(error) });
  };
  for (let number = first; number < first + count; number++) {
    try {
      tally = addResult(tally, await campaign.run(number));
      if (number === first + count - 1) await campaign.close();
    } catch (error) {
      fail(number, error);
      await campaign.close().catch(() => undefined);
      campaign = await FaultCampaign.start();
    }
  }
  return tally;
}

/** A process that does the blocks it is sent, and ends with the one that sends them. */
function work(): void {
  process.on('disconnect', () => process.exit());
  process.on('message', (block: Block) => {
    void runBlock(block).then((tally) => process.send!({ first: block.first, tally }));
  });
}

async function runOne(number: number): Promise<void> {
  const campaign = await FaultCampaign.start();
  try {
    const result = await campaign.run(number);
    console.log(`run ${number}:`, result);
    writeRows(rowsOf(addResult(emptyTally(), result)), values);
  } finally {
    await campaign.close();
  }
}

function readState(file: string, seed: number): State {
  if (!existsSync(file)) return { seed, blocks: {} };
  const state = JSON.parse(readFileSync(file, 'utf8')) as State;
  return state.seed === seed ? state : { seed, blocks: {} };
}

async function runAll(): Promise<void> {
  const [count, seed, workers] = [values.count, values.seed, values.workers].map(Number);
  const state = readState(values.state, seed);
  mkdirSync(dirname(values.state), { recursive: true });
  const blocks: Block[] = [];
  for (let first = seed; first < seed + count; first += BLOCK_RUNS) {
    blocks.push({ first, count: Math.min(BLOCK_RUNS, seed + count - first) });
  }
  const wanted = blocks.filter(({ first, count: runs }) => state.blocks[first]?.runs !== runs);
  const done = (): Tally => mergeTallies(blocks.flatMap(({ first }) => state.blocks[first] ?? []));
  const began = performance.now();
  const ranBefore = done().runs;

  const worker = async (): Promise<void> => {
    if (wanted.length === 0) return;
    const child = fork(fileURLToPath(import.meta.url), ['--worker'], { execArgv: process.execArgv });
    for (let block = wanted.shift(); block !== undefined; block = wanted.shift()) {
      const { first, tally } = await new Promise<{ first: number; tally: Tally }>((resolve, reject) => {
        child.once('message', resolve);
        child.once('exit', (status) => reject(new Error(`A worker ended with status ${String(status)}.`)));
        child.send(block);
      });
      child.removeAllListeners('exit');
      state.blocks[first] = tally;
      await writeWhole(values.state, JSON.stringify(state));
      const { runs, failures } = done();
      const left = ((performance.now() - began) / (runs - ranBefore)) * (count - runs);
      process.stderr.write(
        `\r${runs} of ${count} runs, ${failures.length} failed, ${Math.ceil(left / 60_000)} min left `,
      );
    }
    child.kill();
  };
  await Promise.all(Array.from({ length: workers }, worker));
  process.stderr.write('\n');

  const total = done();
  console.log(tableOf(total));
  for (const { number, kind, message } of total.failures) console.log(`\nrun ${number} (${kind}): ${message}`);
  for (const { number } of total.failures) console.log(`Again: npm run campaign:faults -- --only ${number}`);
  writeRows(rowsOf(total), values);
  if (total.failures.length > 0) process.exitCode = 1;
}

const rowsOf = ({ kinds, failures }: Tally): readonly Row[] =>
  FAULT_KINDS.map((kind) => ({
    id: `faults.${kind.replaceAll(' ', '-')}`,
    value: failures.filter((failure) => failure.kind === kind).length,
    unit: 'broken promises',
    against: `${kinds[kind].runs} runs`,
    ratio: null,
    ...kinds[kind],
  }));

if (values.worker) work();
else if (values.only !== undefined) await runOne(Number(values.only));
else await runAll();
