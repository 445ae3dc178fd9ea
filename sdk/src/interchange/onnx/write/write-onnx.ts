import { create, toBinary } from '@bufbuild/protobuf';
import { ModelError } from '@adiabit/simulator/errors';
import { outputShapeOf, type ThermometerLayer } from '@adiabit/simulator/network';
import {
  sourcesOf,
  validateModel,
  valuesIn,
  type BinarizedModel,
  type Layer,
  type PictureShape,
} from '../../../model/model.js';
import { modelDigest } from '../../../model/model-file.js';
import { layerRanges, type LayerRange } from '../../../model/ranges.js';
import { VERSION } from '../../../version.js';
import { ModelProtoSchema } from '../schema/onnx_pb.js';
import { writeActivation, type Integers } from './activations.js';
import { GraphWriter, valueInfo } from './graph-writer.js';
import { writeInput } from './input.js';
import { elementFor, Values } from './values.js';
import { writeConvolution, writeDense, writePool } from './weighted.js';

/** Opset 17 and the version of files that goes with it: of 2022, so that runtimes of some age read it too. */
const OPSET = 17n;
const IR_VERSION = 8n;

export interface WriteOnnxOptions {
  /** The digest that the file names. If absent, the model's. */
  readonly digest?: string;
}

/**
 * Writes a frozen model as an ONNX file of standard operators. Its `input` takes unsigned bytes, [N, values] or [N,
 * height, width, channels]; `outputs` are the integers of the oracle, `class` is the position of the largest. All
 * numbers between are whole, as float32 below 2^24 and as float64 above, so that every runtime that computes these
 * operators by IEEE 754 gives the same ones.
 * @throws ModelError `model.unsupported-layer` if a preparation is of more samples than 64-bit integers can do
 */
export function writeOnnx(model: BinarizedModel, { digest = modelDigest(model) }: WriteOnnxOptions = {}): Uint8Array {
  validateModel(model);
  const writer = new GraphWriter();
  const shape = inputShapeOf(model);
  const start = writeInput(writer, model, shape, 'input');
  const ranges = layerRanges(model);
  const places: Values[] = [];
  model.layers.forEach((layer, index) => {
    const sources = sourcesOf(layer, index).map((source) => (source < 0 ? start : places[source]));
    const { name, element, form } = writeLayer(writer, `layer${index}`, layer, sources, ranges[index]);
    places.push(new Values(writer, name, form, outputShapeOf(layer), element, ranges[index].values));
  });
  const last = places[places.length - 1];
  writer.cast('outputs', last.as('rows'), 'int32');
  writer.node('ArgMax', 'class', ['outputs'], { axis: 1, keepdims: 0 });
  const { bits, count } = model.input;
  const dims = shape[0] * shape[1] > 1 ? shape : [count];
  const graph = writer.graph(
    model.name,
    [valueInfo('input', 'uint8', dims, `unsigned integers below ${2 ** bits}, as the device takes them`)],
    [
      valueInfo('outputs', 'int32', [valuesIn(last.shape)], 'an integer a class; the largest is the answer'),
      valueInfo('class', 'int64', [], 'the position of the largest output, the lowest one on a tie'),
    ],
  );
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: IR_VERSION,
      producerName: 'adiabit',
      producerVersion: VERSION,
      docString: `${model.name}: the exact integers of an Adiabit circuit`,
      opsetImport: [{ domain: '', version: OPSET }],
      graph,
      metadataProps: metadataOf(model, digest),
    }),
  );
}

/** The shape in which the input is given: that of the first layer that takes it as a picture. */
function inputShapeOf({ input, layers }: BinarizedModel): PictureShape {
  const readers = layers.filter((layer, index) => sourcesOf(layer, index).includes(-1));
  for (const reader of readers) if (reader.kind !== 'dense') return reader.inputShape;
  return [1, 1, input.count];
}

/** Adds a thermometer: all values of a channel beside all its thresholds. */
function writeThermometer(writer: GraphWriter, name: string, layer: ThermometerLayer, source: Values): Integers {
  const [height, width, channels] = layer.inputShape;
  const { thresholds } = layer.activation;
  const levels = thresholds.length / channels;
  const values = source.as('pictures', [height * width, channels, 1]);
  const bounds = writer.constant(`${name}/thresholds`, source.element, [channels, levels], thresholds);
  const reached = writer.node('GreaterOrEqual', `${name}/reached`, [values, bounds]);
  const bits = writer.cast(`${name}/bits`, reached, 'float');
  const shape = writer.constant(`${name}/shape`, 'int64', [4], [0, height, width, thresholds.length]);
  return { name: writer.node('Reshape', `${name}/values`, [bits, shape]), element: 'float', form: 'pictures' };
}

function writeLayer(
  writer: GraphWriter,
  name: string,
  layer: Layer,
  sources: readonly Values[],
  ranges: LayerRange,
): Integers {
  const [source] = sources;
  switch (layer.kind) {
    case 'dense':
      return writeActivation(writer, name, layer.activation, writeDense(writer, name, layer, source), ranges);
    case 'convolution':
      return writeActivation(writer, name, layer.activation, writeConvolution(writer, name, layer, source), ranges);
    case 'pool':
      return writePool(writer, name, layer, source);
    case 'activation':
      return writeActivation(writer, name, layer.activation, naturally(source, layer.inputShape), ranges);
    case 'logic':
      throw new ModelError(
        'unsupported-layer',
        `${name} is learnt logic, which ONNX has no operator for. Export C or Verilog.`,
        {
          layer: name,
        },
      );
    case 'thermometer':
      return writeThermometer(writer, name, layer, source);
    case 'add': {
      const element = sources.some((one) => one.element === 'double') ? 'double' : elementFor(ranges.values);
      const terms = sources.map((one) => naturally(one, layer.inputShape));
      const inputs = terms.map((term) => writer.inElement(term.name, term.element, element));
      return { name: writer.node('Add', `${name}/values`, inputs), element, form: terms[0].form };
    }
  }
}

/** Takes values as a picture's planes where there are places, else as rows. */
function naturally(values: Values, shape: PictureShape): Integers {
  const form = shape[0] * shape[1] > 1 ? 'planes' : 'rows';
  return { name: values.as(form, shape), element: values.element, form };
}

function metadataOf({ input, trainedOn }: BinarizedModel, digest: string) {
  const props: Readonly<Record<string, string | undefined>> = {
    'adiabit.model_digest': digest,
    'adiabit.input_bits': String(input.bits),
    'adiabit.input_kind': trainedOn?.kind,
    'adiabit.input_shape': trainedOn && JSON.stringify(trainedOn.shape),
    'adiabit.sample_rate_hz': trainedOn?.sampleRateHz?.toString(),
    'adiabit.class_names': trainedOn?.classNames && JSON.stringify(trainedOn.classNames),
  };
  return Object.entries(props).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
}
