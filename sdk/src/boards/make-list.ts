import { existsSync, readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { FIRMWARE_FOLDER, type Board } from './catalogue.js';

/** Tells where a folder of ports lies, as make sees it, which runs in the folder of the firmware. */
function portFolder({ home }: Board, name: string): string {
  const path = join('ports', name);
  return home !== FIRMWARE_FOLDER && existsSync(join(home, path)) ? join(home, path) : path;
}

/** Folders of sources that the board is made of, its own last. */
export const sourceFolders = (board: Board): readonly string[] =>
  [...board.build.folders, board.id].map((name) => portFolder(board, name));

/** Returns the C sources of a folder, by the path that make has for them. */
export const sourcesIn = (folder: string): readonly string[] =>
  readdirSync(isAbsolute(folder) ? folder : join(FIRMWARE_FOLDER, folder))
    .filter((name) => name.endsWith('.c'))
    .sort()
    .map((name) => `${folder}/${name}`);

export const boardSources = (board: Board): readonly string[] => sourceFolders(board).flatMap(sourcesIn);

/** Flags of the compiler for this board. */
export const compilerFlags = ({ build, layerKinds, slotCount }: Board): readonly string[] => [
  ...build.flags,
  ...(layerKinds === 'counting' ? ['-DADIABIT_EVERY_LAYER=0'] : []),
  ...(slotCount === 1 ? ['-DADIABIT_ONE_SLOT=1'] : []),
];

/** Flags of the linker: the script of the board's folder, then what the entry adds. */
export const linkFlags = (board: Board): readonly string[] => [
  '-T',
  `${portFolder(board, board.id)}/link.ld`,
  ...(board.build.link ?? []),
];

/** Returns the name of the variables of a family of compilers. */
export const familyVariable = (family: string): string => family.toUpperCase();

/** Returns what the Makefile has to know of some boards. */
export function boardsForMake(boards: readonly Board[]): readonly string[] {
  const ids = (isTemplate: boolean): string =>
    boards
      .filter(({ template }) => (template !== undefined) === isTemplate)
      .map(({ id }) => ` ${id}`)
      .join('');
  const variables = (board: Board): readonly string[] => {
    const { id, family, build } = board;
    return [
      `${id}_FAMILY := ${familyVariable(family)}`,
      `${id}_FLAGS := ${compilerFlags(board).join(' ')}`,
      `${id}_LINK := ${linkFlags(board).join(' ')}`,
      `${id}_FOLDERS := ${sourceFolders(board).join(' ')}`,
      `${id}_SOURCES := ${boardSources(board).join(' ')}`,
      ...(build.uf2 ? [`${id}_UF2 := ${build.uf2.address} ${build.uf2.family}`] : []),
    ];
  };
  return [`BOARDS +=${ids(false)}`, `TEMPLATES +=${ids(true)}`, ...boards.flatMap(variables)];
}
