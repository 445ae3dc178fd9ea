/** What a manifest says, as options of commands that sign. */
import { InvalidArgumentError, Option } from 'commander';
import { PRODUCT, PRODUCT_RULE } from '../../signature/manifest-fields.js';

/** Reads the name of a product. @throws InvalidArgumentError */
export function productName(text: string): string {
  if (PRODUCT.test(text)) return text;
  throw new InvalidArgumentError(`Give ${PRODUCT_RULE}.`);
}

export const productOption = (): Option =>
  new Option('--product <name>', 'the product: devices of others refuse it').argParser(productName);
