#!/usr/bin/env python3
"""How long a report of 5,000 trials takes: to write, to load, to draw, to brush. Medians of several runs, in ms; nothing is asserted.

    tools/bench/report/render.py build/release/jury [--trials 5000] [--runs 5]
"""
import argparse
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from browser import Browser
from many_trials import enlarge

SEARCH = Path(__file__).resolve().parents[2] / "examples" / "search" / "tpe.toml"
# Two frames after a change the screen has it.
AFTER = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"


def drawn(browser, figure):
    """Milliseconds from showing a figure to its picture."""
    return browser.run(f"""(async () => {{
      const figure = document.getElementById('figure-{figure}'), start = performance.now();
      figure.scrollIntoView({{block: 'center', behavior: 'instant'}});
      while (figure.dataset.drawn !== 'true') await new Promise(requestAnimationFrame);
      return await {AFTER} - start;
    }})()""")


def brushed(browser):
    """Milliseconds from brushing an axis to the filtered table."""
    return browser.run(f"""(async () => {{
      const rows = () => document.querySelector('#trials .count').textContent, before = rows(), start = performance.now();
      const box = document.querySelector('#figure-parallel canvas').getBoundingClientRect();
      const event = (kind, y) => document.querySelector('#figure-parallel canvas').dispatchEvent(new MouseEvent(kind, {{bubbles: true, clientX: box.x + 61, clientY: box.y + y, buttons: 1}}));
      event('mousemove', 80); event('mousedown', 80); event('mousemove', 120); event('mousemove', 180); event('mouseup', 180);
      while (rows() === before) await new Promise(requestAnimationFrame);
      return await {AFTER} - start;
    }})()""")


def measure(page):
    with Browser() as browser:
        start = time.monotonic()
        browser.open(page)
        took = {"load": 1e3 * (time.monotonic() - start)}
        for figure in ("history", "parallel", "slices"):
            took[figure] = drawn(browser, figure)
        browser.run("document.getElementById('figure-parallel').scrollIntoView({block: 'center', behavior: 'instant'})")
        took["brush"] = brushed(browser)
        if browser.complaints:
            raise SystemExit(f"the page complains: {browser.complaints}")
        return took


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jury")
    parser.add_argument("--trials", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=5)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jury-bench-") as folder:
        folder = Path(folder)
        subprocess.run([said.jury, "run", SEARCH, "-q", "-o", folder / "run", "-s", "search.trials=12"], check=True)
        enlarge(folder / "run" / "results.h5", folder / "results.h5", said.trials)
        start = time.monotonic()
        subprocess.run([said.jury, "report", folder / "results.h5", "-q", "-o", folder / "page.html"], check=True)
        print(f"write    {1e3 * (time.monotonic() - start):8.0f} ms")
        print(f"size     {(folder / 'page.html').stat().st_size / 1e6:8.2f} MB")
        runs = [measure(folder / "page.html") for _ in range(said.runs)]
    for what in runs[0]:
        print(f"{what:8} {statistics.median(run[what] for run in runs):8.0f} ms")


if __name__ == "__main__":
    main()
