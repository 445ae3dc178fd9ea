/** What to put in the place of a layer that has no integer form, by its class. */
const advice: Readonly<Record<string, string>> = {
  LeakyReLU: 'use tf.layers.reLU',
  ELU: 'use tf.layers.reLU',
  PReLU: 'use tf.layers.reLU',
  ThresholdedReLU: 'use tf.layers.reLU',
  DepthwiseConv2D: 'use tf.layers.conv2d',
  SeparableConv2D: 'use tf.layers.conv2d',
  Conv2DTranspose: 'use tf.layers.conv2d',
  Conv3D: 'use tf.layers.conv2d, with the third axis as channels',
  ZeroPadding2D: 'leave it out, and give the convolution padding "same"',
  Cropping2D: 'crop the examples themselves',
  UpSampling2D: 'leave it out',
  Concatenate: 'use tf.layers.add',
  Average: 'use tf.layers.add; batch normalisation after it divides',
  Multiply: 'use tf.layers.add',
  LayerNormalization: 'use tf.layers.batchNormalization',
  Reshape: 'give the first layer that shape as its inputShape, or use tf.layers.flatten',
  Permute: 'permute the examples themselves',
  Rescaling: 'leave it out, feed numbers divided already, and freeze with that divisor',
  GlobalMaxPooling1D: 'use tf.layers.maxPooling1d over the whole line, and tf.layers.flatten',
  GlobalMaxPooling2D: 'use tf.layers.maxPooling2d over the whole picture, and tf.layers.flatten',
  Sequential: 'put its layers into the model itself',
  Functional: 'put its layers into the model itself',
  Model: 'put its layers into the model itself',
};

/** Tells what would do instead of a layer that is refused. */
export const adviceFor = (className: string): string =>
  advice[className] ??
  'build the network of dense, conv1d, conv2d, maxPooling, averagePooling, globalAveragePooling, flatten, batchNormalization, dropout, reLU and add';
