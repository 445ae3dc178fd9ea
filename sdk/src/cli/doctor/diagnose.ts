import {
  checkBackends,
  checkEmulatedBoards,
  checkEngine,
  checkMnist,
  checkNode,
  checkPackages,
  checkSerial,
  type Check,
} from './checks.js';
import { checkTools } from './tools.js';

type Checks = readonly Check[];

/**
 * Checks everything that Adiabit runs on.
 * @param boards folder of more boards than come with Adiabit @param onProgress called before each part
 */
export async function diagnose(boards?: string, onProgress?: (done: number, total: number) => void): Promise<Checks> {
  const parts: readonly (() => Checks | Promise<Checks>)[] = [
    () => [checkNode(), ...checkPackages()],
    () => checkBackends(),
    () => [checkEngine(), checkMnist()],
    () => checkSerial(),
    () => [checkEmulatedBoards(boards)],
    () => checkTools(boards),
  ];
  const found: Check[] = [];
  for (const [index, part] of parts.entries()) {
    onProgress?.(index, parts.length);
    found.push(...(await part()));
  }
  return found;
}
