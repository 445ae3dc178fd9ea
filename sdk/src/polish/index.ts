/**
 * Polishing: after training and freezing, exact coordinate descent on the integer network that ships.
 *
 * ```ts
 * const { model } = freeze(network, exampleVectors(dataset.validation));
 * const polished = await polish(model, {
 *   train: dataset.train,
 *   validation: dataset.validation,
 *   seed: 1,
 *   sweeps: 3,
 *   margin: 3,                       // nats over all images
 *   shifts: neighbourShifts,         // polish on moved copies too, or it learns the images by heart
 *   onSweep: ({ sweep, kept, validationAccuracy }) => console.log(sweep, kept, validationAccuracy),
 * });
 * polished.model;                    // a BinarizedModel of the same structure and size
 * ```
 *
 * The images are shared out among worker threads where there are many; the bytes are the same for any number of threads.
 * It needs no floating-point network and no tensor library, only the frozen model and labelled examples.
 */
export type { PolishPlan } from '../train/recipes/polish-plan.js';
export { polish } from './polish.js';
export type { PolishOptions, PolishProgress, PolishResult } from './polish.js';
export type { SweepOutcome } from './checkpoint.js';
