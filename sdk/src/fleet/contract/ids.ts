import { z } from 'zod';

/** Names of things as they stand in topics: nothing else from the network becomes part of a topic or a path. */
export const ID_PATTERNS = {
  /** A gateway, as its operator calls it. */
  gateway: /^[a-z0-9-]{1,64}$/,
  /** A chip, by the id that its maker put in: 1 to 16 bytes, hexadecimal. */
  chip: /^(?:[0-9a-f]{2}){1,16}$/,
  /** SHA-256 of a file, hexadecimal. */
  digest: /^[0-9a-f]{64}$/,
  /** The place of a part in a blob, from 0 on. */
  part: /^(?:0|[1-9][0-9]{0,2})$/,
  rollout: /^[a-z0-9-]{1,64}$/,
} as const satisfies Readonly<Record<string, RegExp>>;

export type IdName = keyof typeof ID_PATTERNS;

/** Tells whether `text` may stand for `name` in a topic. */
export const isId = (name: IdName, text: string): boolean => ID_PATTERNS[name].test(text);

export const gatewayIdSchema = z.string().regex(ID_PATTERNS.gateway);
export const chipIdSchema = z.string().regex(ID_PATTERNS.chip);
export const digestSchema = z.string().regex(ID_PATTERNS.digest);
export const rolloutIdSchema = z.string().regex(ID_PATTERNS.rollout);

/** A wish is named by who makes it; no two wishes have one name. */
export const wishIdSchema = z.string().regex(/^[A-Za-z0-9._-]{1,100}$/);
/** A word that an operator gives to gateways, to choose boards by. */
export const tagSchema = z.string().regex(/^[a-z0-9-]{1,32}$/);
/** The id of a key: what `adiabit key show` calls it. */
export const keyIdSchema = z.string().regex(/^[0-9a-f]{16}$/);
