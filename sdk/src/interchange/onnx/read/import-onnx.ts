import { ModelError } from '@adiabit/simulator/errors';
import type { TrainedOn } from '@adiabit/simulator/bitstream';
import { validateModel, type BinarizedModel } from '../../../model/model.js';
import { hasOneUnit, interceptAt, signOf, slopeAt } from '../../../train/freezing/affine.js';
import { inSteps, LARGEST_VALUE, stepFor } from '../../../train/freezing/integers.js';
import { ModelBuilder } from '../../../train/freezing/model-builder.js';
import { scaleOutputs } from '../../../train/freezing/outputs.js';
import type { Place } from '../../../train/freezing/place.js';
import type { ReadExternal } from './constant.js';
import { readGraph, type Graph } from './graph.js';
import { inputValue, type InputScaling } from './input.js';
import { refusal } from './refusal.js';
import { type ImportNote, type Operand, placeOf, type Value } from './value.js';
import { walkGraph } from './walk.js';

export interface ImportOptions {
  /** The name of the model. If absent, the graph's. */
  readonly name?: string;
  /** What the file is called in messages (`the file`). */
  readonly source?: string;
  readonly input?: InputScaling;
  readonly classNames?: readonly string[];
}

export interface ImportOnnxOptions extends ImportOptions {
  /** Reads what the file keeps in files beside it. If absent, such files are refused. */
  readonly readExternal?: ReadExternal;
}

export interface ImportedModel {
  readonly model: BinarizedModel;
  /** Whether the model's class is the graph's for every input, in exact arithmetic. */
  readonly isExact: boolean;
  /** The real value of one step of the integer outputs; an output of the graph is outputUnit times the integer. */
  readonly outputUnit: number;
  readonly notes: readonly ImportNote[];
}

/**
 * Reads an ONNX or QONNX file, as PyTorch and Brevitas export them, as a model. Scales, biases and batch normalisations
 * become thresholds, in rational arithmetic on the numbers of the file. Weights of two values, or of whole multiples of
 * a step up to 127, stay exactly those; others are rounded to 8 bits.
 * @throws FormatError if it is no ONNX file; ModelError `model.unsupported-layer` naming the node that has no form here
 */
export function importOnnx(bytes: Uint8Array, options: ImportOnnxOptions = {}): ImportedModel {
  const { source = 'the file', readExternal = withoutOtherFiles } = options;
  return modelOf(readGraph(bytes, source, readExternal), options);
}

/** Makes a model of a graph. @throws ModelError `model.unsupported-layer` naming the node that has no form here */
export function modelOf(graph: Graph, { name, input: scaling = {}, classNames }: ImportOptions): ImportedModel {
  const start = inputValue(graph, graph.constants, scaling);
  const { bits = 8 } = scaling;
  const builder = new ModelBuilder({ count: start.order.length, bits }, []);
  const notes: ImportNote[] = [];
  const reading = {
    builder,
    note: (kind: ImportNote['kind'], { name, operator }: { readonly name: string; readonly operator: string }): void =>
      void notes.push({ kind, node: name, operator }),
  };
  const known = new Map<string, Operand>([...graph.constants, [graph.input.name, start]]);
  const last = onlyAnswer(graph, walkGraph(graph, reading, known));
  const outputs = { name: graph.outputs[0], operator: 'output' };
  const place = comparable(builder, placeOf(outputs, last), () => reading.note('common-unit', outputs));
  const { model, outputUnit, isExact } = finished(builder, place, name ?? (graph.name || 'imported'));
  const trainedOn = { ...describe(start), ...(classNames === undefined ? {} : { classNames }) };
  return { model: { ...model, trainedOn }, isExact, outputUnit, notes };
}

function withoutOtherFiles(location: string): never {
  const message = `The weights are in "${location}". Keep that file beside the model, or export all into one file.`;
  throw new ModelError('bad-value', message, { location });
}

/** Returns the values behind the outputs of the graph, which are all the same ones. */
function onlyAnswer({ outputs }: Graph, operands: readonly (Operand | undefined)[]): Value {
  const values = operands.map((operand, index) => {
    if (operand?.kind === 'value') return operand;
    if (operand?.kind === 'answer') return operand.value;
    const where = { name: outputs[index], operator: 'output' };
    throw refusal(where, 'does not depend on the input as numbers', 'Let the graph give a number a class.');
  });
  const [first] = values;
  const other = values.findIndex(({ place }) => place !== first.place);
  if (other < 0) return first;
  const where = { name: outputs[other], operator: 'output' };
  throw refusal(where, `is another than "${outputs[0]}"`, 'A model has one output, a number a class.');
}

/** Brings outputs to one unit, so that integers are in the order of the real numbers. */
function comparable(builder: ModelBuilder, place: Place, note: () => void): Place {
  const settles = place.pending !== undefined && place.maximum === undefined;
  const isRising = settles || signOf(slopeAt(place.affine, 0)) > 0;
  if (hasOneUnit(place.affine) && isRising) return place.maximum === undefined ? place : builder.settle(place);
  note();
  builder.round();
  return builder.activate(place, inSteps(stepFor(builder.reachOf(place), LARGEST_VALUE), LARGEST_VALUE));
}

function finished(builder: ModelBuilder, place: Place, name: string) {
  const { affine, shape } = builder.sums(place);
  const slope = slopeAt(affine, 0);
  if (signOf(slope) === 0) throw new ModelError('bad-value', `The outputs of "${name}" do not depend on its inputs.`);
  const draft = builder.model(name);
  validateModel(draft);
  // Outputs of a picture have its channels one after the other.
  const count = shape[0] * shape[1] * shape[2];
  if (count !== shape[2]) {
    throw new ModelError(
      'shape-mismatch',
      `The outputs of "${name}" are a picture. Let the graph give a number a class.`,
    );
  }
  const ratios = Array.from({ length: count }, (_, output) => interceptAt(affine, output).div(slope));
  const { model, shift, isProved } = scaleOutputs(draft, ratios, [], builder.isExact);
  validateModel(model);
  return { model, outputUnit: slope.valueOf() / 2 ** shift, isExact: builder.isExact && isProved };
}

/** Says what the examples of a model are: a picture where the graph takes its input as one. */
function describe({ place: { shape } }: Value): TrainedOn {
  const [height, width, channels] = shape;
  if (height > 1) return { kind: 'picture', shape: channels === 1 ? [height, width] : [height, width, channels] };
  return { kind: 'values', shape: width > 1 ? (channels === 1 ? [width] : [width, channels]) : [channels] };
}
