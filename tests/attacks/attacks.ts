/**
 * Every attack by its name. The victim runs CURRENT from slot 0, confirmed, so its counter is 2. Each function tries one way to get
 * something else onto it, and expects to be refused; whoever calls it checks that the victim is unharmed.
 */
import { createHash, sign } from 'node:crypto';
import { decodeManifest, encodeManifest, layout, manifestMessage, withManifest } from '@adiabit/simulator/bitstream';
import { expect } from 'vitest';
import {
  answer,
  authorize,
  begin,
  CURRENT,
  flipped,
  install,
  keyTable,
  NEXT,
  OLD,
  parts,
  privateKey,
  PRODUCT,
  putKeys,
  runs,
  signedBy,
  step,
  store,
  write,
  type Signed,
  type Victim,
} from './world.js';

export type Attack = (victim: Victim) => Promise<void>;

const { MANIFEST, KEY_TABLE } = layout;
const FREE_SLOT = 1;

/** Runs `attempt`, which must not erase a sector. */
async function withoutAnErase(victim: Victim, attempt: () => Promise<void>): Promise<void> {
  const before = await victim.erases();
  await attempt();
  expect(await victim.erases()).toBe(before);
}

/** It is refused when it is shown, and what it speaks for cannot be begun then. */
const isRefused =
  (signed: Signed | ((victim: Victim) => Signed), status: string): Attack =>
  (victim) =>
    withoutAnErase(victim, async () => {
      const shown = typeof signed === 'function' ? signed(victim) : signed;
      expect(await authorize(victim, shown)).toBe(status);
      expect(await begin(victim, FREE_SLOT, shown)).toBe('badSignature');
    });

/** NEXT with other fields, signed anew or not. */
function forged(change: (manifest: Uint8Array) => void, message?: (manifest: Uint8Array) => Uint8Array): Signed {
  const manifest = NEXT.manifest.slice();
  change(manifest);
  if (message) manifest.set(sign(null, message(manifest), privateKey('ours')), MANIFEST.signature);
  return { ...NEXT, manifest };
}

const replayOfAnOlderCircuit = isRefused(OLD, 'counterTooLow');
const circuitOfAnotherProduct = isRefused(signedBy(NEXT.circuit, 3, { product: 'acme-doorlock' }), 'otherProduct');
const circuitOfAProductWhoseNameBeginsLikeOurs = isRefused(
  signedBy(NEXT.circuit, 3, { product: `${PRODUCT}-2` }),
  'otherProduct',
);
const circuitOfAnotherBoard = isRefused(signedBy(NEXT.circuit, 3, { board: 'esp32c3' }), 'otherBoard');
const circuitOfABoardWhoseNameBeginsLikeOurs = isRefused(
  ({ board }) => signedBy(NEXT.circuit, 3, { board: `${board}x` }),
  'otherBoard',
);
const circuitForNewerFirmware = isRefused(
  signedBy(NEXT.circuit, 3, { minimumFirmware: { major: 255, minor: 0 } }),
  'firmwareTooOld',
);
const circuitOfAStranger = isRefused(signedBy(NEXT.circuit, 3, { owner: 'stranger' }), 'unknownKey');
const strangerUnderTheIdOfOurKey = isRefused(() => {
  const { manifest } = signedBy(NEXT.circuit, 3, { owner: 'stranger' });
  const claimed = decodeManifest(manifest);
  const ours = { ...claimed, keyId: decodeManifest(NEXT.manifest).keyId };
  const signature = sign(null, manifestMessage(encodeManifest(ours)), privateKey('stranger'));
  return { ...NEXT, manifest: encodeManifest({ ...ours, signature }) };
}, 'badSignature');
const signatureOfAnotherCircuit = isRefused(
  forged((manifest) => manifest.set(CURRENT.manifest.subarray(MANIFEST.signature), MANIFEST.signature)),
  'badSignature',
);
const signatureOverTheDigestAlone = isRefused(
  forged(
    () => undefined,
    () => createHash('sha256').update(NEXT.bytes).digest(),
  ),
  'badSignature',
);
const signatureWithoutItsDomain = isRefused(
  forged(
    () => undefined,
    (manifest) => manifest.subarray(0, MANIFEST.signature),
  ),
  'badSignature',
);
const signedReservedByte = isRefused(
  forged((manifest) => (manifest[MANIFEST.reserved] = 1), manifestMessage),
  'badArgument',
);
const keyTableShownAsACircuit: Attack = (victim) =>
  withoutAnErase(victim, async () => {
    const table = keyTable(['ours', 'next'], 9);
    expect(await authorize(victim, { manifest: table.subarray(0, MANIFEST.size) })).toBe('badArgument');
  });

/** Every bit of the manifest, one at a time. */
const flippedBits =
  (every: number): Attack =>
  (victim) =>
    withoutAnErase(victim, async () => {
      for (let bit = 0; bit < 8 * MANIFEST.size; bit += every) {
        const manifest = flipped(NEXT.manifest, bit);
        expect(await authorize(victim, { manifest }), `bit ${bit}`).not.toBe('ok');
        expect(await begin(victim, FREE_SLOT, NEXT), `bit ${bit}`).toBe('badSignature');
      }
    });

const truncatedManifest: Attack = (victim) =>
  withoutAnErase(victim, async () => {
    for (const length of [0, 1, 99, 100, 163])
      expect(await authorize(victim, { manifest: NEXT.manifest.subarray(0, length) })).toBe('badLength');
    const longer = new Uint8Array([...NEXT.manifest, 0]);
    expect(await authorize(victim, { manifest: longer })).toBe('badLength');
    expect(await begin(victim, FREE_SLOT, NEXT)).toBe('badSignature');
  });

const beginWithoutAManifest: Attack = (victim) =>
  withoutAnErase(victim, async () => {
    expect(await begin(victim, FREE_SLOT, NEXT)).toBe('badSignature');
    expect(await write(victim, NEXT.bytes)).toBe('incomplete');
  });

const beginWithTheManifestOfAnother: Attack = (victim) =>
  withoutAnErase(victim, async () => {
    expect(await authorize(victim, NEXT)).toBe('ok');
    expect(await begin(victim, FREE_SLOT, OLD)).toBe('badSignature');
    const { digest } = NEXT;
    const totalBytes = NEXT.bytes.length - 4;
    expect(await answer(victim, { type: 'begin', slot: FREE_SLOT, totalBytes, digest })).toBe('badSignature');
  });

const beginAfterARefusedManifest: Attack = (victim) =>
  withoutAnErase(victim, async () => {
    expect(await authorize(victim, NEXT)).toBe('ok');
    expect(await authorize(victim, OLD)).toBe('counterTooLow');
    expect(await begin(victim, FREE_SLOT, NEXT)).toBe('badSignature');
  });

const manifestFromBeforeARestart: Attack = (victim) =>
  withoutAnErase(victim, async () => {
    expect(await authorize(victim, NEXT)).toBe('ok');
    await victim.restart();
    expect(await begin(victim, FREE_SLOT, NEXT)).toBe('badSignature');
  });

/** The right manifest, other bytes behind it. */
const otherBytesThanAuthorized: Attack = async (victim) => {
  expect(OLD.bytes).toHaveLength(NEXT.bytes.length);
  expect(await authorize(victim, NEXT)).toBe('ok');
  expect(await begin(victim, FREE_SLOT, NEXT)).toBe('ok');
  expect(await write(victim, OLD.bytes)).toBe('ok');
  expect(await step(victim, 'verify', FREE_SLOT)).toBe('digestMismatch');
  expect(await step(victim, 'activate', FREE_SLOT)).toBe('slotUnavailable');
};

/** The manifest is swapped while the bytes are under way. */
const anotherManifestBeforeVerify: Attack = async (victim) => {
  expect(await authorize(victim, NEXT)).toBe('ok');
  expect(await begin(victim, FREE_SLOT, NEXT)).toBe('ok');
  expect(await write(victim, NEXT.bytes)).toBe('ok');
  expect(await authorize(victim, signedBy(OLD.circuit, 7))).toBe('ok');
  expect(await step(victim, 'verify', FREE_SLOT)).toBe('badSignature');
  expect(await authorize(victim, OLD)).toBe('counterTooLow');
  expect(await step(victim, 'verify', FREE_SLOT)).toBe('badSignature');
  expect(await step(victim, 'activate', FREE_SLOT)).toBe('slotUnavailable');
};

/** A whole signed file instead of the plain one that its manifest speaks for. */
const fileWithItsManifest: Attack = (victim) =>
  withoutAnErase(victim, async () => {
    const bytes = withManifest(NEXT.bytes, NEXT.manifest);
    const digest = createHash('sha256').update(bytes).digest();
    expect(await authorize(victim, NEXT)).toBe('ok');
    expect(await begin(victim, FREE_SLOT, { ...NEXT, bytes, digest })).toBe('badSignature');
  });

const messagesOutOfOrder: Attack = (victim) =>
  withoutAnErase(victim, async () => {
    expect(await write(victim, NEXT.bytes)).toBe('incomplete');
    for (const type of ['verify', 'activate', 'confirm'] as const)
      expect(await step(victim, type, FREE_SLOT)).not.toBe('ok');
    expect(await begin(victim, FREE_SLOT, NEXT)).toBe('badSignature');
    expect(await authorize(victim, NEXT)).toBe('ok');
  });

/** What is confirmed with counter 3 leaves no way back to what was confirmed with 2. */
const wayBackThroughTheOtherSlot: Attack = async (victim) => {
  expect(await store(victim, FREE_SLOT, NEXT)).toBe('ok');
  expect(await step(victim, 'activate', FREE_SLOT)).toBe('ok');
  // Until it is confirmed, the old one may still come.
  const again = signedBy(CURRENT.circuit, 2);
  expect(await authorize(victim, again)).toBe('ok');
  expect(await step(victim, 'confirm', FREE_SLOT)).toBe('ok');
  await withoutAnErase(victim, async () => {
    expect(await begin(victim, 0, again)).toBe('counterTooLow');
    expect(await authorize(victim, again)).toBe('counterTooLow');
    expect(await step(victim, 'verify', 0)).toBe('counterTooLow');
    expect(await step(victim, 'activate', 0)).toBe('counterTooLow');
    expect(await step(victim, 'confirm', 0)).toBe('slotUnavailable');
  });
  await victim.restart();
  expect(await runs(victim, NEXT)).toBe(true);
};

/** A refused table leaves the keys as they are. */
const isNoTable =
  (signedTable: () => Uint8Array, ...statuses: readonly string[]): Attack =>
  (victim) =>
    withoutAnErase(victim, async () => {
      expect(statuses).toContain(await putKeys(victim, signedTable()));
      expect(await authorize(victim, NEXT)).toBe('ok');
    });

const keyTableOfAStranger = isNoTable(() => keyTable(['ours', 'stranger'], 1, 'stranger'), 'unknownKey');
const keyTableWithoutTheKeyOfTheCircuit = isNoTable(() => keyTable(['spare'], 1), 'keyInUse');
const circuitShownAsAKeyTable = isNoTable(() => {
  const table = keyTable(['ours', 'stranger'], 1).subarray(MANIFEST.size);
  return new Uint8Array([...NEXT.manifest, ...table]);
}, 'badArgument');
const keyTableUnderTheManifestOfAnother = isNoTable(() => {
  const table = keyTable(['ours', 'stranger'], 1, 'stranger').subarray(MANIFEST.size);
  return new Uint8Array([...keyTable(['ours', 'spare'], 1).subarray(0, MANIFEST.size), ...table]);
}, 'badSignature');
const keyTableOfNoKeys = isNoTable(
  () => keyTable(['ours'], 1).map((byte, at) => (at === MANIFEST.size + KEY_TABLE.count ? 0 : byte)),
  'badArgument',
);
const keyTableOfTooManyKeys = isNoTable(
  () => keyTable(['ours'], 1).map((byte, at) => (at === MANIFEST.size + KEY_TABLE.count ? 5 : byte)),
  'badArgument',
);
const keyTableCutShort: Attack = (victim) =>
  withoutAnErase(victim, async () => {
    const table = keyTable(['ours', 'next'], 1);
    for (const length of [0, 1, 164, 165, table.length - 32, table.length - 1])
      expect(await putKeys(victim, table.subarray(0, length)), `${length}`).toBe('badLength');
    expect(await putKeys(victim, new Uint8Array([...table, 0]))).toBe('badLength');
  });
const flippedBitsOfAKeyTable =
  (every: number): Attack =>
  (victim) =>
    withoutAnErase(victim, async () => {
      const table = keyTable(['ours', 'next'], 1);
      for (let bit = 0; bit < 8 * table.length; bit += every)
        expect(await putKeys(victim, flipped(table, bit)), `bit ${bit}`).not.toBe('ok');
    });

/** After a rotation, neither the old table nor one of its version comes back; a repeated request does no harm. */
const replayOfAnOlderKeyTable: Attack = async (victim) => {
  const [first, second] = [keyTable(['ours', 'spare'], 1), keyTable(['ours', 'next'], 2)];
  expect(await putKeys(victim, first)).toBe('ok');
  expect(await putKeys(victim, second)).toBe('ok');
  await withoutAnErase(victim, async () => {
    expect(await putKeys(victim, second)).toBe('ok');
    expect(await putKeys(victim, first)).toBe('counterTooLow');
    expect(await putKeys(victim, keyTable(['ours', 'spare'], 2))).toBe('counterTooLow');
    await victim.restart();
    expect(await putKeys(victim, first)).toBe('counterTooLow');
    expect(await authorize(victim, signedBy(NEXT.circuit, 3, { owner: 'spare' }))).toBe('unknownKey');
    expect(await authorize(victim, signedBy(NEXT.circuit, 3, { owner: 'next' }))).toBe('ok');
  });
};

/** A lost key is taken out. What it signs afterwards, and what it had signed, counts no more. */
const circuitOfARevokedKey: Attack = async (victim) => {
  expect(await install(victim, FREE_SLOT, signedBy(CURRENT.circuit, 2, { owner: 'spare' }))).toBe('ok');
  expect(await putKeys(victim, keyTable(['spare', 'next'], 1, 'spare'))).toBe('ok');
  await withoutAnErase(victim, async () => {
    expect(await authorize(victim, NEXT)).toBe('unknownKey');
    expect(await putKeys(victim, keyTable(['spare', 'ours'], 2, 'ours'))).toBe('unknownKey');
    expect(await step(victim, 'activate', 0)).toBe('unknownKey');
  });
};

/** The key goes while its circuit is on trial. */
const confirmationAfterARevocation: Attack = async (victim) => {
  expect(await store(victim, FREE_SLOT, signedBy(NEXT.circuit, 3, { owner: 'spare' }))).toBe('ok');
  expect(await step(victim, 'activate', FREE_SLOT)).toBe('ok');
  expect(await putKeys(victim, keyTable(['ours', 'next'], 1))).toBe('ok');
  expect(await step(victim, 'confirm', FREE_SLOT)).toBe('unknownKey');
  await victim.restart();
};

/** Refused while nothing of the device changes. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  replayOfAnOlderCircuit,
  circuitOfAnotherProduct,
  circuitOfAProductWhoseNameBeginsLikeOurs,
  circuitOfAnotherBoard,
  circuitOfABoardWhoseNameBeginsLikeOurs,
  circuitForNewerFirmware,
  circuitOfAStranger,
  strangerUnderTheIdOfOurKey,
  signatureOfAnotherCircuit,
  signatureOverTheDigestAlone,
  signatureWithoutItsDomain,
  signedReservedByte,
  keyTableShownAsACircuit,
  truncatedManifest,
  beginWithoutAManifest,
  beginWithTheManifestOfAnother,
  beginAfterARefusedManifest,
  manifestFromBeforeARestart,
  otherBytesThanAuthorized,
  anotherManifestBeforeVerify,
  fileWithItsManifest,
  messagesOutOfOrder,
  keyTableOfAStranger,
  keyTableWithoutTheKeyOfTheCircuit,
  circuitShownAsAKeyTable,
  keyTableUnderTheManifestOfAnother,
  keyTableOfNoKeys,
  keyTableOfTooManyKeys,
  keyTableCutShort,
  replayOfAnOlderKeyTable,
  confirmationAfterARevocation,
};

/** Refused although the device goes on to something else that its owner signed. */
export const ATTACKS_ON_UPDATES: Readonly<Record<string, Attack>> = {
  wayBackThroughTheOtherSlot,
  circuitOfARevokedKey,
};

/** All bits of what is signed, or each so many-th. */
export const FLIPS: Readonly<Record<string, (every: number) => Attack>> = { flippedBits, flippedBitsOfAKeyTable };

export { parts };

/** What an attack on a device without keys comes to: it knows nothing of manifests, says so, and takes any circuit, older ones too. */
export async function takesAnyCircuit(victim: Victim): Promise<void> {
  expect(await authorize(victim, NEXT)).toBe('unknownMessage');
  expect(await putKeys(victim, keyTable(['ours'], 1))).toBe('unknownMessage');
  for (const [slot, signed] of [NEXT, OLD].entries()) {
    expect(await begin(victim, slot, signed)).toBe('ok');
    expect(await write(victim, signed.bytes)).toBe('ok');
    for (const type of ['verify', 'activate', 'confirm'] as const) expect(await step(victim, type, slot)).toBe('ok');
    expect(await runs(victim, signed)).toBe(true);
  }
}
