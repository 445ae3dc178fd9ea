import type { CellKind } from '@adiabit/simulator/netlist';

/** What each cell means, in arithmetic rather than gates: module `gold` with the ports of the exported cell. */
export const BEHAVIOURAL_CELLS: Readonly<Record<Exclude<CellKind, 'configuration'>, string>> = {
  not: "assign y = x + 1'b1;",
  and: "assign y = x == 2'd3;",
  or: "assign y = x != 2'd0;",
  xor: "assign y = x == 2'd1 || x == 2'd2;",
  xnor: 'assign y = x[0] == x[1];',
  mux: 'assign y = x[0] ? x[1] : x[2];',
  compare: "assign y = {x[0], x[2]} >= {x[1], 1'b1};",
  'half-adder': "assign y = {1'b0, x[0]} + {1'b0, x[1]};",
  'full-adder': "assign y = {1'b0, x[0]} + {1'b0, x[1]} + {1'b0, x[2]};",
  register: "reg q = 1'b0; always @(posedge clk) q <= x; assign y = q;",
};

/**
 * A neuron on 1-bit inputs as one would write it by hand: a loop that counts agreeing bits, `countCycles` later a
 * comparison, one cycle later the result. Ports as in the exported module.
 */
export const behaviouralNeuron = (inputs: number, thresholdBits: number, countCycles: number): string => `
module gold (input clk, input [${inputs - 1}:0] a, input [${inputs + thresholdBits - 1}:0] cfg, output reg y = 0);
  localparam W = ${thresholdBits};
  reg [W-1:0] count;
  reg [W*${countCycles}-1:0] pipeline = 0;
  integer i;
  // In a concatenation ~ stays one bit wide; in "count + ~(a ^ w)" it would be widened before it negates.
  always @* begin
    count = 0;
    for (i = 0; i < ${inputs}; i = i + 1) count = count + {{(W-1){1'b0}}, ~(a[i] ^ cfg[i])};
  end
  always @(posedge clk) begin
    pipeline <= {pipeline, count};
    y <= pipeline[W*${countCycles}-1:W*${countCycles - 1}] >= cfg[${inputs + thresholdBits - 1}:${inputs}];
  end
endmodule
`;
