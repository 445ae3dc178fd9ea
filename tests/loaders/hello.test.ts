import { openDevice, VirtualPorts } from '@adiabit/sdk/device';
import { awaitHello } from '@adiabit/sdk/loaders';
import { expect, it } from 'vitest';
import { boardEntry } from '../support/board-files.js';

const pico = boardEntry('rp2040');

it('a board whose port appears late is waited for', async () => {
  let tries = 0;
  const open = () =>
    openDevice(
      ++tries < 3 ? 'virtual:nothing' : 'virtual:rp2040',
      tries < 3 ? { virtualPorts: new VirtualPorts([]) } : {},
    );
  expect((await awaitHello(pico, 'virtual:rp2040', { open })).boardId).toBe('rp2040');
  expect(tries).toBe(3);
});

it('a board that says nothing is named, with where its line is', async () => {
  const waiting = awaitHello(pico, 'virtual:nothing', { timeoutMs: 300 });
  await expect(waiting).rejects.toMatchObject({
    code: 'loader.no-hello',
    message: expect.stringMatching(/was written, but no rp2040.*virtual:nothing.*GPIO 0/) as string,
  });
});

it('waiting for a hello ends when the signal fires', async () => {
  const waiting = awaitHello(pico, 'virtual:nothing', { signal: AbortSignal.timeout(100) });
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
});
