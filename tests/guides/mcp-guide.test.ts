import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { FEATURES } from '../../sdk/src/packages/features.js';
import { runTypeScript } from '../support/cli.js';
import { root } from '../support/packages.js';

const guide = await readFile(join(root, 'docs/guides/mcp.md'), 'utf8');
const block = (language: string): string => new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'm').exec(guide)![1];

const script = join(root, 'out-mcp-guide.ts');
afterAll(() => rm(script, { force: true }));

it('the script of the guide about MCP lists the tools that read, and inspects a bitstream', async () => {
  await writeFile(script, block('ts'));
  const { stdout, stderr, code } = await runTypeScript([script], { cwd: root });
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('inspect,verify,explain,simulate,recipes,devices,doctor');
  expect(stdout).toContain('"name":"mnist-both"');
});

it('its table has every tool by its access, its settings start the server, and its line installs what that takes', async () => {
  const { readTools } = await import('../../sdk/src/cli/mcp/read-tools.js');
  const { writeTools } = await import('../../sdk/src/cli/mcp/write-tools.js');
  const { deviceTools } = await import('../../sdk/src/cli/mcp/device-tools.js');
  const rows = [...guide.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, access]) => ({ name, access }));
  const tools = [...readTools, ...writeTools, ...deviceTools].map(({ name, access }) => ({ name, access }));
  expect(rows).toEqual(tools);
  const { mcpServers } = JSON.parse(block('json')) as { mcpServers: { adiabit: { args: readonly string[] } } };
  expect(mcpServers.adiabit.args.slice(0, 3)).toEqual(['adiabit', 'mcp', '--root']);
  expect(block('sh')).toContain(FEATURES.mcp.packages[0]);
});
