/** What a manifest says, as options of commands that sign. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { PRODUCT_NAME } from '@adiabit/simulator/bitstream';
import type { SigningConfig } from '../../project/config.js';
import type { SigningOptions } from '../../signature/index.js';
import { FIRMWARE_VERSION_RULE, firmwareVersion, PRODUCT_RULE } from '../../signature/manifest-fields.js';
import { integer } from '../parse.js';

/** A manifest as the command line has it. */
export interface ManifestFlags {
  readonly product?: string;
  readonly counter?: number;
  readonly board?: string;
  readonly minimumFirmware?: string;
  readonly vendor?: string;
}

/** Reads the name of a product. @throws InvalidArgumentError */
export function productName(text: string): string {
  if (PRODUCT_NAME.test(text)) return text;
  throw new InvalidArgumentError(`Give ${PRODUCT_RULE}.`);
}

/** Leaves a version of firmware as it is written. @throws InvalidArgumentError */
function versionText(text: string): string {
  if (firmwareVersion(text) !== undefined) return text;
  throw new InvalidArgumentError(`Give ${FIRMWARE_VERSION_RULE}.`);
}

export const productOption = (): Option =>
  new Option('--product <name>', 'the product whose firmware takes it, such as acme-doorbell').argParser(productName);

export const counterOption = (): Option =>
  new Option('--counter <n>', 'the security counter: raise it when older circuits must not come back').argParser(
    integer,
  );

export const onlyBoardOption = (): Option =>
  new Option('--board <id>', 'the only kind of board that takes it (default: every board of the product)');

export const minimumFirmwareOption = (): Option =>
  new Option('--minimum-firmware <version>', 'the oldest firmware that takes it, such as 0.2 (default: any)').argParser(
    versionText,
  );

/** Returns what the manifest of a bitstream shall say: options, and for what they leave out the config. Ends the command if either has no product or counter. */
export function signingOptions(
  command: Command,
  flags: ManifestFlags,
  config: SigningConfig | undefined,
): SigningOptions & { readonly vendor?: string } {
  const { counter: securityCounter = config?.securityCounter, product = config?.product } = flags;
  if (product === undefined || securityCounter === undefined) {
    const missing = product === undefined ? '--product' : '--counter';
    return command.error(
      `error: missing ${missing}: give it, or say it in "signing" of the project's config, in whose folder the command then runs`,
      { exitCode: 2 },
    );
  }
  const { board = config?.board, vendor = config?.vendor } = flags;
  const minimumFirmware = firmwareVersion(flags.minimumFirmware ?? config?.minimumFirmware ?? '');
  return {
    product,
    securityCounter,
    ...(board === undefined ? {} : { board }),
    ...(minimumFirmware === undefined ? {} : { minimumFirmware }),
    ...(vendor === undefined ? {} : { vendor }),
  };
}
