import type {
  SignalTrace,
  CircuitFacts,
  SchematicDrawing,
  SignalName,
  TargetFit,
} from '../../../common/contract/circuits.js';
import type { CheckedParamsOf } from '../../../common/contract.js';

/** What the thread of the circuits does, by name. */
export interface CircuitCalls {
  buildCircuit: { readonly params: CheckedParamsOf<'buildCircuit'>; readonly result: CircuitFacts };
  estimateTarget: { readonly params: CheckedParamsOf<'estimateTarget'>; readonly result: TargetFit };
  drawSchematic: { readonly params: CheckedParamsOf<'drawSchematic'>; readonly result: SchematicDrawing };
  listSignals: {
    readonly params: CheckedParamsOf<'listSignals'>;
    readonly result: { readonly total: number; readonly signals: readonly SignalName[] };
  };
  traceSignals: { readonly params: CheckedParamsOf<'traceSignals'>; readonly result: SignalTrace };
  exportVcd: { readonly params: CheckedParamsOf<'exportVcd'>; readonly result: string };
}
export type CircuitCall = keyof CircuitCalls;

export interface CircuitStart {
  readonly stateFolder: string;
  /** One integer: the number of the last request that shall stop. */
  readonly stop: SharedArrayBuffer;
}

/** The messages between the lab and the thread of the circuits. */
export interface CircuitProtocol {
  readonly start: CircuitStart;
  readonly request: {
    readonly [C in CircuitCall]: {
      readonly number: number;
      readonly call: C;
      readonly params: CircuitCalls[C]['params'];
    };
  }[CircuitCall];
  readonly reply: unknown;
  /** How far the work is. */
  readonly note: { readonly step: 'build' | 'simulate' | 'estimate'; readonly done: number; readonly total: number };
}
