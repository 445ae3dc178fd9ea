/**
 * How fast training is, adiabatic in mode both, beside `model.fit` of the same real-valued network in plain TensorFlow.js
 * with the same batches, and in two threads beside one. The two sides take turns, so that both see the same machine.
 *
 *     npm run bench:train -- [--quick] [--only TEXT] [--json FILE]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openPytorch } from './pytorch.js';
import { benchFlags, compare, printRows, type Row, writeRows } from './rows.js';
import { describePeer, type TrainCase, trainCases } from './train-cases.js';
import type { SideMessage } from './train-side.js';

const sideFile = fileURLToPath(new URL('train-side.ts', import.meta.url));

async function nextMessage(side: ChildProcess): Promise<SideMessage> {
  const died = once(side, 'exit').then(([code]) => {
    throw new Error(`One side of the benchmark ended early (exit code ${String(code)}).`);
  });
  const [message] = (await Promise.race([once(side, 'message'), died])) as [SideMessage];
  return message;
}

/** One side of a case, ready to train. */
interface Side {
  readonly name: string;
  round(): Promise<number>;
  close(): void;
}

/** Rows of whole processes on `node` are by processor time: the C library has threads, and machines have other work. */
const byCpu = ({ backend, peer }: TrainCase): boolean => backend === 'node' && peer !== 'one thread';

/** @throws Error saying why it cannot be measured here */
async function openSide(given: TrainCase, which: 'ours' | 'peer'): Promise<Side> {
  if (which === 'peer' && given.peer === 'pytorch') {
    const side = await openPytorch(given);
    return { ...side, name: `PyTorch ${side.version}, real-valued, one thread` };
  }
  const side = fork(sideFile, [which, given.id]);
  const ready = await nextMessage(side);
  if (ready.kind === 'unavailable') throw new Error(ready.why);
  return {
    name: describePeer(given.peer),
    round: async () => {
      side.send('round');
      const message = await nextMessage(side);
      if (message.kind !== 'round') throw new Error(`Expected a round, not '${message.kind}'.`);
      return byCpu(given) ? message.samplesPerCpuSecond : message.samplesPerSecond;
    },
    close: () => side.kill(),
  };
}

/** @returns the row, or why the case cannot be measured here */
async function measure(given: TrainCase, rounds: number): Promise<Row | string> {
  const opened = await Promise.allSettled((['ours', 'peer'] as const).map((which) => openSide(given, which)));
  const sides = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    const failed = opened.find((one) => one.status === 'rejected');
    if (failed !== undefined) return failed.reason instanceof Error ? failed.reason.message : String(failed.reason);
    const [ours, peer] = sides;
    const speeds = await compare(
      rounds,
      () => ours.round(),
      () => peer.round(),
    );
    return { id: given.id, unit: byCpu(given) ? 'samples/CPU-s' : 'samples/s', against: peer.name, ...speeds };
  } finally {
    sides.forEach((side) => side.close());
  }
}

const flags = benchFlags();
const rows: Row[] = [];
/** What is missing is named once: a backend, or PyTorch. */
const missing = new Set<string>();
for (const given of trainCases.filter(({ id, isQuick }) => (isQuick || !flags.quick) && id.includes(flags.only))) {
  const needs = given.peer === 'pytorch' ? [given.backend, 'PyTorch'] : [given.backend];
  if (needs.some((one) => missing.has(one))) continue;
  const measured = await measure(given, flags.quick ? 3 : 5);
  if (typeof measured === 'string') {
    const lacking = needs[needs.length - 1];
    missing.add(lacking);
    process.stdout.write(`nothing is measured with ${lacking}: ${measured}\n`);
  } else {
    rows.push(measured);
    printRows([measured]);
  }
}
writeRows(rows, flags);
