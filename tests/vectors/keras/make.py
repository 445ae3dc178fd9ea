"""Makes larq-pictures.h5 beside it, and what Larq computes for random bytes: pip install larq tensorflow

    python make.py FOLDER

A small network with random weights whose batch statistics are those of the inputs.
"""
import base64
import json
import os
import sys

import larq as lq
import numpy as np
import tensorflow as tf

out = sys.argv[1]
tf.keras.utils.set_random_seed(7)
binary = dict(input_quantizer='ste_sign', kernel_quantizer='ste_sign', kernel_constraint='weight_clip', use_bias=False)
model = tf.keras.Sequential([
    lq.layers.QuantConv2D(8, 3, kernel_quantizer='ste_sign', kernel_constraint='weight_clip', use_bias=False, input_shape=(9, 12, 2)),
    tf.keras.layers.MaxPooling2D((2, 2)),
    tf.keras.layers.BatchNormalization(scale=False),
    lq.layers.QuantConv2D(6, (3, 2), padding='same', strides=(1, 2), **binary),
    tf.keras.layers.BatchNormalization(),
    tf.keras.layers.Flatten(),
    lq.layers.QuantDense(5, **binary),
    tf.keras.layers.BatchNormalization(scale=False),
    tf.keras.layers.Activation('softmax'),
])
x = np.random.default_rng(7).integers(0, 256, (60, 9, 12, 2), dtype=np.uint8)
for _ in range(200):
    model(x.astype(np.float32) / 255, training=True)
y = model(x.astype(np.float32) / 255).numpy()
model.save(os.path.join(out, 'larq-pictures.h5'), include_optimizer=False)
json.dump({
    'inputs': base64.b64encode(x.tobytes()).decode(),
    'classes': ''.join(str(c) for c in y.argmax(1)),
}, open(os.path.join(out, 'larq-pictures.json'), 'w'))
print(y[:3], y.argmax(1))
print(model.to_json()[:1500])
