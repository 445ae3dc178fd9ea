import { Command } from 'commander';
import { AdiabitError } from '@adiabit/simulator/errors';
import { listPorts, virtualPortsOf, type PortDescription } from '../../device/index.js';
import { openBoard } from '../../workflow/index.js';
import { placeOf } from '../board-place.js';
import { interruptSignal } from '../interrupt.js';
import { baudOption, boardsOption } from '../parse.js';
import { deviceResult, sayDevice, sayNoDevice, sayPort } from '../print/devices.js';
import { createTerminal } from '../terminal.js';

interface DevicesFlags {
  readonly port?: string;
  readonly baud?: number;
  readonly boards?: string;
  readonly json?: boolean;
}

export const devicesCommand = (): Command =>
  new Command('devices')
    .summary('list ports and what is behind them')
    .description(
      'Lists the serial ports of this computer and the emulated boards, says hello on each, and shows board, firmware and ' +
        'slots. A port with something else behind it says what it sees.',
    )
    .option('--port <path>', 'ask only this port')
    .addOption(baudOption())
    .addOption(boardsOption())
    .option('--json', 'print the list as JSON')
    .action(devicesAction);

async function devicesAction(flags: DevicesFlags): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const signal = interruptSignal();
  const { ports, problem } = await listPorts(undefined, virtualPortsOf(flags.boards));
  if (problem !== undefined) terminal.say(problem);
  const named: PortDescription = { path: flags.port ?? '', kind: 'serial', name: 'named port' };
  const chosen = flags.port === undefined ? ports : [ports.find(({ path }) => path === flags.port) ?? named];
  const found = [];
  for (const port of chosen) {
    sayPort(terminal, port);
    try {
      const session = await openBoard(placeOf(port.path, flags), signal);
      const slots = await session.slots(signal).finally(() => session.close());
      sayDevice(terminal, session.device, slots);
      found.push(deviceResult(port, session.device, slots));
    } catch (error) {
      if (!(error instanceof AdiabitError) || signal.aborted) throw error;
      sayNoDevice(terminal, error);
      found.push({ ...port, error: { code: error.code, message: error.message } });
    }
  }
  terminal.result({ ports: found, ...(problem === undefined ? {} : { problem }) });
}
