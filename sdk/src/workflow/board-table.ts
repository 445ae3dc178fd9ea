import type { Bitstream } from '@adiabit/simulator/bitstream';
import { CompileError } from '@adiabit/simulator/errors';
import { isBinaryDense, workBytesOf } from '@adiabit/simulator/network';
import { boardNamed, readyBoards, type Board } from '../boards/index.js';
import { count } from '../text/format.js';

/** What a bitstream must fit. */
export interface BoardGoals {
  /** A board by its id. */
  readonly board?: string;
  /** Folder of more boards than come with Adiabit. */
  readonly boards?: string;
  /** Flash for the bitstream. */
  readonly flashBytes?: number;
}

const DENSE_ONLY = 'runs dense binary layers only';

/** Whether a board takes a bitstream. */
export interface BoardFit {
  readonly id: string;
  readonly name: string;
  readonly slotBytes: number;
  readonly workBytes: number;
  /** What it lacks, in words; empty if the bitstream fits. */
  readonly lacks: readonly string[];
}

/** Tells which boards take a bitstream, and what the others lack. */
export const boardFits = (
  { network, memory }: Bitstream,
  totalBytes: number,
  folder?: string,
): { readonly neededWorkBytes: number; readonly boards: readonly BoardFit[] } => {
  const neededWorkBytes = workBytesOf(network, memory);
  const boards = readyBoards(folder).map(({ id, name, slotBytes, workBytes, layerKinds }) => ({
    id,
    name,
    slotBytes,
    workBytes,
    lacks: [
      ...(layerKinds === 'counting' && !isBinaryDense(network) ? [DENSE_ONLY] : []),
      ...(totalBytes > slotBytes ? ['not enough flash'] : []),
      ...(neededWorkBytes > workBytes ? ['not enough RAM'] : []),
    ],
  }));
  return { neededWorkBytes, boards };
};

/** Writes which boards take a bitstream, with the bytes that it needs and that each has; in fewer than 80 columns. */
export function boardTable(bitstream: Bitstream, totalBytes: number, folder?: string): string {
  const { neededWorkBytes, boards } = boardFits(bitstream, totalBytes, folder);
  const width = Math.max(...boards.map(({ id }) => id.length));
  const lines = boards.map(({ id, slotBytes, workBytes, lacks }) => {
    const verdict = lacks.length === 0 ? 'fits' : lacks.join(', ');
    return `    ${id.padEnd(width)}  flash ${count(slotBytes).padStart(9)}  RAM ${count(workBytes).padStart(9)}  ${verdict}`;
  });
  return `  boards (it needs ${count(totalBytes)} bytes of flash, ${count(neededWorkBytes)} of RAM)\n${lines.join('\n')}`;
}

/**
 * Checks that a bitstream has room on a board and within a limit.
 * @throws CompileError `compile.budget-exceeded` with need and have, `compile.unsupported` for layers that the board's
 * firmware does not run, before anything is written; BoardError `board.unknown` if no board has that id
 */
export function checkBoard(
  { network, memory }: Bitstream,
  totalBytes: number,
  { board: id, flashBytes = Infinity, boards: folder }: BoardGoals,
): void {
  const boards = readyBoards(folder);
  const board = id === undefined ? undefined : boardNamed(id, folder);
  const others = (fits: (candidate: Board) => boolean): string => {
    const able = boards.filter(
      (candidate) => fits(candidate) && (isBinaryDense(network) || candidate.layerKinds !== 'counting'),
    );
    return able.length === 0 ? 'No board of ours has as much.' : `These have: ${able.map((one) => one.id).join(', ')}.`;
  };
  const refuse = (what: string, need: number, have: number, where: string, hint: string): never => {
    const message = `The network needs ${count(need)} bytes of ${what}, ${where} has ${count(have)}. ${hint}`;
    throw new CompileError('budget-exceeded', message, { need, have, target: where });
  };
  if (totalBytes > flashBytes)
    refuse('flash', totalBytes, flashBytes, 'the limit', 'Narrower layers take less; golden vectors take a little.');
  if (board === undefined) return;
  if (board.layerKinds === 'counting' && !isBinaryDense(network)) {
    const message = `The board ${board.id} ${DENSE_ONLY}; the network has others. ${others(() => true)}`;
    throw new CompileError('unsupported', message, { target: board.id });
  }
  if (totalBytes > board.slotBytes)
    refuse(
      'flash',
      totalBytes,
      board.slotBytes,
      board.id,
      others(({ slotBytes }) => slotBytes >= totalBytes),
    );
  const work = workBytesOf(network, memory);
  if (work > board.workBytes)
    refuse(
      'RAM',
      work,
      board.workBytes,
      board.id,
      others(({ workBytes }) => workBytes >= work),
    );
}
