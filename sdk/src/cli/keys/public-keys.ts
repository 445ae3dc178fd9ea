import type { KeyObject } from 'node:crypto';
import { readText } from '../../files.js';
import { readPublicKey, SignatureError } from '../../signature/index.js';

/** Reads public keys. @throws SignatureError `signature.bad-key` that names the file; DataError `data.not-found` */
export const readPublicKeys = (files: readonly string[]): Promise<readonly KeyObject[]> =>
  Promise.all(
    files.map(async (file) => {
      const pem = await readText(file);
      try {
        return readPublicKey(pem);
      } catch (error) {
        if (!(error instanceof SignatureError)) throw error;
        throw new SignatureError(error.kind, `${file}: ${error.message}`, { ...error.details, file }, error);
      }
    }),
  );
