import type { PictureShape } from '../../../model/model.js';
import type { Range } from '../../../model/ranges.js';
import type { GraphWriter } from './graph-writer.js';

/**
 * How the values of a layer lie in a tensor. `rows`: [N, values], channels together. `pictures`: [N, height, width,
 * channels]. `planes`: [N, channels, height, width], as the operators of ONNX take pictures.
 */
export type Form = 'rows' | 'pictures' | 'planes';

/** Integers below 2^24 are exact as float32. */
export const FLOAT_LIMIT = 2 ** 24;

/** The element type that holds all integers of a range exactly. */
export const elementFor = ({ minimum, maximum }: Range): 'float' | 'double' =>
  Math.max(-minimum, maximum) < FLOAT_LIMIT ? 'float' : 'double';

/** The values of a layer in the graph, in the form that a reader asks for; each form is made once. */
export class Values {
  readonly #made = new Map<string, string>();

  constructor(
    readonly writer: GraphWriter,
    readonly name: string,
    readonly form: Form,
    readonly shape: PictureShape,
    readonly element: 'float' | 'double',
    readonly range: Range,
  ) {}

  /** Returns the name of the tensor with these values in a form, of a shape with as many values. */
  as(form: Form, shape: PictureShape = this.shape): string {
    if (form === this.form && (form === 'rows' || isSame(shape, this.shape))) return this.name;
    const key = form === 'rows' ? form : `${form}-${shape.join('x')}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = this.#make(form, shape, `${this.name}/${key}`);
    this.#made.set(key, made);
    return made;
  }

  /** Returns the name of the tensor that holds bits as +1 and -1. */
  signs(form: Form, shape: PictureShape): string {
    const bits = this.as(form, shape);
    const name = `${bits}/signs`;
    if (!this.#made.has(name)) {
      const doubled = this.writer.node('Add', `${bits}/doubled`, [bits, bits]);
      this.#made.set(name, this.writer.node('Sub', name, [doubled, this.writer.scalar(this.element, 1)]));
    }
    return name;
  }

  #make(form: Form, shape: PictureShape, name: string): string {
    const { writer } = this;
    const [height, width, channels] = shape;
    switch (form) {
      case 'rows':
        // Planes of one place lie as a row does.
        if (this.form === 'planes' && this.shape[0] * this.shape[1] > 1)
          return writer.node('Flatten', name, [this.as('pictures')], { axis: 1 });
        return writer.node('Flatten', name, [this.name], { axis: 1 });
      case 'pictures':
        if (this.form === 'planes' && isSame(shape, this.shape))
          return writer.node('Transpose', name, [this.name], { perm: [0, 2, 3, 1] });
        return this.#reshaped(name, [height, width, channels]);
      case 'planes':
        if (height * width === 1) return this.#reshaped(name, [channels, 1, 1]);
        return writer.node('Transpose', name, [this.as('pictures', shape)], { perm: [0, 3, 1, 2] });
    }
  }

  #reshaped(name: string, shape: readonly number[]): string {
    const dims = [0, ...shape];
    const to = this.writer.constant(`${name}/shape`, 'int64', [dims.length], dims);
    return this.writer.node('Reshape', name, [this.as('rows'), to]);
  }
}

const isSame = (one: PictureShape, other: PictureShape): boolean => one.every((size, axis) => size === other[axis]);

/** Gives constants of channels the dimensions that go with a form. */
export const channelDims = (form: Form, channels: number): readonly number[] =>
  form === 'planes' ? [channels, 1, 1] : [channels];
