/** The steps of writing a bitstream to a device, in order. They stand apart from the schemas, which the page does not load. */
export const FLASH_STEPS = ['hello', 'erase', 'write', 'verify', 'self-test', 'confirm'] as const;
export type FlashStep = (typeof FLASH_STEPS)[number];
