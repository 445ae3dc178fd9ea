/** Calls `work` soon after it is asked for, at most once in `everyMs`; the first call comes with the next turn of the event loop. */
export function throttle(everyMs: number, work: () => void): { readonly call: () => void; readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let wanted = false;
  const run = (): void => {
    wanted = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (wanted) run();
    }, everyMs);
    work();
  };
  return {
    call: () => {
      wanted = true;
      // Several changes of one turn of the event loop are one telling.
      if (timer === undefined) timer = setTimeout(run, 0);
    },
    stop: () => clearTimeout(timer),
  };
}
