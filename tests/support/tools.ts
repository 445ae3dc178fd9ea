import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Which of the tools are missing here: a suite that needs them is skipped and says so in its title. */
export const missingTools = (...tools: readonly string[]): readonly string[] =>
  tools.filter((tool) => !isInstalled(tool) && !(tool === 'yosys' && hasYowasp()));

/** Whether the optional npm package with Yosys as WebAssembly is there. */
export function hasYowasp(): boolean {
  try {
    import.meta.resolve('@yowasp/yosys');
    return true;
  } catch {
    return false;
  }
}

export const isInstalled = (tool: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** `title`, with the missing tools named. */
export const titled = (title: string, missing: readonly string[]): string =>
  missing.length === 0 ? title : `${title} (skipped: ${missing.join(', ')} not installed)`;

/** What the firmware on the host is built with. */
export const HOST_TOOLS = ['gcc', 'make'] as const;

/** What emulates boards outside this process. */
export const QEMU = ['qemu-system-arm', 'qemu-system-riscv32'] as const;

/** Other people's tools that check exported circuits. */
export const ICARUS = ['iverilog', 'vvp'] as const;
export const VERILATOR = ['verilator', 'g++', 'make'] as const;
export const YOSYS = ['yosys'] as const;
export const ICE40 = ['yosys', 'nextpnr-ice40', 'icepack', 'iceunpack', 'icebox_vlog'] as const;
