"""Makes the ONNX files beside it, and what PyTorch computes for random bytes: pip install brevitas torch onnx onnxoptimizer

    python make.py FOLDER

Small networks with random weights whose batch statistics are those of the inputs, exported by Brevitas (QONNX) and by
PyTorch. The classes are the shapes of brevitas_examples.bnn_pynq, smaller, and two of our own.
"""
import base64
import json
import os
import sys

import brevitas
import torch
from torch import nn
import brevitas.nn as qnn
from brevitas.export import export_qonnx
from brevitas_examples.bnn_pynq.models.FC import FC
from brevitas_examples.bnn_pynq.models.common import CommonActQuant, CommonWeightQuant
from brevitas_examples.bnn_pynq.models.tensor_norm import TensorNorm
from brevitas.core.restrict_val import RestrictValueType
out = sys.argv[1]
COUNT = 60

class Pictures(nn.Module):
    """As CNV of bnn_pynq: 8-bit input, binary convolutions, batch norm, max pool; 9 x 14 in three colours, padded."""
    def __init__(self):
        super().__init__()
        q = lambda i, o, k, **kw: qnn.QuantConv2d(i, o, k, bias=False, weight_quant=CommonWeightQuant, weight_bit_width=1, **kw)
        a = lambda: qnn.QuantIdentity(act_quant=CommonActQuant, bit_width=1)
        self.features = nn.Sequential(
            qnn.QuantIdentity(act_quant=CommonActQuant, bit_width=8, min_val=-1.0, max_val=1.0 - 2.0 ** -7, narrow_range=False,
                              restrict_scaling_type=RestrictValueType.POWER_OF_TWO),
            q(3, 8, 3, padding=1), nn.BatchNorm2d(8, eps=1e-4), a(), nn.MaxPool2d(2),
            q(8, 6, (3, 2), padding=(1, 0), stride=(1, 2)), nn.BatchNorm2d(6, eps=1e-4), a())
        self.last = nn.Sequential(qnn.QuantLinear(6 * 4 * 3, 5, bias=False, weight_quant=CommonWeightQuant, weight_bit_width=1), TensorNorm())
    def forward(self, x):
        x = self.features(2.0 * x - 1.0)
        return self.last(x.flatten(1))

class Residual(nn.Module):
    """Residual sums and means over places, 2-bit and 4-bit activations, 3-bit weights."""
    def __init__(self):
        super().__init__()
        c = lambda i, o, **kw: qnn.QuantConv2d(i, o, 3, padding=1, bias=True, weight_bit_width=3, **kw)
        self.a, self.na = c(1, 6), nn.BatchNorm2d(6)
        self.ra = qnn.QuantReLU(bit_width=4)
        self.b, self.nb = c(6, 6), nn.BatchNorm2d(6)
        self.rb = qnn.QuantReLU(bit_width=2)
        self.last = qnn.QuantLinear(6, 4, bias=True, weight_bit_width=4)
    def forward(self, x):
        x = self.ra(self.na(self.a(x)))
        x = self.rb(self.nb(self.b(x)) + x)
        return self.last(x.mean((2, 3)))

class Steps(nn.Module):
    """Plain PyTorch: signs by torch.where, a line of two channels."""
    def __init__(self):
        super().__init__()
        self.a, self.na = nn.Conv1d(2, 8, 5, stride=2, padding=2), nn.BatchNorm1d(8)
        self.b, self.nb = nn.Conv1d(8, 8, 3), nn.BatchNorm1d(8)
        self.last = nn.Linear(8 * 5, 3)
    def sign(self, x): return torch.where(x >= 0, 1.0, -1.0)
    def binary(self, m):
        m.weight.data = self.sign(m.weight.data) * m.weight.data.abs().mean()
    def forward(self, x):
        x = self.sign(nn.functional.max_pool1d(self.na(self.a(x)), 2))
        x = self.sign(self.nb(self.b(x)))
        return torch.softmax(self.last(x.flatten(1)), 1)

def make(name, net, shape, normalise, **export):
    g = torch.Generator().manual_seed(7)
    bytes_ = torch.randint(0, 256, (COUNT, *shape), generator=g, dtype=torch.uint8)
    x = normalise(bytes_.float())
    net.train()
    for _ in range(20): net(x)
    net.eval()
    with torch.no_grad(): y = net(x)
    path = os.path.join(out, name + '.onnx')
    if export.pop('plain', False):
        torch.onnx.export(net, (x[:1],), path, opset_version=17, dynamo=False, input_names=['samples'], output_names=['scores'],
                          dynamic_axes={'samples': {0: 'N'}, 'scores': {0: 'N'}})
    else:
        export_qonnx(net, args=x[:1], export_path=path)
    if os.path.exists(path + '.data'): os.remove(path + '.data')
    json.dump({
        'made': f'brevitas {brevitas.__version__}, torch {torch.__version__}; random weights, seed 7',
        'input': list(shape), 'inputs': base64.b64encode(bytes_.numpy().tobytes()).decode(),
        'outputs': [[float('%.6g' % v) for v in row] for row in y.tolist()],
    }, open(os.path.join(out, name + '.json'), 'w'))
    print(name, os.path.getsize(path), y[:2])

torch.manual_seed(7)
unit = lambda x: x / 255
dense = FC(10, 1, 1, 1, 1, [32, 24, 24], in_features=(12, 9))
make('brevitas-dense-1w1a', dense, (1, 12, 9), unit)
make('brevitas-dense-2w2a', FC(10, 2, 2, 2, 1, [32, 24, 24], in_features=(12, 9)), (1, 12, 9), unit)
make('brevitas-pictures-1w1a', Pictures(), (3, 9, 14), unit)
make('brevitas-residual', Residual(), (1, 6, 8), unit)
s = Steps(); s.binary(s.b); s.binary(s.last)
make('torch-line', s, (2, 28), lambda x: (x / 255 - 0.5) / 0.25, plain=True)
