import { Command } from 'commander';
import { withPackages } from '../../packages/features.js';
import { interruptSignal } from '../interrupt.js';

interface McpFlags {
  readonly root: string;
  readonly allowWrite?: boolean;
  readonly allowDevice?: boolean;
}

export const mcpCommand = (): Command =>
  new Command('mcp')
    .summary('serve the workflows as tools to programs that speak MCP')
    .description(
      'Speaks the Model Context Protocol on standard input and output: inspect, verify, explain, simulate, recipes, devices and doctor. ' +
        'These read below one folder and change nothing. Writing files, and touching devices, is allowed by a flag each. It takes the npm ' +
        'package @modelcontextprotocol/sdk.',
    )
    .option('--root <dir>', 'the folder that all paths are held to; neither .. nor links lead out', '.')
    .option('--allow-write', 'train and compile too, into that folder')
    .option('--allow-device', 'talk to devices too: flash, run, write firmware')
    .action(mcpAction);

async function mcpAction({ root, allowWrite, allowDevice }: McpFlags): Promise<void> {
  // Standard output is the protocol's alone.
  console.log = console.error;
  const { RootFolder } = await import('../mcp/root-folder.js');
  const { serve } = await withPackages('mcp', () => import('../mcp/server.js'));
  const allowed = [
    ...(allowWrite === true ? ['write' as const] : []),
    ...(allowDevice === true ? ['device' as const] : []),
  ];
  await serve({ root: await RootFolder.at(root), allowed }, interruptSignal());
}
