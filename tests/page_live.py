"""The page in a real browser: `python tests/page_live.py [--screenshot FILE]`.

Needs chromium, chromium-driver and selenium. Pages of 1, 20 and 200 curves are written by the
command line and used as a reader would: pointed at, zoomed, toggled, printed. `--screenshot` writes
the guide's picture of the page instead.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars",
)  # fmt: skip
HOSTILE = (
    "</script><script>window.harmed = 1</script>",
    "<img src=x onerror='window.harmed = 2'>",
    "\"double\" and 'single' quotes, {{ 7 * 7 }}, ${7 * 7}, &amp;",
    "line\u2028separator <!-- ]]>",
)
RUN = ("--epochs", "10", "--steps-per-epoch", "30", "--tokens-per-step", "4096")
UNITS = {"step": 1.0, "epoch": 30.0, "tokens": 1 / 4096, "percent": 3.0}
ONE = ("cosine:eta_min=1e-5", *RUN)
TWENTY = (f"polynomial:power={[round(0.25 * i, 2) for i in range(1, 21)]}".replace(" ", ""), *RUN)
TWO_HUNDRED = (
    f"cosine:eta_min={[round(1e-4 * i, 6) for i in range(100)]}".replace(" ", ""),
    f"onecycle:max_lr={[round(1e-3 * i, 6) for i in range(1, 101)]}".replace(" ", ""),
    *RUN,
)
LONG = (f"cosine:eta_min={[round(1e-4 * i, 6) for i in range(20)]}".replace(" ", ""),
        "--steps", "1M")  # fmt: skip
HUGE = ("cosine:t_max=20_000_000", "--steps", "100M")
GUIDE_CURVES = (
    "cosine", "wsd", "polynomial:power=2", "lrviz.inverse_sqrt", "--lr", "3e-4", "--warmup", "2k",
    "--epochs", "3", "--steps-per-epoch", "10k", "--tokens-per-step", "500k",
    "--title", "Four plans for one run",
)  # fmt: skip
IDLE = "return Boolean(window.Bokeh?.documents[0]?.is_idle)"
PLOT = "const plot = Bokeh.documents[0].get_model_by_name('plot');"
FIRST_PAINT = 1.0
"""Seconds until something is painted, and of computing until the figure is."""


def main() -> None:
    """Run every check, or write the screenshot."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--screenshot", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.screenshot:
            screenshot(folder, arguments.screenshot)
            return
        check_use(folder, "plot", ONE, 1)
        check_use(folder, "compare", TWENTY, 20)
        check_use(folder, "compare", TWO_HUNDRED, 200)
        check_hostile(folder)
        check_first_paint(folder)
        check_huge(folder)
        check_other_commands(folder)


def lrviz(*arguments: str) -> str:
    """Run the command line in this Python and return its standard output."""
    command = [sys.executable, "-m", "lrviz", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def write_page(folder: Path, command: str, *arguments: str) -> Path:
    """Return the page that a command writes."""
    path = folder / f"{command}.html"
    lrviz(command, *arguments, "-q", "-o", str(path))
    return path


class Browser:
    """A browser at a page; what it asked the network for and its console are kept."""

    def __init__(self, profile: str, width: int, scheme: str, scale: float) -> None:
        options = webdriver.ChromeOptions()
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = webdriver.ChromeService("/usr/bin/chromedriver")
        self.driver = webdriver.Chrome(options=options, service=service)
        size = {"width": width, "height": 900, "deviceScaleFactor": scale, "mobile": False}
        self.command("Emulation.setDeviceMetricsOverride", **size)
        self.command("Performance.setTimeDomain", timeDomain="threadTicks")
        self.command("Performance.enable")
        self.media(scheme)

    def command(self, name: str, **values: Any) -> None:
        """Run a command of the DevTools."""
        self.driver.execute_cdp_cmd(name, values)

    def media(self, scheme: str, kind: str = "screen") -> None:
        """Set what the reader prefers, and whether the page is printed."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.command("Emulation.setEmulatedMedia", media=kind, features=features)

    def open(self, page: Path) -> None:
        """Open a page and wait until its figure is drawn."""
        self.driver.get(page.as_uri())
        self.wait(IDLE)

    def seconds(self) -> tuple[float, float]:
        """Return when the page first painted, and how long its thread has computed since."""
        script = "return performance.getEntriesByType('paint')[0].startTime / 1000"
        metrics = self.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
        values = {metric["name"]: metric["value"] for metric in metrics}
        return float(self.run(script)), float(values["ThreadTime"])

    def wait(self, script: str) -> None:
        """Wait until a script returns true."""
        for _ in range(200):
            if self.run(script):
                return
            time.sleep(0.05)
        raise AssertionError(f"never true: {script}; console: {self.console()}")

    def run(self, script: str, *arguments: Any) -> Any:
        """Return what a script returns."""
        return self.driver.execute_script(script, *arguments)

    def all(self, selector: str) -> list[Any]:
        """Return the elements of a selector."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def click(self, selector: str) -> None:
        """Click on an element by its label, where a reader would."""
        self.run("document.querySelector(arguments[0]).click()", selector)

    def texts(self, selector: str) -> list[str]:
        """Return the texts of the elements of a selector."""
        script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)"
        return list(self.run(script, selector))

    def point(self, share: float) -> None:
        """Move the pointer to a share of the figure's width."""
        figure = self.all("#figure")[0]
        right = round((share - 0.5) * figure.size["width"])
        ActionChains(self.driver, duration=0).move_to_element_with_offset(
            figure, right, 0
        ).perform()

    def shown(self) -> tuple[int, list[str]]:
        """Return the step and the rates that the page shows."""
        place = self.texts("#place")[0]
        step = re.search(r"step ([\d,]+)", place)
        assert step, place
        return int(step[1].replace(",", "")), self.texts(".curves output")

    def steps(self) -> list[float]:
        """Return the ends of the axis of steps."""
        return list(self.run(PLOT + "return [plot.x_range.start, plot.x_range.end]"))

    def console(self) -> list[str]:
        """Return the errors and warnings of the console."""
        entries = self.driver.get_log("browser")
        return [entry["message"] for entry in entries if entry["level"] in ("SEVERE", "WARNING")]

    def requests(self) -> list[str]:
        """Return what was asked for over the network since the page was opened."""
        messages = [json.loads(entry["message"])["message"]
                    for entry in self.driver.get_log("performance")]  # fmt: skip
        urls = [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]
        assert any(url.startswith("file:") for url in urls), "the log lacks the page itself"
        return [url for url in urls if url.startswith(("http", "ws", "ftp"))]


@contextmanager
def browser(width: int = 1200, scheme: str = "light", scale: float = 1) -> Iterator[Browser]:
    """Open a browser with a profile of its own; at its end nothing was asked for or complained."""
    with tempfile.TemporaryDirectory() as profile:
        page = Browser(profile, width, scheme, scale)
        try:
            yield page
            console, requests = page.console(), page.requests()
            assert not console, console
            assert not requests, requests
        finally:
            page.driver.quit()


def exported(*arguments: str) -> dict[int, list[float]]:
    """Return the rates of each step by `lrviz export`."""
    rows = csv.reader(lrviz("export", *arguments, "-q").splitlines()[1:])
    return {int(step): [float(rate) for rate in rates] for step, *rates in rows}


def check_use(folder: Path, command: str, arguments: tuple[str, ...], count: int) -> None:
    """Use the page of so many curves in every way."""
    page, rates = write_page(folder, command, *arguments), exported(*arguments)
    with browser() as reader:
        reader.open(page)
        check_pointer(reader, rates, count)
        check_keys(reader, rates)
        check_toggles(reader, count)
        check_scale(reader, rates)
        check_units(reader)
        check_zoom(reader, rates)
        check_copy(reader)
    with browser(400, "dark") as reader:
        reader.open(page)
        check_narrow_and_dark(reader)
        check_print(reader)
    check_without_scripts(page)
    print(f"{count} curves: {page.stat().st_size:,} bytes")


def check_pointer(reader: Browser, rates: dict[int, list[float]], count: int) -> None:
    """The rates under the pointer are those that `export` writes."""
    seen = set()
    for share in (0.1, 0.23, 0.4, 0.5, 0.77, 0.95):
        reader.point(share)
        reader.wait("return /step/.test(document.getElementById('place').textContent)")
        step, texts = reader.shown()
        assert [float(text) for text in texts] == rates[step], step
        assert len(texts) == count
        seen.add(step)
    assert len(seen) == 6


def check_keys(reader: Browser, rates: dict[int, list[float]]) -> None:
    """The arrow keys go through every step."""
    figure = reader.all("#figure")[0]
    figure.send_keys(Keys.HOME)
    for step in range(5):
        assert reader.shown() == (step, reader.texts(".curves output"))
        assert [float(text) for text in reader.shown()[1]] == rates[step]
        figure.send_keys(Keys.ARROW_RIGHT)
    figure.send_keys(Keys.SHIFT + Keys.ARROW_RIGHT)
    assert reader.shown()[0] == 15
    figure.send_keys(Keys.ARROW_LEFT)
    assert reader.shown()[0] == 14
    figure.send_keys(Keys.END)
    figure.send_keys(Keys.ARROW_RIGHT)
    assert reader.shown()[0] == max(rates)


def check_toggles(reader: Browser, count: int) -> None:
    """The legend hides a curve and shows it again."""
    visible = (
        "return Bokeh.documents[0].get_model_by_name('curve 0').visible"
        " && !document.querySelector('.curves li').classList.contains('off')"
    )
    before = picture(reader)
    reader.click(".curves input")
    assert not reader.run(visible)
    reader.wait(IDLE)
    assert picture(reader) != before
    reader.click(".curves input")
    assert reader.run(visible)
    assert reader.all("#none") == [] if count == 1 else reader.all("#none")
    if count > 1:
        reader.click("#none")
        assert len(reader.all(".curves li.off")) == count
        reader.click("#all")
        assert not reader.all(".curves li.off")


def picture(reader: Browser) -> str:
    """Return the figure as a browser draws it."""
    time.sleep(0.2)
    return str(reader.all("#figure")[0].screenshot_as_base64)


def check_scale(reader: Browser, rates: dict[int, list[float]]) -> None:
    """The rate axis is linear or logarithmic, and the pointer's rates stay exact."""
    scale = PLOT + "return [plot.y_scale.type, plot.y_range.start, plot.y_range.end]"
    kind, low, high = reader.run(scale)
    peak = max(map(max, rates.values()))
    assert (kind, low) == ("LinearScale", 0)
    assert high > peak
    before = picture(reader)
    reader.click("[name=scale][value=log]")
    kind, low, high = reader.run(scale)
    assert kind == "LogScale"
    assert high > peak
    assert low >= peak / 1e12 * (1 - 1e-9)
    assert picture(reader) != before
    reader.point(0.6)
    step, texts = reader.shown()
    assert [float(text) for text in texts] == rates[step]
    reader.click("[name=scale][value=linear]")
    assert reader.run(scale)[:2] == ["LinearScale", 0]


def check_units(reader: Browser) -> None:
    """The axis is in each unit that the run knows, and the place follows."""
    assert reader.texts("[name=unit] + span") == list(UNITS)
    for index, (name, size) in enumerate(UNITS.items()):
        reader.click(f"[name=unit][value='{index}']")
        reader.point(0.5)
        step, _ = reader.shown()
        place = reader.texts("#place")[0]
        if name != "step":
            value = re.search(r"· (?:\w+ )?([\d.]+)([kM]?)", place)
            assert value, place
            number = float(value[1]) * {"": 1, "k": 1e3, "M": 1e6}[value[2]]
            assert abs(number - step / size) <= 1e-3 * step / size, place
        label = reader.run("return Bokeh.documents[0].get_model_by_name('steps').axis_label")
        assert label == {"percent": "share of the run"}.get(name, name)
    reader.click("[name=unit][value='0']")


def check_zoom(reader: Browser, rates: dict[int, list[float]]) -> None:
    """Dragging zooms, and a double click shows the whole run again."""
    whole = reader.steps()
    assert whole[0] == 0
    assert whole[1] - max(rates) in (0, 1)  # the last step, or the end of the run
    figure = reader.all("#figure")[0]
    across = round(figure.size["width"] * 0.2)
    drag = ActionChains(reader.driver, duration=50).move_to_element_with_offset(figure, 0, -80)
    drag.click_and_hold().move_by_offset(across // 2, 60).move_by_offset(across // 2, 60)
    drag.release().perform()
    reader.wait(IDLE)
    start, end = reader.steps()
    assert whole[0] < start < end < whole[1]
    assert end - start < 0.4 * whole[1]
    reader.point(0.5)
    step, texts = reader.shown()
    assert start <= step <= end
    assert [float(text) for text in texts] == rates[step]
    ActionChains(reader.driver).double_click(figure).perform()
    reader.wait(PLOT + f"return plot.x_range.end === {whole[1]}")
    assert reader.steps() == whole


def check_copy(reader: Browser) -> None:
    """The button copies the text beside it."""
    reader.run("document.querySelector('details').open = true")
    reader.run("addEventListener('copy', () => { window.copies = getSelection().toString(); })")
    reader.all(".copy")[0].click()
    reader.wait("return document.querySelector('.copy').textContent === 'copied'")
    text = reader.run("return window.copies")
    assert text.strip().startswith("label: ")
    assert text.strip() == reader.texts("figure pre")[0].strip()


def check_narrow_and_dark(reader: Browser) -> None:
    """The page fits 400 pixels and has the colours that its reader prefers."""
    assert reader.run("return document.documentElement.scrollWidth") <= 400
    background = "return getComputedStyle(document.body).backgroundColor"
    assert reader.run(background) == "rgb(20, 23, 28)"
    line = "return Bokeh.documents[0].get_model_by_name('steps').axis_line_color"
    assert reader.run(line) == "#98a1ad"
    reader.media("light")
    reader.wait(line + " === '#5f6670'")
    assert reader.run(background) == "rgb(255, 255, 255)"


def check_print(reader: Browser) -> None:
    """On paper the picture takes the figure's place."""
    shown = (
        "return [...document.querySelectorAll('.picture, .live')].map((e) => e.checkVisibility())"
    )
    assert reader.run(shown) == [False, True]
    reader.media("light", "print")
    assert reader.run(shown) == [True, False]


def check_without_scripts(page: Path) -> None:
    """Readers without scripts see the picture."""
    with browser() as reader:
        reader.command("Emulation.setScriptExecutionDisabled", value=True)
        reader.driver.get(page.as_uri())
        image = reader.all(".picture")[0]
        assert image.is_displayed()
        assert image.size["width"] > 600
        assert not reader.all(".live")[0].is_displayed()


def check_hostile(folder: Path) -> None:
    """Labels stay text, whatever is in them."""
    curves = [{"schedule": "cosine", "T_max": 10, "label": label} for label in HOSTILE]
    spec = folder / "hostile.json"
    figure = {"title": HOSTILE[0], "caption": HOSTILE[1]}
    spec.write_text(json.dumps({**figure, "curves": curves}), encoding="utf-8")
    page = write_page(folder, "compare", str(spec))
    with browser() as reader:
        reader.open(page)
        labels = [label.replace("\u2028", "\\u2028") for label in HOSTILE]
        assert reader.texts(".curves .label") == labels
        assert reader.texts("h1") == [HOSTILE[0]]
        assert reader.run("return window.harmed ?? null") is None
        assert len(reader.all("img")) == 1
        assert len(reader.all("script")) == 4
    print("hostile labels stay text")


def check_first_paint(folder: Path) -> None:
    """Twenty curves of a million steps are seen within a second."""
    page = write_page(folder, "compare", *LONG)
    times = []
    for _ in range(3):
        with browser() as reader:
            reader.open(page)
            times.append(reader.seconds())
    paint, drawn = (min(item[index] for item in times) for index in (0, 1))
    print(
        f"20 curves of 1e6 steps: {page.stat().st_size:,} bytes, first paint after {paint:.2f} s, "
        f"figure after {drawn:.2f} s of computing"
    )
    assert paint < FIRST_PAINT
    assert drawn < FIRST_PAINT


def check_huge(folder: Path) -> None:
    """A curve of a hundred million steps keeps its exact extremes."""
    page = write_page(folder, "plot", *HUGE)
    facts = json.loads(lrviz("measure", *HUGE, "--json", "-q"))["curves"][0]
    with browser() as reader:
        reader.open(page)
        data = "const {x, y} = Bokeh.documents[0].get_model_by_name('curve 0').data_source.data;"
        high, low, count = reader.run(data + "return [Math.max(...y), Math.min(...y), x.length]")
        assert (high, low) == (facts["peak"], facts["floor"])
        assert count < 20_000
        reader.all("#figure")[0].send_keys(Keys.END)
        assert reader.shown()[0] == 99_999_999
    print(f"1e8 steps: {page.stat().st_size:,} bytes, {count:,} points")


def check_other_commands(folder: Path) -> None:
    """The pages of an audit, of a proposal and of the dialects work, too."""
    mistakes = Path(__file__).parent.parent / "configs" / "mistakes"
    log = str(mistakes / "four-processes.csv")
    commands = {
        "audit": ("audit", log, "--against", str(mistakes / "plan.yaml")),
        "proposal": ("audit", log),
        "dialects": ("dialects",),
        "mistake": ("plot", "cosine", "--as-if", "stepped-n-times:n=4"),
    }
    for name, arguments in commands.items():
        page = write_page(folder, *arguments)
        with browser() as reader:
            reader.open(page)
            reader.point(0.5)
            assert all(float(text) >= 0 for text in reader.shown()[1])
            assert "Report" in reader.texts("h2")
        print(f"{name}: {page.stat().st_size:,} bytes")


def screenshot(folder: Path, path: Path) -> None:
    """Write the picture of the page that the guide shows."""
    page = write_page(folder, "compare", *GUIDE_CURVES)
    with browser(1000, scale=1.5) as reader:
        reader.open(page)
        reader.point(0.45)
        time.sleep(0.5)
        bottom = "return document.querySelector('.chart').getBoundingClientRect().bottom"
        clip = {"x": 0, "y": 0, "width": 1000, "height": reader.run(bottom) + 10, "scale": 1}
        image = reader.driver.execute_cdp_cmd("Page.captureScreenshot", {"clip": clip})
        path.write_bytes(b64decode(image["data"]))


if __name__ == "__main__":
    main()
