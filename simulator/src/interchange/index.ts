/** Netlists in the formats of other tools. */
export { writeBlif } from './blif.js';
export { C_CHECK_PASS, cNetworkOf, writeCCheck, writeCHeader, writeCSource, type CNetwork } from './c/index.js';
export { flashArrayOf, writeFlashHeader, writeFlashSource, type FlashArray } from './c/index.js';
export { writeDot, type DotOptions } from './dot.js';
export { streamed, writeStreamTop, type StreamedNetwork } from './stream-top.js';
export { TEST_BENCH_PASS, testBenchName, writeTestBench } from './test-bench.js';
export { VERILOG_PORT, verilogName, writeVerilog, type VerilogOptions } from './verilog.js';
export { writeYosysJson } from './yosys-json.js';
