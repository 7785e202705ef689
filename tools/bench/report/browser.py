"""Debian's Chromium without a window, driven through its DevTools protocol over two pipes: no package, no port, no network."""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

# The sandbox needs user namespaces, which root and many containers do not have; the pages are our own.
OPTIONS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--hide-scrollbars",
           "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-domain-reliability", "--force-color-profile=srgb",
           "--remote-debugging-pipe"]


def find():
    """The browser's path, or None."""
    return shutil.which("chromium")


class Browser:
    """One page. What it wrote to the console as an error, or threw, is in `complaints`; every address it asked for in `requests`."""

    def __init__(self, width=1280, height=900, dark=False, scripts=True):
        self.profile = tempfile.TemporaryDirectory(prefix="jury-browser-", ignore_cleanup_errors=True)
        to_read, self.to = os.pipe()
        self.fro, to_write = os.pipe()
        self.process = self._start(to_read, to_write)
        os.close(to_read)
        os.close(to_write)
        self.count, self.buffer, self.complaints, self.requests = 0, b"", [], []
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)

    def _start(self, to_read, to_write):
        # The pipes are the browser's file descriptors 3 and 4.
        both = [os.dup(fd) for fd in (to_read, to_write)]
        high = [os.open("/dev/null", os.O_RDONLY) for _ in range(8)]
        for fd in high:
            os.close(fd)

        def place():
            a, b = (os.dup2(fd, 20 + i) for i, fd in enumerate(both))
            os.dup2(a, 3)
            os.dup2(b, 4)
        process = subprocess.Popen([find(), *OPTIONS, f"--user-data-dir={self.profile.name}"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   preexec_fn=place, close_fds=False, env=dict(os.environ, HOME=self.profile.name))
        for fd in both:
            os.close(fd)
        return process

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.to)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.fro)
        self.profile.cleanup()

    def call(self, method, timeout=60, **params):
        """The result of one command; events on the way are noted."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + timeout
        while True:
            said = self._receive(end)
            if said.get("id") == self.count:
                if "error" in said:
                    raise RuntimeError(f"{method}: {said['error']}")
                return said["result"]

    def _receive(self, end):
        while b"\0" not in self.buffer:
            if not select.select([self.fro], [], [], max(end - time.monotonic(), 0))[0]:
                raise TimeoutError("the browser says nothing")
            piece = os.read(self.fro, 1 << 20)
            if not piece:
                raise RuntimeError("the browser ended")
            self.buffer += piece
        one, self.buffer = self.buffer.split(b"\0", 1)
        said = json.loads(one)
        params = said.get("params", {})
        if said.get("method") == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        elif said.get("method") == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(params["entry"]["text"])
        elif said.get("method") == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.complaints.append(" ".join(str(arg.get("value", "")) for arg in params["args"]))
        elif said.get("method") == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        return said

    def open(self, path, timeout=60):
        """Loads a page from file:// and waits until it is there."""
        self.call("Page.navigate", url=Path(path).resolve().as_uri())
        self.until("document.readyState === 'complete'", timeout)

    def run(self, script):
        """The value of a JavaScript expression; of a promise what it gives."""
        done = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise RuntimeError(done["exceptionDetails"].get("exception", {}).get("description", "the script failed"))
        return done["result"].get("value")

    def until(self, script, timeout=30):
        """Waits until an expression is true."""
        end = time.monotonic() + timeout
        while not self.run(script):
            if time.monotonic() > end:
                raise TimeoutError(f"not within {timeout} s: {script}")
            time.sleep(0.02)

    def drag(self, start, stop, steps=8):
        """The mouse goes down at one place of the window and up at another."""
        def mouse(kind, at, **more):
            self.call("Input.dispatchMouseEvent", type=kind, x=at[0], y=at[1], **more)
        mouse("mouseMoved", start)
        mouse("mousePressed", start, button="left", buttons=1, clickCount=1)
        for step in range(1, steps + 1):
            mouse("mouseMoved", [a + (b - a) * step / steps for a, b in zip(start, stop)], button="left", buttons=1)
        mouse("mouseReleased", stop, button="left", clickCount=1)

    def draw_all(self):
        """Scrolls past every figure, so that all are drawn."""
        for element in range(self.run("document.querySelectorAll('figure[data-figure]').length")):
            figure = f"document.querySelectorAll('figure[data-figure]')[{element}]"
            self.run(f"{figure}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
            self.until(f"{figure}.dataset.drawn === 'true'")

    def picture(self, path, selector=None):
        """A PNG of an element, or of the window."""
        clip = {}
        if selector:
            box = self.run(f"(() => {{ const b = document.querySelector({json.dumps(selector)}).getBoundingClientRect(); return [b.x + scrollX, b.y + scrollY, b.width, b.height]; }})()")
            clip = {"clip": dict(zip(("x", "y", "width", "height"), box), scale=1), "captureBeyondViewport": True}
        Path(path).write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png", **clip)["data"]))

    def pdf(self, path):
        """The page as it would be printed."""
        Path(path).write_bytes(base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"]))
