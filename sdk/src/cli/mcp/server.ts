import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CancelledError } from '@adiabit/simulator/errors';
import { visible } from '@adiabit/simulator/text';
import { VERSION } from '../../version.js';
import { describeFailure } from '../failure.js';
import { deviceTools } from './device-tools.js';
import { tellingObserver } from './progress.js';
import { readTools } from './read-tools.js';
import type { RootFolder } from './root-folder.js';
import type { Access, Tool } from './tool.js';
import { writeTools } from './write-tools.js';

export interface ServerOptions {
  readonly root: RootFolder;
  /** What tools may do besides looking. */
  readonly allowed: readonly Exclude<Access, 'read'>[];
}

const INSTRUCTIONS = `Adiabit trains networks down to single bits, compiles them to circuits and puts them on boards.
Paths are names below one root folder. Tools that write files (train, compile) are there if the server was started with
--allow-write, those that talk to devices (device, flash, run, write_firmware) with --allow-device.`;

/** Serves the tools on standard input and output until the client goes or the signal fires. */
export async function serve(options: ServerOptions, signal: AbortSignal): Promise<void> {
  const server = new McpServer({ name: 'adiabit', version: VERSION }, { instructions: INSTRUCTIONS });
  const ended = new AbortController();
  for (const tool of [...readTools, ...writeTools, ...deviceTools])
    register(server, tool, options, AbortSignal.any([signal, ended.signal]));
  const closed = new Promise<void>((resolve) => {
    server.server.onclose = resolve;
    process.stdin.once('end', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await server.connect(new StdioServerTransport());
  await closed;
  ended.abort();
  await server.close();
}

function register(server: McpServer, tool: Tool, { root, allowed }: ServerOptions, ended: AbortSignal): void {
  const { name, description, access, input } = tool;
  const isReading = access === 'read';
  const annotations = { readOnlyHint: isReading, destructiveHint: !isReading, openWorldHint: access === 'device' };
  const registered = server.registerTool(
    name,
    { description, inputSchema: input, annotations },
    async (given, extra) => {
      const progressToken = extra._meta?.progressToken;
      const observer =
        progressToken === undefined
          ? {}
          : tellingObserver((told) => {
              const params = { progressToken, ...told };
              void extra.sendNotification({ method: 'notifications/progress', params }).catch(() => undefined);
            });
      const signal = AbortSignal.any([extra.signal, ended]);
      try {
        return answer(await tool.call(given, { root, observer, signal }));
      } catch (error) {
        return refusal(signal.aborted ? new CancelledError() : error);
      }
    },
  );
  if (access !== 'read' && !allowed.includes(access)) registered.disable();
}

const textOf = (value: unknown) => [{ type: 'text' as const, text: JSON.stringify(value, undefined, 2) }];

/** A tool's result: as data, and as text for clients that take no data. */
function answer(result: object) {
  const structuredContent = JSON.parse(JSON.stringify(result)) as Record<string, unknown>;
  return { content: textOf(structuredContent), structuredContent };
}

function refusal(error: unknown) {
  const { code, message } = describeFailure(error);
  return { content: textOf({ error: { code, message: visible(message) } }), isError: true };
}
