import { useEffect, useState } from 'preact/hooks';
import { MAX_FILE_BYTES } from '../../common/limits.js';
import { call } from '../bridge.js';
import { bytes } from '../parts/format.js';
import { attempt, chooseEntry, report } from '../state.js';
import { takeRecipe } from '../views/train/train-state.js';

/** Takes bitstreams that are dropped anywhere on the window. */
export function DropTarget() {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setOver(false);
      for (const file of event.dataTransfer?.files ?? []) void take(file);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, []);
  return isOver ? <div class="drop-target">Drop a circuit or a recipe</div> : null;
}

/** Adds a file to the library, or opens a recipe. Its size is looked at before a byte of it is read. */
export async function take(file: File): Promise<void> {
  if (file.name.endsWith('.json')) {
    await takeRecipe(file);
    return;
  }
  if (file.size > MAX_FILE_BYTES) {
    report({
      code: 'app.bad-request',
      message: `${file.name} has ${bytes(file.size)}; a bitstream has at most ${bytes(MAX_FILE_BYTES)}. Drop a .abit file.`,
      details: {},
    });
    return;
  }
  const added = await attempt(async () =>
    call('addToLibrary', { fileName: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }),
  );
  if (added) chooseEntry(added.id);
}
