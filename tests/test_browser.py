"""JupyterLab in a real browser: a learner types answers, presses run, reads the table, moves a slider."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from autograder.places import NOTEBOOKS
from autograder.reference import exercise, source

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed; the browser test needs one")
RIGHT = exercise("ch03", "gradient_descent").code.text
WRONG = RIGHT.replace("- alpha", "+ alpha")
TOKEN = "glass-box-test"
CELL = "Array.from(window.jupyterapp.shell.currentWidget.content.widgets).findIndex(c => c.model.id === id)"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab on a copy of the chapter's notebook."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copy(NOTEBOOKS / f"{source('ch03').notebook}.ipynb", folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = ["--no-browser", f"--port={port}", f"--IdentityProvider.token={TOKEN}", "--expose-app-in-browser"]
    flags += ["--LabApp.news_url=None", "--allow-root", f"--ServerApp.root_dir={folder}"]
    environment = os.environ | {
        "JUPYTERLAB_SETTINGS_DIR": str(folder),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder),
    }
    log = (folder / "lab.log").open("w")
    server = subprocess.Popen([sys.executable, "-m", "jupyterlab", *flags], cwd=folder, env=environment,
                              stdout=log, stderr=log)  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api?token={TOKEN}")
        yield address
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def _wait_for(address, seconds=60):
    end = time.monotonic() + seconds
    while True:
        try:
            return urllib.request.urlopen(address, timeout=2).read()
        except OSError:
            assert time.monotonic() < end, "JupyterLab did not start"
            time.sleep(0.2)


class Page:
    """A notebook in JupyterLab, as a learner uses it."""

    def __init__(self, page):
        self.page = page

    def index(self, cell_id):
        return self.page.evaluate(f"id => {CELL}", cell_id)

    def go_to(self, index):
        self.page.evaluate(
            """async i => {
                const content = window.jupyterapp.shell.currentWidget.content;
                content.activeCellIndex = i;
                await content.scrollToItem(i);
                content.activate();
            }""",
            index,
        )

    def write(self, cell_id, text):
        self.go_to(self.index(cell_id))
        self.page.keyboard.press("Enter")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Escape")

    def run(self, index):
        """Press run, and wait for the answer: the cell's output as an element."""
        self.go_to(index)
        before = self.page.evaluate(COUNT, index)
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(f"([i, before]) => {{ const n = ({COUNT})(i); return n && n !== before }}",
                                    arg=[index, before], timeout=60_000)  # fmt: skip
        node = self.page.evaluate_handle(
            "i => window.jupyterapp.shell.currentWidget.content.widgets[i].node.querySelector('.jp-Cell-outputArea')",
            index,
        )
        self.page.wait_for_timeout(300)
        return node.as_element()


COUNT = "i => window.jupyterapp.shell.currentWidget.content.widgets[i].model.executionCount"


@pytest.fixture(scope="module")
def page(lab):
    from playwright.sync_api import sync_playwright

    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        tab = browser.new_page(viewport={"width": 1280, "height": 1000})
        tab.goto(f"{lab}/lab/tree/{source('ch03').notebook}.ipynb?token={TOKEN}&reset")
        tab.wait_for_function("window.jupyterapp?.shell?.currentWidget?.content?.widgets?.length > 5", timeout=60_000)
        tab.wait_for_function(
            "window.jupyterapp.shell.currentWidget.sessionContext?.session?.kernel?.status === 'idle'",
            timeout=60_000,
        )
        yield Page(tab)
        browser.close()


@pytest.fixture(scope="module")
def ready(page):
    """The page with the chapter's imports run."""
    page.run(page.index("setup"))
    return page


def test_unwritten_answer_is_one_sentence(ready):
    ready.run(ready.index("gradient_descent-code"))
    shown = ready.run(ready.index("gradient_descent"))
    assert "is not written yet" in shown.inner_text() and "Traceback" not in shown.inner_text()


def test_wrong_answer_shows_the_table_and_a_cause(ready):
    ready.write("gradient_descent-code", WRONG)
    ready.run(ready.index("gradient_descent-code"))
    shown = ready.run(ready.index("gradient_descent"))
    assert shown.query_selector("table") and "Likeliest cause" in shown.inner_text()
    assert "✗" in shown.inner_text() and "expected" in shown.inner_text()


def test_right_answer_shows_the_idea_worth_keeping(ready):
    ready.write("gradient_descent-code", RIGHT)
    ready.run(ready.index("gradient_descent-code"))
    shown = ready.run(ready.index("gradient_descent"))
    assert "✗" not in shown.inner_text() and "Worth keeping" in shown.inner_text()


def test_slider_changes_the_figure(ready):
    cells = ready.page.evaluate(
        "Array.from(window.jupyterapp.shell.currentWidget.content.widgets).map(c => c.model.sharedModel.source)"
    )
    index = next(i for i, text in enumerate(cells) if "explorers.descent(" in text)
    shown = ready.run(index)
    slider = shown.wait_for_selector("[role=slider]")
    picture = shown.wait_for_selector("img:visible")
    assert len(shown.query_selector_all("img:visible")) == 1
    before = picture.get_attribute("src")
    slider.focus()
    ready.page.keyboard.press("ArrowRight")
    ready.page.wait_for_function("([image, before]) => image.src !== before", arg=[picture, before], timeout=10_000)
    assert picture.get_attribute("alt") or picture.get_attribute("title")
