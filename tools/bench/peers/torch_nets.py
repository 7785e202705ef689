"""The networks of 'jury bench' in PyTorch, and one eager training step of them."""
import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

# One thread: Debian's OpenBLAS has threads of its own, which torch.set_num_threads() does not reach.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[variable] = "1"
try:
    import torch
except ImportError:
    sys.exit("PyTorch is missing (apt-get install python3-torch)")
from torch import nn

torch.set_num_threads(1)
JURY = Path(__file__).resolve().parents[3] / "build" / "release" / "jury"
# As in tools/bench/bench_net.cpp: sample, channels of the convolutions, hidden units, classes, dropout of channels.
CNNS = {"cnn-8": ((1, 8, 8), (8,), 32, 10, 0.0), "cnn": ((1, 28, 28), (32, 64), 128, 10, 0.25)}


def mlp(widths):
    """Dense layers of these widths with ReLU between them."""
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def cnn(sample, channels, hidden, classes, dropout, biases):
    """Convolution, batch norm, ReLU, pooling and dropout for each of the channels, then a hidden dense layer with
    batch norm. `biases`: whether layers before a batch norm have one (it has no effect)."""
    layers = []
    planes, height, width = sample
    for count in channels:
        layers += [nn.Conv2d(planes, count, 3, padding=1, bias=biases), nn.BatchNorm2d(count), nn.ReLU()]
        layers += [nn.MaxPool2d(2)]
        layers += [nn.Dropout2d(dropout)] if dropout > 0 else []
        planes, height, width = count, height // 2, width // 2
    layers += [nn.Flatten(), nn.Linear(planes * height * width, hidden, bias=biases), nn.BatchNorm1d(hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


@dataclass
class Net:
    """A network by its name, "64-100-10@128" or "64-100-10@128-bf16": its model and the rows of a step."""
    name: str

    def __post_init__(self):
        self.what, _, batch = self.name.partition("@")
        self.batch, self.bf16 = int(batch.removesuffix("-bf16")), batch.endswith("-bf16")
        self.widths = None if self.what in CNNS else [int(width) for width in self.what.split("-")]
        self.sample = CNNS[self.what][0] if self.widths is None else (self.widths[0],)
        self.classes = CNNS[self.what][3] if self.widths is None else self.widths[-1]

    def model(self, biases=False):
        return cnn(*CNNS[self.what], biases) if self.widths is None else mlp(self.widths)


def train_step(net, model, optimizer, inputs, labels, rows):
    """Gather, forward, loss, backward and update, as it is usually written."""
    optimizer.zero_grad(set_to_none=True)
    batch, truth = inputs.index_select(0, rows), labels.index_select(0, rows)
    with torch.autocast("cpu", dtype=torch.bfloat16) if net.bf16 else contextlib.nullcontext():
        loss = nn.functional.cross_entropy(model(batch), truth)
    loss.backward()
    optimizer.step()
