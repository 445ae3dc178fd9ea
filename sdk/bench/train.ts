/**
 * How fast training is, adiabatic in mode both, beside `model.fit` of the same real-valued network in plain TensorFlow.js
 * with the same batches, and in two threads beside one. The two sides take turns, so that both see the same machine.
 *
 *     npm run bench:train -- [--quick] [--only TEXT] [--json FILE]
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BackendName } from '../src/train/backends/names.js';
import type { Row } from './rows.js';
import { benchFlags, compare, printRows, writeRows } from './rows.js';
import type { TrainCase } from './train-cases.js';
import { describePeer, trainCases } from './train-cases.js';
import type { SideMessage } from './train-side.js';

const sideFile = fileURLToPath(new URL('train-side.ts', import.meta.url));

async function nextMessage(side: ChildProcess): Promise<SideMessage> {
  const died = once(side, 'exit').then(([code]) => {
    throw new Error(`One side of the benchmark ended early (exit code ${String(code)}).`);
  });
  const [message] = (await Promise.race([once(side, 'message'), died])) as [SideMessage];
  return message;
}

async function speedOf(side: ChildProcess): Promise<number> {
  side.send('round');
  const message = await nextMessage(side);
  if (message.kind !== 'round') throw new Error(`Expected a round, not '${message.kind}'.`);
  return message.samplesPerSecond;
}

/** @returns the row, or why the case cannot be measured here */
async function measure(given: TrainCase, rounds: number): Promise<Row | string> {
  const ours = fork(sideFile, ['ours', given.id]);
  const peer = fork(sideFile, ['peer', given.id]);
  try {
    for (const ready of await Promise.all([ours, peer].map(nextMessage))) {
      if (ready.kind === 'unavailable') return ready.why;
    }
    const speeds = await compare(
      rounds,
      () => speedOf(ours),
      () => speedOf(peer),
    );
    return { id: given.id, unit: 'samples/s', against: describePeer(given.peer), ...speeds };
  } finally {
    ours.kill();
    peer.kill();
  }
}

const flags = benchFlags();
const rows: Row[] = [];
const missing = new Set<BackendName>();
for (const given of trainCases.filter(({ id, isQuick }) => (isQuick || !flags.quick) && id.includes(flags.only))) {
  if (missing.has(given.backend)) continue;
  const measured = await measure(given, flags.quick ? 3 : 5);
  if (typeof measured === 'string') {
    missing.add(given.backend);
    process.stdout.write(`nothing is measured on ${given.backend}: ${measured}\n`);
  } else {
    rows.push(measured);
    printRows([measured]);
  }
}
writeRows(rows, flags);
