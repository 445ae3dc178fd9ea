import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { makeFolder, readBytes, removeFile } from '../../files.js';
import { BridgeError } from '../errors.js';
import type { Artifact, Deployment } from './replies.js';
import type { DdiServer } from './server.js';

/** More than any slot holds. */
const MAX_ARTIFACT_BYTES = 16 << 20;

/**
 * Finds the bitstream of a deployment.
 * @throws BridgeError `bridge.bad-payload` unless it has one
 */
export function bitstreamOf({ artifacts }: Deployment): Artifact {
  const bitstreams = artifacts.filter(({ filename }) => filename.endsWith('.abit'));
  const [artifact] = bitstreams;
  if (bitstreams.length !== 1) {
    const message = `The deployment holds ${bitstreams.length} .abit files; it takes one. Assign another distribution set.`;
    throw new BridgeError('bad-payload', message, { files: bitstreams.length });
  }
  if (artifact.bytes <= MAX_ARTIFACT_BYTES) return artifact;
  const message = `The bitstream has ${artifact.bytes} bytes, more than any board holds. Assign another distribution set.`;
  throw new BridgeError('bad-payload', message, { bytes: artifact.bytes });
}

/**
 * Downloads an artifact into a folder, on from where an earlier try was cut, and checks its length and hash. One that is there whole
 * is not asked for.
 * @returns the path of the file, which is named by its hash
 * @throws BridgeError `bridge.download-damaged`, after which a new try starts anew
 */
export async function downloadArtifact(
  server: DdiServer,
  artifact: Artifact,
  folder: string,
  signal?: AbortSignal,
): Promise<string> {
  await makeFolder(folder);
  const path = join(folder, `${artifact.hash.digest}.abit`);
  if (await isWhole(path, artifact)) return path;
  await server.download(artifact.url, path, artifact.bytes, signal);
  if (await isWhole(path, artifact)) return path;
  await removeFile(path);
  const message = `${artifact.filename} did not come as the server describes it. It is downloaded anew at the next try.`;
  throw new BridgeError('download-damaged', message, { file: artifact.filename, bytes: artifact.bytes });
}

async function isWhole(path: string, { bytes, hash }: Artifact): Promise<boolean> {
  const file = await readBytes(path).catch(() => new Uint8Array(0));
  return file.length === bytes && createHash(hash.algorithm).update(file).digest('hex') === hash.digest;
}
