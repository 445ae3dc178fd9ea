import { CompileError } from '../errors.js';
import { levelsOf, outputsOf, type Network, type ThermometerLayer } from '../network/network.js';

/** A network in two parts: a thermometer of plain values, and what takes its bits. */
export interface StreamedNetwork {
  readonly valueBits: number;
  readonly values: number;
  readonly thresholds: readonly number[];
  /** The network behind the thermometer. Its circuit takes all bits at once. */
  readonly behind: Network;
}

/**
 * Parts a network whose values can be compared as they come, one after the other.
 * @throws CompileError `compile.unsupported` if it does not begin with a thermometer of one channel
 */
export function streamed({ input, layers: [first, ...layers] }: Network): StreamedNetwork {
  if (first.kind !== 'thermometer' || first.inputShape[2] !== 1) {
    throw new CompileError(
      'unsupported',
      'The network does not begin with a thermometer of one channel, so its values cannot be compared one by one. ' +
        'Export its circuit, which takes them all at once.',
      { layer: 0, kind: first.kind, options: [] },
    );
  }
  const behind = { input: { count: input.count * levelsOf(first), bits: 1 }, layers };
  return { valueBits: input.bits, values: input.count, thresholds: thresholdsOf(first), behind };
}

const thresholdsOf = ({ activation }: ThermometerLayer): readonly number[] => [...activation.thresholds];

/**
 * Writes a module around the circuit of the network behind a thermometer: it takes a value a cycle while `enable` is 1, compares it
 * with the thresholds, and starts the circuit when all have come. So a chip needs a dozen pins.
 * @param name of the module; it contains one named `core`
 * @param core name of the module of the circuit
 */
export function* writeStreamTop(name: string, core: string, network: StreamedNetwork): Generator<string> {
  const { valueBits, values, thresholds, behind } = network;
  const bits = behind.input.count;
  const counterBits = Math.max(1, Math.ceil(Math.log2(values)));
  const classBits = Math.max(1, Math.ceil(Math.log2(outputsOf(behind.layers[behind.layers.length - 1]))));
  const reached = thresholds.map((threshold) => `value >= ${valueBits}'d${threshold}`).reverse();
  const last = `${counterBits}'d${values - 1}`;
  const kept = bits === thresholds.length ? '' : `, x[${bits - 1}:${thresholds.length}]`;
  yield '`default_nettype none';
  yield `module ${name} (`;
  yield '  input wire clk,';
  yield '  input wire rst,';
  yield '  input wire enable,';
  yield `  input wire [${valueBits - 1}:0] value,`;
  yield `  output wire [${classBits - 1}:0] class_index,`;
  yield '  output wire valid';
  yield ');';
  yield `  reg [${bits - 1}:0] x = ${bits}'d0;`;
  yield `  reg [${counterBits - 1}:0] count = ${counterBits}'d0;`;
  yield `  reg start = 1'b0;`;
  yield '  always @(posedge clk) begin';
  yield '    if (rst) begin';
  yield `      count <= ${counterBits}'d0;`;
  yield `      start <= 1'b0;`;
  yield '    end else begin';
  yield `      start <= enable && count == ${last};`;
  yield `      if (enable) count <= count == ${last} ? ${counterBits}'d0 : count + ${counterBits}'d1;`;
  yield '    end';
  yield `    if (enable) x <= {${reached.join(', ')}${kept}};`;
  yield '  end';
  yield `  ${core} core (.clk(clk), .rst(rst), .start(start), .x(x), .class_index(class_index), .valid(valid));`;
  yield 'endmodule';
}
