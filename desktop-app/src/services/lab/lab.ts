import type { Handlers } from '../../common/contract.js';
import type { Emit, ServiceStart } from '../serve.js';
import { circuitHandlers } from './circuits/handlers.js';
import { Circuits } from './circuits/circuits.js';
import { Library } from './library.js';
import { liveHandlers } from './live.js';
import { WatchedFiles } from './watched-files.js';

/** Opens the lab: the library of bitstreams, and what is computed of them. */
export async function openLab(
  start: ServiceStart,
  emit: Emit,
): Promise<{ readonly handlers: Handlers<'lab'>; close(): Promise<void> }> {
  const library: Library = await Library.open(start.stateFolder, () => {
    void library.list().then((entries) => emit('library', entries));
  });
  const watched = new WatchedFiles({
    paths: start.watchedFiles ?? [],
    add: (fileName, bytes) => library.add(fileName, bytes),
    onChange: (files) => emit('watchedFiles', files),
  });
  await watched.start();
  const circuits = new Circuits(start.stateFolder, (work) => emit('circuitWork', work));
  const handlers: Handlers<'lab'> = {
    ...circuitHandlers(library, circuits, start.boardsFolder),
    listWatchedFiles: () => watched.list(),
    listLibrary: () => library.list(),
    addToLibrary: ({ fileName, bytes }) => library.add(fileName, bytes),
    removeFromLibrary: async ({ entry }) => {
      await library.remove(entry);
      return undefined;
    },
    ...liveHandlers(library, start.dataFolder),
  };
  return {
    handlers,
    close: () => {
      watched.close();
      return circuits.close();
    },
  };
}
