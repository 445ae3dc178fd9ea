"""The same network, real-valued, in PyTorch with one thread: the other side of `bench:train` where a PyTorch is found.

Takes a line of JSON with the resolved layers, then trains the batches once more for every further line and answers with
samples per second of processor time.
"""

import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

ACTIVATIONS = {
    "none": lambda x: x,
    "relu": F.relu,
    "rectified-tanh": F.relu,
    "tanh": torch.tanh,
    "hard-tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "clipped-linear": torch.sigmoid,
}


def same_padding(length, size, stride):
    """How much `same` pads before and behind, as TensorFlow has it."""
    total = max((-(-length // stride) - 1) * stride + size - length, 0)
    return total // 2, total - total // 2


class Convolution(nn.Module):
    def __init__(self, shape, filters, size, stride, padding):
        super().__init__()
        self.inner = nn.Conv2d(shape[2], filters, size, stride, bias=False)
        around = [(0, 0), (0, 0)]
        if padding == "same":
            around = [same_padding(shape[axis], size[axis], stride[axis]) for axis in (0, 1)]
        self.around = [*around[1], *around[0]]

    def forward(self, x):
        return self.inner(F.pad(x, self.around) if any(self.around) else x)


class Network(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers
        self.parts = nn.ModuleList([self.part(layer) for layer in layers])

    def part(self, layer):
        kind, shape, output = layer["kind"], layer["inputShape"], layer["outputShape"]
        if kind == "dense":
            return nn.Linear(layer["inputs"], layer["outputs"])
        if kind == "convolution":
            return Convolution(shape, output[2], layer["size"], layer["stride"], layer["padding"])
        if kind == "add" and layer["stride"] > 0:
            return nn.Conv2d(layer["fromShape"][2], output[2], 1, layer["stride"], bias=False)
        if kind == "batch-norm":
            return nn.BatchNorm2d(shape[2], 1e-3) if len(shape) == 3 else nn.BatchNorm1d(shape[0], 1e-3)
        return nn.Identity()

    def step(self, layer, part, x, outputs):
        kind = layer["kind"]
        if kind == "dense":
            return ACTIVATIONS[layer["activation"]](part(x.flatten(1)))
        if kind == "activation":
            return ACTIVATIONS[layer["activation"]](x)
        if kind == "add":
            return x + part(outputs[layer["from"]])
        if kind == "max-pool":
            return F.max_pool2d(x, layer["size"], layer["stride"])
        if kind == "average-pool":
            return F.avg_pool2d(x, layer["size"], layer["stride"])
        if kind == "global-average-pool":
            return x.mean((2, 3))
        if kind == "flatten":
            return x.flatten(1)
        return part(x)

    def forward(self, x):
        outputs = []
        for layer, part in zip(self.layers, self.parts):
            x = self.step(layer, part, x, outputs)
            if layer["dropout"] > 0:
                x = F.dropout(x, layer["dropout"])
            outputs.append(x)
        return x


def main():
    torch.set_num_threads(1)
    case = json.loads(sys.stdin.readline())
    layers, size, batches = case["layers"], case["batchSize"], case["batches"]
    # The faster of its two layouts for convolutions on a processor.
    network = Network(layers).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    shape = layers[0]["inputShape"]
    x = torch.rand(size, *([shape[2], *shape[:2]] if len(shape) == 3 else shape))
    if len(shape) == 3:
        x = x.to(memory_format=torch.channels_last)
    y = torch.randint(0, layers[-1]["outputs"], (size,))

    def train():
        for _ in range(batches):
            optimizer.zero_grad()
            F.cross_entropy(network(x), y).backward()
            optimizer.step()

    train()
    print(json.dumps({"version": torch.__version__}), flush=True)
    for _ in sys.stdin:
        start = time.process_time()
        train()
        print(json.dumps({"speed": size * batches / (time.process_time() - start)}), flush=True)


main()
