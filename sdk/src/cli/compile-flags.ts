import type { Command } from 'commander';
import { readyBoards } from '../boards/index.js';
import type { BoardGoals } from '../workflow/board-table.js';
import type { FormFlags } from './form.js';

export interface CompileFlags extends FormFlags, BoardGoals {
  readonly output?: string;
  readonly golden: number;
  readonly seed: number;
  readonly data?: string;
  readonly netlist?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** Lists the boards that a bitstream may have to fit. @param boards a folder of more boards */
export const boardIds = (boards?: string): readonly string[] => readyBoards(boards).map(({ id }) => id);

/** Ends the command if the board that was named is none. */
export function refuseUnknownBoard(command: Command, { board, boards }: CompileFlags): void {
  const ids = boardIds(boards);
  if (board === undefined || ids.includes(board)) return;
  command.error(`error: there is no board ${board}; these exist: ${ids.join(', ')}`, { exitCode: 2 });
}
