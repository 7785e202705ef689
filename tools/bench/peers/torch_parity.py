#!/usr/bin/python3
"""Whether jury trains as PyTorch does: both start from the same weights and take the same batches.

'jury bench trace' writes down what it trained. PyTorch repeats it from the first weights. The difference of a tensor
is max |ours - theirs| / max |theirs| over its values; the largest one of a network must stay below --limit."""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from torch_nets import JURY, Net, torch, train_step

DIGITS = Path(__file__).resolve().parents[3] / "tests" / "data" / "digits.csv.gz"
# Network, settings of [train].
CASES = (("13-50-2@32", {"optimizer": "adam", "lr": 0.001}),
         ("20-64-64-2@64", {"optimizer": "sgd", "lr": 0.1}),
         ("64-100-10@128", {"optimizer": "momentum", "lr": 0.05, "momentum": 0.9}),
         ("cnn-8@32", {"optimizer": "adam", "lr": 0.001}))
# The same on digits: 64 inputs and 10 classes.
ACCURACY_CASES = (("64-100-10@128", {"optimizer": "adam", "lr": 0.001}), *CASES[2:])


class Trace:
    """What 'jury bench trace' wrote."""

    def __init__(self, folder):
        about = json.loads((folder / "trace.json").read_text())
        self.net, self.train, self.tensors = Net(about["net"]), about["train"], about["tensors"]
        self.num_train = about["num_train"]
        for name in ("inputs", "labels", "batches", "weights_first", "weights_last", "outputs"):
            setattr(self, name, np.load(folder / f"{name}.npy"))

    def tensor(self, weights, about):
        size = int(np.prod(about["shape"]))
        return weights[about["offset"]:about["offset"] + size].reshape(about["shape"])


def run_trace(options, name, settings, arguments=()):
    """The trace, or why there is none."""
    with tempfile.TemporaryDirectory(prefix="jury-trace-") as folder:
        command = [options.jury, "bench", "trace", "--net", name, "-o", folder, *arguments]
        for key, value in settings.items():
            command += ["-s", f"{key}={value}"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == 2:
            return None, done.stderr.strip()
        if done.returncode != 0:
            sys.exit(done.stderr)
        return Trace(Path(folder)), None


def optimizer_of(train, parameters):
    lr, momentum, kind = train["lr"], train["momentum"], train["optimizer"]
    if kind == "adam":
        return torch.optim.Adam(parameters, lr=lr)
    if kind == "sgd":
        return torch.optim.SGD(parameters, lr=lr, momentum=momentum)
    if kind in ("momentum", "nesterov"):
        return torch.optim.SGD(parameters, lr=lr, momentum=momentum or 0.9, nesterov=kind == "nesterov")
    sys.exit(f"torch_parity.py: what is '{kind}' in PyTorch?")


def places(trace, model):
    """PyTorch's tensors, each with jury's that stands for it: parameters in order; of what is left, the running
    statistics of batch norm in order."""
    buffers = [buffer for _, buffer in model.named_buffers() if buffer.dim() > 0]
    ours = [about for about in trace.tensors if "running" not in about["name"]]
    ours += [about for about in trace.tensors if "running" in about["name"]]
    theirs = [*model.parameters(), *buffers]
    if [int(np.prod(about["shape"])) for about in ours] != [tensor.numel() for tensor in theirs[:len(ours)]]:
        sys.exit(f"{trace.net.name} is another network in PyTorch:\n  {[about['name'] for about in ours]}\n"
                 f"  {[tuple(tensor.shape) for tensor in theirs]}")
    return list(zip(ours, theirs))


def trained_again(trace):
    """PyTorch's model after the same steps from the same weights."""
    convolution_biases = any("conv" in about["name"] and "bias" in about["name"] for about in trace.tensors)
    model = trace.net.model(biases=convolution_biases).train()
    with torch.no_grad():
        for about, tensor in places(trace, model):
            tensor.copy_(torch.from_numpy(trace.tensor(trace.weights_first, about).copy()).view_as(tensor))
    inputs = torch.from_numpy(trace.inputs).view(-1, *trace.net.sample)
    labels = torch.from_numpy(trace.labels).long()
    optimizer = optimizer_of(trace.train, model.parameters())
    for batch in torch.from_numpy(trace.batches).long():
        train_step(trace.net, model, optimizer, inputs, labels, batch[batch >= 0])
    return model


def largest_difference(trace, model):
    """Of all tensors, and the tensor's name. Weights that did not move in either would agree too: that is refused."""
    if np.array_equal(trace.weights_first, trace.weights_last):
        sys.exit(f"{trace.net.name}: nothing was trained")
    worst = (0.0, "")
    for about, tensor in places(trace, model):
        theirs = tensor.detach().numpy().reshape(about["shape"])
        difference = np.abs(trace.tensor(trace.weights_last, about) - theirs).max() / max(np.abs(theirs).max(), 1e-30)
        worst = max(worst, (float(difference), about["name"]))
    return worst


def compare_weights(options):
    """True when all networks agree."""
    print(f"{'network@batch':<16} {'optimizer':<10} {'steps':>6} {'difference':>11}  in")
    good = True
    for name, settings in CASES:
        trace, reason = run_trace(options, name, settings, ["--steps", str(options.steps)])
        if trace is None:
            print(f"{name:<16} not available: {reason}")
            continue
        difference, tensor = largest_difference(trace, trained_again(trace))
        good = good and difference < options.limit
        print(f"{name:<16} {settings['optimizer']:<10} {options.steps:>6} {difference:>11.2e}  {tensor}"
              f"{'' if difference < options.limit else f'  (not below {options.limit})'}")
    return good


def accuracies(trace):
    """Of jury's predictions and of PyTorch's, on the test rows."""
    test, model = slice(trace.num_train, None), trained_again(trace).eval()
    with torch.no_grad():
        theirs = model(torch.from_numpy(trace.inputs[test]).view(-1, *trace.net.sample)).argmax(1).numpy()
    truth = trace.labels[test]
    return (trace.outputs[test].argmax(1) == truth).mean(), (theirs == truth).mean()


def compare_accuracies(options):
    """True when the mean difference over the seeds is within one standard error of a single accuracy."""
    print(f"\nAccuracy on the test rows of digits after {options.accuracy_steps} steps\n"
          f"{'network@batch':<16} {'optimizer':<10} {'seed':>4} {'jury':>7} {'torch':>7}")
    good = True
    for name, settings in ACCURACY_CASES:
        pairs = []
        for seed in range(1, options.seeds + 1):
            arguments = ["--steps", str(options.accuracy_steps), "--seed", str(seed), "--data", str(options.data)]
            trace, reason = run_trace(options, name, settings, arguments)
            if trace is None:
                print(f"{name:<16} not available: {reason}")
                break
            pairs.append((*accuracies(trace), len(trace.labels) - trace.num_train))
            print(f"{name:<16} {settings['optimizer']:<10} {seed:>4} {pairs[-1][0]:>7.4f} {pairs[-1][1]:>7.4f}")
        if not pairs:
            continue
        ours, theirs, rows = (float(np.mean(column)) for column in zip(*pairs))
        noise = (max(theirs * (1 - theirs), 1 / rows) / rows) ** 0.5
        good = good and abs(ours - theirs) <= noise
        print(f"{'':<16} {'':<10} mean {ours:>7.4f} {theirs:>7.4f}  "
              f" difference {ours - theirs:+.4f}, noise {noise:.4f}")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jury", default=str(JURY), help="the command (default: build/release/jury)")
    parser.add_argument("--steps", type=int, default=100, help="training steps (default 100)")
    parser.add_argument("--limit", type=float, default=1e-3, help="of the largest relative difference (default 1e-3)")
    parser.add_argument("--accuracy", action="store_true", help="also compare test accuracies on digits")
    parser.add_argument("--accuracy-steps", type=int, default=600, help="training steps for these (default 600)")
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each network for these (default 3)")
    parser.add_argument("--data", type=Path, default=DIGITS, help="the digits (default: tests/data/digits.csv.gz)")
    options = parser.parse_args()
    good = compare_weights(options)
    if options.accuracy:
        good = compare_accuracies(options) and good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
