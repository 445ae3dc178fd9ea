/** How far an epoch has come. */
export interface EpochProgress {
  readonly epoch: number;
  readonly epochs: number;
  readonly batchesDone: number;
  readonly batches: number;
  /** Mean training loss of the epoch so far. */
  readonly loss: number;
  readonly samplesPerSecond: number;
}
