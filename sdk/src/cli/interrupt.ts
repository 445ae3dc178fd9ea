const GRACE_MS = 10_000;

/** Returns an AbortSignal that Ctrl-C (or SIGTERM) fires. A second Ctrl-C ends the process at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    // What does not look at the signal (a stuck system call) must not keep the process.
    setTimeout(() => process.exit(130), GRACE_MS).unref();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}
