import type { Router } from './router.js';

/** Starts an emulated board where nothing is emulated yet: the app is of use with nothing plugged in. */
export async function startFirstBoard(router: Router, board: string): Promise<void> {
  const listed = await router.call('listDevices', {});
  const isEmpty =
    listed.ok && (listed.value as readonly { readonly kind: string }[]).every(({ kind }) => kind !== 'emulated');
  // A board that cannot be started is said by the page, where it can be tried again.
  if (isEmpty) void router.call('startEmulatedBoard', { board });
}
