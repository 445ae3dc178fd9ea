import { Command } from 'commander';
import { AdiabitError } from '@adiabit/simulator/errors';
import { visible } from '@adiabit/simulator/text';
import { listPorts, type PortDescription } from '../../device/index.js';
import { interruptSignal } from '../interrupt.js';
import { createTerminal, styled } from '../terminal.js';
import { positive } from './train.js';
import { openBoard, signatureNote } from '../board.js';

export const devicesCommand = (): Command =>
  new Command('devices')
    .summary('list ports and what is behind them')
    .description(
      'Lists the serial ports of this computer and the emulated boards, says hello on each, and shows board, firmware and ' +
        'slots. A port with something else behind it says what it sees.',
    )
    .option('--port <path>', 'ask only this port')
    .option('--baud <rate>', 'bits per second (default: what the known boards use, one after the other)', positive)
    .option('--json', 'print the list as JSON')
    .action(devicesAction);

async function devicesAction(flags: { port?: string; baud?: number; json?: boolean }): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const signal = interruptSignal();
  const { ports, problem } = await listPorts();
  if (problem !== undefined) terminal.say(problem);
  const chosen: readonly PortDescription[] =
    flags.port === undefined
      ? ports
      : [ports.find(({ path }) => path === flags.port) ?? { path: flags.port, kind: 'serial', name: 'named port' }];
  const found = [];
  for (const port of chosen) {
    terminal.say(styled('bold', visible(port.path)), `  ${visible(port.name)}`);
    try {
      const session = await openBoard(port.path, flags.baud, signal);
      try {
        const { device } = session;
        const slots = await session.slots(signal);
        const firmware = `${device.firmware.major}.${device.firmware.minor}`;
        const about = `${device.boardId}, firmware ${firmware}, ${device.slotBytes} bytes a slot`;
        terminal.say(`  ${about}, ${signatureNote(device)}`);
        for (const { slot, state, totalBytes, digest } of slots) {
          const active = slot === device.activeSlot ? ', running' : '';
          const content =
            state === 'empty'
              ? ''
              : `, ${totalBytes} bytes, digest ${Buffer.from(digest).toString('hex').slice(0, 16)}`;
          terminal.say(`  slot ${slot}: ${state}${active}${content}`);
        }
        found.push({
          ...port,
          device,
          slots: slots.map((slot) => ({ ...slot, digest: Buffer.from(slot.digest).toString('hex') })),
        });
      } finally {
        await session.close();
      }
    } catch (error) {
      if (!(error instanceof AdiabitError) || signal.aborted) throw error;
      terminal.say(`  ${visible(error.message)}`);
      found.push({ ...port, error: { code: error.code, message: error.message } });
    }
  }
  terminal.result({ ports: found, ...(problem === undefined ? {} : { problem }) });
}
