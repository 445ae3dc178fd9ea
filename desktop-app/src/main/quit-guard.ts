import { dialog } from 'electron';
import type { FlashJob } from '../common/contract/flashing.js';
import type { Services } from '../host/services.js';

/** A bench that does not answer in this time does not keep the app from ending. */
const ANSWER_MS = 1000;

/** Asks whether to quit if a device is being written; otherwise the answer is yes. */
export async function mayQuit(services: Services): Promise<boolean> {
  if (!(await isWriting(services))) return true;
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    message: 'A device is being written.',
    detail: 'If you quit, the writing stops. The device keeps the circuit that it had, and starts with it.',
    buttons: ['Go on writing', 'Stop and quit'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 1;
}

async function isWriting(services: Services): Promise<boolean> {
  if (services.processOf('bench') === undefined) return false;
  const timeout = new Promise<undefined>((resolve) => setTimeout(resolve, ANSWER_MS, undefined));
  const outcome = await Promise.race([services.call('bench', 'listFlashJobs', {}), timeout]);
  return outcome?.ok === true && (outcome.value as readonly FlashJob[]).some(({ state }) => state === 'running');
}
