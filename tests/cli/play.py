"""ClickHouse's page /play in a headless Chromium: opens an address, presses Run, prints the result.

usage: play.py ADDRESS FOLDER; FOLDER takes the browser's profile and a picture of the page.
Drives chromedriver by its protocol (W3C WebDriver), with the standard library alone.
"""

import base64
import json
import signal
import subprocess
import sys
import time
import urllib.request

DEADLINE_S = 30
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key of an element's id, from the standard
# The result's rows, from wherever in the page's components they are.
RESULT = """
const rows = root => [...root.querySelectorAll('*')].flatMap(element =>
    element.shadowRoot ? rows(element.shadowRoot)
    : element.tagName == 'TR' ? [[...element.cells].map(cell => cell.innerText.trim()).join(' ')] : []);
return rows(document.querySelector('#result-panels')).join('\\n')
"""


def browser_options(folder):
    switches = (
        "headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
        "disable-background-networking", "disable-component-update", "disable-sync",
        "window-size=1200,900", f"user-data-dir={folder}/profile",
    )  # fmt: skip
    return {"args": [f"--{switch}" for switch in switches]}


class Browser:
    """chromedriver and one session in it; end() ends both, however far they came."""

    def __init__(self):
        self.session = None
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def begin(self, folder):
        for line in self.driver.stdout:
            if "started successfully on port" in line:
                self.address = f"http://127.0.0.1:{line.split()[-1].rstrip('.')}/session"
                break
        options = {"browserName": "chrome", "goog:chromeOptions": browser_options(folder)}
        value = self.call("POST", "", {"capabilities": {"alwaysMatch": options}})
        self.session = value["sessionId"]

    def call(self, method, path, body=None):
        address = self.address + (f"/{self.session}" if self.session else "") + path
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(address, data, method=method)
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
            return json.load(answer)["value"]

    def script(self, text):
        return self.call("POST", "/execute/sync", {"script": text, "args": []})

    def press(self, selector):
        found = self.call("POST", "/element", {"using": "css selector", "value": selector})
        self.call("POST", f"/element/{found[ELEMENT]}/click", {})

    def end(self):
        if self.session:
            self.call("DELETE", "")
        self.driver.terminate()
        self.driver.wait(DEADLINE_S)


def play(browser, address, folder):
    browser.call("POST", "/url", {"url": address})
    browser.press("#run")
    deadline = time.monotonic() + DEADLINE_S
    while not (result := browser.script(RESULT)) and time.monotonic() < deadline:
        time.sleep(0.1)
    with open(f"{folder}/play.png", "wb") as file:
        file.write(base64.b64decode(browser.call("GET", "/screenshot")))
    return result


def main(address, folder):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("play.py: out of time"))
    browser = Browser()
    try:
        browser.begin(folder)
        print(play(browser, address, folder))
    finally:
        browser.end()


main(*sys.argv[1:])
