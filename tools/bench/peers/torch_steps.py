#!/usr/bin/python3
"""Time of a training step in PyTorch and in jury, one thread each, measured in turn.

A step is gather, forward, loss, backward and Adam. Prints medians over pairs of measurements."""
import argparse
import json
import statistics
import subprocess
import sys
import time

from torch_nets import JURY, Net, torch, train_step

EPOCH_STEPS = 64  # of made-up data, as jury has it
NETS = ("13-50-2@32", "20-64-64-2@64", "64-100-10@128", "784-256-10@256", "784-256-10@256-bf16",
        "54-256-256-7@512", "54-256-256-7@512-bf16", "cnn@128")


class TorchSteps:
    """A training that goes on for as many steps as are asked for."""

    def __init__(self, net, foreach):
        torch.manual_seed(1)
        self.net, self.foreach = net, foreach
        self.model = net.model().train()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3, foreach=foreach)
        rows = net.batch * EPOCH_STEPS
        self.inputs, self.labels = torch.randn(rows, *net.sample), torch.randint(net.classes, (rows,))
        self.batches = iter(())

    def step(self):
        rows = next(self.batches, None)
        if rows is None:
            self.batches = iter(torch.randperm(len(self.labels)).split(self.net.batch))
            rows = next(self.batches)
        train_step(self.net, self.model, self.optimizer, self.inputs, self.labels, rows)

    def seconds(self, at_least):
        """Mean time of a step over about this long."""
        steps, start, cpu_start = 0, time.perf_counter(), time.process_time()
        while (elapsed := time.perf_counter() - start) < at_least or steps == 0:
            self.step()
            steps += 1
        if time.process_time() - cpu_start > 1.2 * elapsed + 0.1:
            sys.exit("torch_steps.py: PyTorch uses more than one thread (the comparison would mean nothing)")
        return elapsed / steps


def faster_adam(net, seconds):
    """The training with the Adam that is faster here: loops over all tensors at once (foreach) or one by one."""
    both = [TorchSteps(net, foreach) for foreach in (True, False)]
    for steps in both:
        steps.seconds(seconds)
    times = [[steps.seconds(seconds / 2) for steps in both] for _ in range(4)]
    return min(zip(map(statistics.median, zip(*times)), both), key=lambda pair: pair[0])[1]


def jury_steps(options, name, seconds):
    command = [options.jury, "bench", "steps", "--json", "--net", name, "--repeats", "3", "--seconds", str(seconds)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)[0]


def compare(options, name):
    """One line of the table, or what jury says against it."""
    first = jury_steps(options, name, 0.01)
    if not first["available"]:
        return {"net": name, "available": False, "reason": first["reason"]}
    torch_steps = faster_adam(Net(name), options.seconds)
    pairs = [(torch_steps.seconds(options.seconds), jury_steps(options, name, options.seconds / 3))
             for _ in range(options.pairs)]
    median = lambda values: statistics.median(list(values))
    ratios = sorted(seconds / jury["step_seconds"] for seconds, jury in pairs)
    line = {"net": name, "available": True, "adam": "foreach" if torch_steps.foreach else "for each tensor",
            "torch_seconds": median(seconds for seconds, _ in pairs),
            "jury_seconds": median(jury["step_seconds"] for _, jury in pairs),
            "ratio": median(ratios), "least_ratio": ratios[0], "greatest_ratio": ratios[-1]}
    if "ratio" in first:
        line["share_in_products"] = median(jury["share_in_products"] for _, jury in pairs)
        line["product_gflops"] = median(jury["product_gflops"] for _, jury in pairs)
    line["gflops"] = median(jury["gflops"] for _, jury in pairs)
    return line


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jury", default=str(JURY), help="the command (default: build/release/jury)")
    parser.add_argument("--net", action="append", choices=NETS, help="a network; may be repeated (default: all)")
    parser.add_argument("--pairs", type=int, default=7, help="pairs of measurements (default 7)")
    parser.add_argument("--seconds", type=float, default=0.5, help="of one measurement (default 0.5)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    lines = []
    if not options.json:
        print(f"PyTorch {torch.__version__}, one thread each, medians of {options.pairs} pairs\n")
        print(f"{'network@batch':<22} {'torch us':>10} {'jury us':>10} {'ratio':>7} {'(range)':>16} {'in products':>12}"
              "  Adam of torch")
    for name in options.net or NETS:
        line = compare(options, name)
        lines.append(line)
        if options.json:
            continue
        if not line["available"]:
            print(f"{name:<22} not available: {line['reason']}", flush=True)
            continue
        share = f"{100 * line['share_in_products']:.0f} %" if "share_in_products" in line else ""
        spread = f"({line['least_ratio']:.2f} - {line['greatest_ratio']:.2f})"
        times = f"{1e6 * line['torch_seconds']:>10.1f} {1e6 * line['jury_seconds']:>10.1f}"
        print(f"{name:<22} {times} {line['ratio']:>7.2f} {spread:>16} {share:>12}  {line['adam']}", flush=True)
    if options.json:
        print(json.dumps(lines, indent=2))


if __name__ == "__main__":
    main()
