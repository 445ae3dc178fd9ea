/** The ways in which the firmware itself gets onto a board: through the boot loader that it has from the factory, or a programmer. */
export { findDrive, idOfDrive, type DriveLoader, type DriveSearch } from './drive.js';
export { LoaderError, type LoaderErrorKind } from './errors.js';
export { awaitHello, type HelloOptions } from './hello.js';
export { systemDrives, type ListDrives } from './mounts.js';
export { openLine, type LineSettings } from './open-line.js';
export { readProgram, type Program, type ProgramPart } from './program.js';
export type { LoaderOptions, LoaderPhase, LoaderProgress } from './progress.js';
export { readUf2 } from './uf2.js';
export { writeAvr, type AvrOptions } from './write-avr.js';
export { writeDrive } from './write-drive.js';
export { writeEsp32, type Esp32Options } from './write-esp32.js';
export { writeStm32 } from './write-stm32.js';
