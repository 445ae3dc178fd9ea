/** What becomes binary. The layers are the same in every mode: the mode alone decides. */
export type BinarizationMode = 'real' | 'weights' | 'activations' | 'both';

/** All modes, in the order in which they are compared: nothing binary first. */
export const binarizationModes: readonly BinarizationMode[] = ['real', 'weights', 'activations', 'both'];
