import { useEffect, useState } from 'preact/hooks';
import { takeFile, type FileHandle } from '../files.js';
import { takeRecipe } from '../views/train/train-state.js';

/** What Chromium's items have, and those of other browsers may not. */
interface ItemWithHandle {
  getAsFileSystemHandle(): Promise<FileHandle | null>;
}

/** Takes bitstreams, recipes and recordings that are dropped anywhere on the window. */
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
      for (const item of event.dataTransfer?.items ?? []) {
        const file = item.getAsFile();
        // A handle has to be asked for while the event lasts.
        const handle = (item as Partial<ItemWithHandle>).getAsFileSystemHandle?.call(item);
        if (file?.name.endsWith('.json') === true) void takeRecipe(file);
        else if (file)
          void Promise.resolve(handle).then((found) => takeFile(file, found?.kind === 'file' ? found : undefined));
      }
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
  return isOver ? <div class="drop-target">Drop a circuit, a recipe or a recording</div> : null;
}
