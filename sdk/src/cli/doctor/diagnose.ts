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

/** Checks everything that Adiabit runs on. @param boards folder of more boards than come with Adiabit */
export const diagnose = async (boards?: string): Promise<readonly Check[]> => [
  checkNode(),
  ...checkPackages(),
  ...(await checkBackends()),
  checkEngine(),
  checkMnist(),
  ...(await checkSerial()),
  checkEmulatedBoards(boards),
  ...(await checkTools(boards)),
];
