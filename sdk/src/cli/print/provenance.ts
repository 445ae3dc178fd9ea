import { count, bytes as bytesText, percent, table } from '../../text/format.js';
import type { Provenance } from '../../workflow/index.js';

/** Puts the chain from data to bitstream into lines, from the file back to its data. */
export function provenanceText({ bitstream, network, signature, model, build, strangers }: Provenance): string {
  const { trainedOn } = network;
  const inputs = `${count(network.inputs)} inputs of ${network.inputBits} ${network.inputBits === 1 ? 'bit' : 'bits'}`;
  const rows: (readonly [string, string])[] = [
    ['digest', bitstream.digest],
    ['format', `bitstream ${bitstream.format}, ${bytesText(bitstream.bytes)}, ${network.goldenVectors} golden vectors`],
    ['network', `${network.name}: ${network.layers} layers, ${inputs}`],
    ['compiled by', network.compiler],
    ['model digest', network.modelDigest],
    ['model', model === undefined ? 'not beside it' : model.file],
    ['trained on', trainedOn === undefined ? 'not said' : trainedOnText(trainedOn)],
    ...(build === undefined ? [] : buildRows(build)),
    ['signature', signatureText(signature)],
    ...strangers.map((why) => ['not its own', why] as const),
  ];
  return table(rows);
}

function trainedOnText({
  kind,
  shape,
  sampleRateHz,
  classNames,
}: NonNullable<Provenance['network']['trainedOn']>): string {
  const rate = sampleRateHz === undefined ? '' : ` at ${count(sampleRateHz)} Hz`;
  const classes = classNames === undefined ? '' : `; ${classNames.length} classes: ${classNames.join(', ')}`;
  return `${kind} of ${shape.join(' x ')}${rate}${classes}`;
}

function buildRows({
  file,
  adiabit,
  seed,
  backend,
  dataDigest,
  configDigest,
  accuracy = {},
}: NonNullable<Provenance['build']>) {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['built', file],
    ['data digest', dataDigest],
    ['config digest', configDigest],
    ['seed', seed?.toString()],
    [
      'trained by',
      adiabit === undefined ? undefined : `Adiabit ${adiabit}${backend === undefined ? '' : `, backend ${backend}`}`,
    ],
    [
      'test accuracy',
      Object.entries(accuracy)
        .map(([name, value]) => `${percent(value)} ${name}`)
        .join(', ') || undefined,
    ],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

const signatureText = (signature: Provenance['signature']): string =>
  signature === undefined
    ? 'none'
    : `${signature.namesFile ? '' : 'NOT OF THIS FILE, '}says key ${signature.key}, for ${signature.board ?? 'every board'} of ` +
      `${signature.product}, security counter ${signature.securityCounter}`;
