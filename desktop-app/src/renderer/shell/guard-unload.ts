import { flashJobs } from '../state.js';

/** Has the browser ask before the page is left while something is being written. */
export function guardUnload(): void {
  window.addEventListener('beforeunload', (event) => {
    if (flashJobs.value.some(({ state }) => state === 'running')) event.preventDefault();
  });
}
