"""Opens the pages in headless Chromium, as a clinician does, and checks what only a browser can know.

Drives chromedriver over its JSON wire with the standard library; serves the pages with the headers that Linkway sends. For each page:
pictures (1280 and 320 px wide, dark, forced colours, print), nothing blocked by or slipped past the Content-Security-Policy, computed
contrast, headings in order, names of landmarks and drawings, table headers, target sizes, no sideways scrolling at 320 px, works with
scripts off. With axe-core (--axe FILE) its WCAG 2.2 A and AA rules as well.
"""
import argparse
import base64
import http.server
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent


class Pages(http.server.BaseHTTPRequestHandler):
    """GET /<case>: its page, with headers.txt."""

    def do_GET(self):
        name = self.path.strip("/")
        file = next((f for f in (HERE / name / "expected.html", HERE / f"{name}.html") if name and f.is_file()), None)
        if file is None:
            self.send_error(404)
            return
        body = file.read_bytes()
        self.send_response(200)
        for line in (HERE / "headers.txt").read_text().splitlines():
            self.send_header(*line.split(": ", 1))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Browser:
    def __init__(self, chromium, chromedriver, profile):
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        self.driver = subprocess.Popen([chromedriver, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                     "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
                     "--hide-scrollbars", f"--user-data-dir={profile}"]
        options = {"binary": chromium, "args": arguments}
        wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}}
        for attempt in range(50):
            try:
                self.session = ""
                self.session = "/session/" + self.call("POST", "/session", wanted)["sessionId"]
                return
            except OSError as error:
                if attempt == 49 or getattr(error, "code", 0):
                    raise
                time.sleep(0.1)  # until the driver listens

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + self.session + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=120) as reply:
            return json.load(reply)["value"]

    def devtools(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def run(self, script, *arguments):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def logged(self):
        return [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"}) if "favicon" not in entry["message"]]

    def size(self, width):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)

    def media(self, medium="", **features):
        self.devtools("Emulation.setEmulatedMedia", media=medium,
                      features=[{"name": name.replace("_", "-"), "value": value} for name, value in features.items()])

    def picture(self, file):
        shot = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(timeout=20)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def check(browser, url, name, pictures, axe):
    """What is wrong with one page."""
    wrong = []
    checks = (HERE / "checks.js").read_text()
    browser.media()
    looks = [("1280", 1280, {}), ("320", 320, {}), ("dark", 1280, {"prefers_color_scheme": "dark"}),
             ("dark-320", 320, {"prefers_color_scheme": "dark"}), ("forced-colours", 1280, {"forced_colors": "active"})]
    for look, width, features in looks:
        browser.size(width)
        browser.media(**({"prefers_color_scheme": "light"} | features))
        browser.open(url)
        browser.picture(pictures / f"{name}-{look}.png")
        for opened in (False, True):
            browser.run("document.querySelectorAll('details').forEach(each => each.open = arguments[0])", opened)
            wrong += [f"{look}{' unfolded' if opened else ''}: {each}"
                      for each in browser.run(checks, {"narrow": width == 320, "forced": "forced_colors" in features})]
        if axe is not None and look in ("1280", "dark", "320"):
            wrong += [f"{look}: axe: {each}" for each in run_axe(browser, axe)]
    browser.size(1280)
    browser.media("print", prefers_color_scheme="light")
    browser.open(url)
    browser.picture(pictures / f"{name}-print.png")
    pdf = browser.call("POST", "/print", {"background": False, "page": {"width": 21.0, "height": 29.7}})
    (pictures / f"{name}.pdf").write_bytes(base64.b64decode(pdf))
    wrong += [f"console: {each}" for each in browser.logged()]
    return wrong


def run_axe(browser, axe):
    browser.run(axe)
    found = browser.call("POST", "/execute/async", {"args": [], "script": """
        const done = arguments[arguments.length - 1];
        axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
            .then(r => done(r.violations.map(v => v.id + ': ' + v.help + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | '))),
                  e => done(['axe did not run: ' + e]));"""})
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pictures", type=pathlib.Path)
    parser.add_argument("--axe", type=pathlib.Path)
    arguments = parser.parse_args()
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not chromedriver:
        print("chromium and chromium-driver are not installed (deploy/packages.sh browser): pages were not opened")
        return 77
    arguments.pictures.mkdir(parents=True, exist_ok=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}/"
    names = sorted(each.parent.name for each in HERE.glob("*/expected.html")) + sorted(each.stem for each in HERE.glob("*.html"))
    axe = arguments.axe.read_text() if arguments.axe else None
    failed = 0
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(chromium, chromedriver, profile)
        try:
            for name in names:
                wrong = check(browser, base + name, name, arguments.pictures, axe)
                print(f"{name}: {'ok' if not wrong else ''}")
                for each in wrong:
                    print("  " + each)
                failed += bool(wrong)
        finally:
            browser.close()
            server.shutdown()
    print(f"{len(names)} pages, {failed} with faults; pictures in {arguments.pictures}")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())
