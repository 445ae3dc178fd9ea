"""Makes start-pictures.h5 beside it, and what Keras computes for random bytes: pip install tensorflow==2.15.1

    python make_start.py FOLDER

Plain layers with random weights: a network for a training to go on from.
"""
import base64
import json
import os
import sys

import numpy as np
import tensorflow as tf

out = sys.argv[1]
tf.keras.utils.set_random_seed(11)
layers = tf.keras.layers
model = tf.keras.Sequential([
    layers.Conv2D(4, (2, 3), padding='same', use_bias=False, input_shape=(6, 4, 2)),
    layers.MaxPooling2D(2),
    layers.Flatten(),
    layers.Dense(5, activation='relu', bias_initializer='random_normal'),
    layers.Dense(3, bias_initializer='random_normal'),
])
x = np.random.default_rng(11).integers(0, 256, (20, 6, 4, 2), dtype=np.uint8)
y = model(x.astype(np.float32) / 255).numpy()
model.save(os.path.join(out, 'start-pictures.h5'), include_optimizer=False)
json.dump({
    'inputs': base64.b64encode(x.tobytes()).decode(),
    'outputs': [[round(float(value), 6) for value in row] for row in y],
}, open(os.path.join(out, 'start-pictures.json'), 'w'))
