import { listPorts } from '../../device/index.js';
import { exists } from '../../files.js';
import { isVirtual, openBoard, type BoardPlace } from '../../workflow/boards.js';
import type { BoardPort, ListBoardPorts } from './ports.js';

export interface SystemPorts {
  /** Ports that were named: serial ones, and emulated boards. */
  readonly places: readonly BoardPlace[];
  /** How to open every serial port of this computer besides; undefined to leave them alone. */
  readonly others?: Omit<BoardPlace, 'port' | 'flashFile'> | undefined;
}

/** Makes the ports of this computer. */
export const systemPorts =
  ({ places, others }: SystemPorts): ListBoardPorts =>
  async () => {
    const there = await Promise.all(places.map(async (place) => isVirtual(place.port) || (await exists(place.port))));
    const named = places
      .filter((_, index) => there[index] || process.platform === 'win32')
      .map((place) => portAt(place, false));
    if (others === undefined) return named;
    const { ports } = await listPorts();
    const found = ports.filter(({ kind, path }) => kind === 'serial' && !places.some(({ port }) => port === path));
    return [...named, ...found.map(({ path }) => portAt({ ...others, port: path }, true))];
  };

const portAt = (place: BoardPlace, mayBeStranger: boolean): BoardPort => ({
  path: place.port,
  mayBeStranger,
  open: (signal) => openBoard(place, signal),
});
