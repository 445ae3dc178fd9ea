/** The part of vcd-parser that the waveform tests use. */
declare module 'vcd-parser' {
  interface ParsedSignal {
    readonly name: string;
    readonly size: number;
    /** Pairs of time and value. */
    readonly wave: [string, string][];
  }
  export function parse(content: string): Promise<{ readonly signal: ParsedSignal[] }>;
}
