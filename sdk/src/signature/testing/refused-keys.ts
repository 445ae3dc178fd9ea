/** Everything that must not end in firmware as a trusted key. */
import { generateKeyPairSync } from 'node:crypto';
import { generateKeys } from '../keys.js';
import { WEAK_KEYS, publicKeyPem } from './weak-keys.js';

/** A pair of keys that are none of Ed25519, in PEM. */
function pairOf(type: 'ec' | 'x25519' | 'rsa'): { readonly publicKey: string; readonly privateKey: string } {
  const keys = {
    ec: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    x25519: () => generateKeyPairSync('x25519'),
    rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  }[type]();
  return {
    publicKey: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Returns each with what the refusal says. */
export function refusedKeys(): readonly (readonly [what: string, text: string, message: string])[] {
  const [ours, theirs] = [generateKeys(), generateKeys()];
  const body = ours.publicKey.split('\n')[1];
  const weak = WEAK_KEYS.flatMap((hex) => {
    const other = Buffer.from(hex, 'hex');
    other[31] ^= 0x80;
    return [Buffer.from(hex, 'hex'), other];
  });
  return [
    ['a private key', ours.privateKey, 'private key'],
    ['both halves', ours.publicKey + ours.privateKey, 'private key'],
    ['the private key of another curve', pairOf('ec').privateKey, 'private key'],
    ['a public key of P-256', pairOf('ec').publicKey, 'none of Ed25519'],
    ['a public key of X25519', pairOf('x25519').publicKey, 'none of Ed25519'],
    ['a public key of RSA', pairOf('rsa').publicKey, 'none of Ed25519'],
    ['a key cut off', ours.publicKey.replace(body, body.slice(0, 40)), 'none of Ed25519'],
    ['a key with more behind it', ours.publicKey.replace(body, `${body.slice(0, -1)}AAAA`), 'none of Ed25519'],
    ['no base 64', ours.publicKey.replace(body, '%'.repeat(60)), 'none of Ed25519'],
    ['two keys', ours.publicKey + theirs.publicKey, 'no public key in PEM'],
    ['nothing', '', 'no public key in PEM'],
    // y = 2 is the y of no point, and p + 3 is another way to write 3.
    ['no point', publicKeyPem(Buffer.from(`02${'00'.repeat(31)}`, 'hex')), 'nobody can sign'],
    ['a point in another spelling', publicKeyPem(Buffer.from(`f0${'ff'.repeat(30)}7f`, 'hex')), 'nobody can sign'],
    ...weak.map((key) => [`the weak key ${key.toString('hex')}`, publicKeyPem(key), 'protects nothing'] as const),
  ];
}
