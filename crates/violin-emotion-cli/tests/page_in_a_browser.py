"""The pages of `report` as a reader meets them, in Chromium: by mouse, by keys alone, in light and dark, on a phone.

Run by ./check; needs the debug build, Debian's chromium, playwright (its Python part alone), and the path of axe.min.js."""

import csv
import json
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = ROOT / "target/debug/violin-emotion"
HOSTILE = "<img src=x onerror=alert(1)>.wav"
# What is asked here is not how well the model learns.
QUICK = "[model]\nrestarts = 2\n[model.network]\nepochs = 3\nlstm = 16\nlstm_last = 8\nembedding = 8\n[model.forest]\ntrees = 10\n"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
# A page is there in a second; a machine that has much else to do is waited for, ms.
PATIENCE = 120_000
# A click lands on a pixel: so many seconds of six over some 290 pixels, and more.
CLICK_S = 0.1


def make_pages(folder):
    def run(*arguments, code=0):
        done = subprocess.run([PROGRAM, *arguments], cwd=folder, capture_output=True, text=True)
        assert done.returncode == code, done.stderr

    run("render", "--recipe", "cues", "--n", "12", "--duration", "6", "--performers", "4", "--pieces", "2", "--out", "rendered")
    (folder / "quick.toml").write_text(QUICK)
    labels = ["--audio", "rendered/recordings", "--labels", "rendered/emotion_labels.csv", "--group-by", "performer"]
    run("train", *labels, "--config", "quick.toml")
    takes = sorted((folder / "rendered/recordings").iterdir())
    (folder / "takes").mkdir()
    shutil.copy(takes[0], folder / "takes" / HOSTILE)
    shutil.copy(takes[1], folder / "takes" / "second.wav")
    (folder / "takes/damaged.wav").write_text("text")
    run("report", "takes", "--out", "pages", code=1)
    run("report", "takes/second.wav", "--out", "silent", "--sound", "never")
    run("report", takes[1], takes[2], "--compare", "--out", "both")
    return takes[1]


class Reader:
    """A browser window that tolerates no complaint, no dialog and no request to anywhere but `home`."""

    def __init__(self, browser, size="desktop", scheme="light", home=None):
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=False)
        context.set_default_timeout(PATIENCE)
        self.page = context.new_page()
        self.faults = []
        self.page.on("console", lambda said: self.faults.append(f"console: {said.text}") if said.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda asked: self.faults.append(asked.url[:80]) if asked.url.split(":")[0] not in ("file", "data", "blob") and not (home and asked.url.startswith(home)) else None)

    def open(self, path):
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("html[data-theme]")
        self.page.wait_for_timeout(300)
        return self.page

    def now(self):
        return float(self.page.input_value("#position"))

    def until(self, what):
        """Asks from outside, since the page's policy lets no text be run as a script."""
        for _ in range(PATIENCE // 50):
            if what():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("it never came to be")

    def label(self, figure):
        return self.page.get_attribute(f"#figure-{figure} canvas", "aria-label")

    def download(self, figure, kind):
        with self.page.expect_download() as waiting:
            self.page.click(f"#figure-{figure} .downloads button:has-text('{kind}')")
        return Path(waiting.value.path()), waiting.value.suggested_filename

    def close(self):
        assert not self.faults, self.faults
        self.page.context.close()


def data_of(page):
    return json.loads(page.text_content("#data"))


def check_round_times(browser):
    """Below long pictures stand whole minutes, whatever the length."""
    reader = Reader(browser)
    words = (ROOT / "crates/violin-emotion/src/report/page/words.js").read_text()
    for low, high, most, times in (
        (0, 3600, 14, [300 * at for at in range(13)]),
        (0, 1800, 4, [0, 600, 1200, 1800]),
        (0, 95, 6, [0, 30, 60, 90]),
        (61, 70, 10, list(range(61, 71))),
        (0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]),
    ):
        found = reader.page.evaluate(f"() => {{ {words}\nreturn timeTicks({low}, {high}, {most}); }}")
        assert found == times, (low, high, found)
    reader.close()


def check_index(browser, folder):
    reader = Reader(browser)
    page = reader.open(folder / "pages/index.html")
    rows = page.locator("#rows li")
    assert rows.count() == 3
    assert "could not be answered" in page.text_content("h1")
    assert page.locator("li.failed strong").text_content() == "damaged.wav"
    assert page.locator("img").count() == 0
    page.click(f"a:text-is('{HOSTILE}')")
    page.wait_for_selector("#figure-emotions canvas[aria-label]")
    assert page.title() == HOSTILE and page.text_content("#name") == HOSTILE
    assert page.locator("img").count() == 0
    reader.close()


def check_player(browser, path):
    reader = Reader(browser)
    page = reader.open(path)
    data = data_of(page)
    duration = data["analysis"]["duration_s"]
    assert page.text_content("#headline") == data["headline"]
    page.keyboard.press("Space")
    reader.until(lambda: reader.now() > 0.3)
    page.keyboard.press("Space")
    page.wait_for_timeout(150)
    stopped = reader.now()
    page.wait_for_timeout(300)
    assert reader.now() == stopped, "it stops"
    page.keyboard.press("Home")
    assert reader.now() == 0
    page.keyboard.press("ArrowRight")
    assert reader.now() == 1
    page.keyboard.press("End")
    assert abs(reader.now() - duration) < 0.01
    # A click in the middle of each picture over time.
    for figure in ("emotions", "notes", "cues"):
        page.keyboard.press("Home")
        canvas = page.locator(f"#figure-{figure} canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        begin, end = 46, box["width"] - 8
        canvas.click(position={"x": begin + 0.75 * (end - begin), "y": 40})
        assert abs(reader.now() - 0.75 * duration) < CLICK_S, (figure, reader.now())
    # The picture of the moment follows.
    for key, at in (("Home", 0), ("End", -1)):
        page.keyboard.press(key)
        start = data["explanation"]["timeline"][at]["start_s"]
        reader.until(lambda: f"0:{start:04.1f} to " in reader.label("why-now"))
    # Zoomed in to the last quarter, a click at the left goes to where that begins.
    for _ in range(2):
        page.keyboard.press("+")
    page.locator("#figure-emotions canvas").click(position={"x": begin, "y": 60})
    assert abs(reader.now() - 0.75 * duration) < CLICK_S, reader.now()
    page.keyboard.press("0")
    page.select_option("#emotion", index=1)
    emotion = list(data["analysis"]["emotions"])[1]
    reader.until(lambda: reader.label("why").split(": ")[1].startswith(emotion))
    reader.close()


def check_downloads(browser, path):
    reader = Reader(browser)
    page = reader.open(path)
    data = data_of(page)
    rows = {}
    for figure in ("answer", "emotions", "notes", "cues", "why", "why-now"):
        file, name = reader.download(figure, "CSV")
        assert name == f"second-{figure}.csv", name
        with open(file, newline="", encoding="utf-8") as text:
            rows[figure] = list(csv.DictReader(text))
        file, _ = reader.download(figure, "SVG")
        assert xml.parse(file).getroot().tag == "{http://www.w3.org/2000/svg}svg"
        file, _ = reader.download(figure, "PNG")
        assert file.read_bytes().startswith(b"\x89PNG")
    emotions = data["analysis"]["emotions"]
    assert {row["emotion"]: float(row["share"]) for row in rows["answer"]} == emotions
    assert {row["emotion"]: [float(row["low"]), float(row["high"])] for row in rows["answer"]} == data["analysis"]["intervals"]
    assert len(rows["emotions"]) == len(data["analysis"]["timeline"]) > 1
    for row, moment in zip(rows["emotions"], data["analysis"]["timeline"]):
        assert (float(row["start_s"]), float(row["end_s"])) == (moment["start_s"], moment["end_s"])
        assert {emotion: float(row[emotion]) for emotion in emotions} == moment["emotions"]
    assert [(row["note"], float(row["onset_s"])) for row in rows["notes"]] == [(note["name"], note["onset_s"]) for note in data["played"]["notes"]]
    for lane in data["lanes"]:
        assert [float(row["value"]) for row in rows["cues"] if row["cue"] == lane["name"]] == lane["value"]
    levels = [float(row["value"]) for row in rows["cues"] if row["cue"] == "loudness"]
    assert levels == data["curves"]["level_db"]
    for row in rows["why"][1:-1]:
        assert {emotion: float(row[emotion]) for emotion in emotions} == data["explanation"]["contributions"][row["part"]]
    with page.expect_download() as waiting:
        page.click("#json")
    assert json.loads(Path(waiting.value.path()).read_text()) == data
    reader.close()


def check_keys_alone(browser, path):
    """Everything that a mouse reaches is reached by the tab key, and is seen to be."""
    reader = Reader(browser)
    page = reader.open(path)
    wanted = page.locator("button:visible, select:visible, summary:visible, input[type=range]:visible").count()
    reached = set()
    for _ in range(wanted + 10):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => {
              const at = document.activeElement;
              const all = [...document.querySelectorAll("button, select, summary, input[type=range]")];
              return [all.indexOf(at), getComputedStyle(at).outlineStyle];
            }"""
        )
        if found[0] >= 0:
            assert found[1] != "none", "where the keys are is seen"
            reached.add(found[0])
    assert len(reached) == wanted, (len(reached), wanted)
    page.focus("#figure-emotions summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#figure-emotions table")
    assert page.locator("#figure-emotions tbody tr").count() == len(data_of(page)["analysis"]["timeline"])
    page.focus("#theme")
    page.keyboard.press("Space")
    assert page.get_attribute("html", "data-theme") == "dark"
    reader.close()


def check_two_takes(browser, path):
    reader = Reader(browser)
    page = reader.open(path)
    data = data_of(page)
    assert page.locator("figure.figure").count() == 9
    page.keyboard.press("ArrowRight")
    lines = [page.locator(f"#figure-emotions-{take} .cursor").evaluate("line => new DOMMatrix(getComputedStyle(line).transform).e") for take in (1, 2)]
    alignment = data["alignment"]
    begin, width = 46, page.locator("#figure-emotions-1 .stage").bounding_box()["width"] - 46 - 8
    there = interpolated(alignment["first_s"], alignment["second_s"], 1.0)
    for line, seconds, take in zip(lines, (1.0, there), data["takes"]):
        # A pixel.
        assert abs(line - begin - seconds / take["analysis"]["duration_s"] * width) < 1, (line, seconds)
    page.select_option("#hear", "1")
    page.click("#play")
    reader.until(lambda: reader.now() > 1.3)
    page.click("#play")
    reader.close()


def interpolated(places, values, place):
    after = next(at for at, known in enumerate(places) if known > place)
    part = (place - places[after - 1]) / (places[after] - places[after - 1])
    return values[after - 1] + part * (values[after] - values[after - 1])


def check_without_sound(browser, path, recording):
    reader = Reader(browser)
    page = reader.open(path)
    assert page.is_disabled("#play")
    page.set_input_files("#file", recording)
    page.click("#play")
    reader.until(lambda: reader.now() > 0.2)
    reader.close()


def nothing_serious(page, axe, where):
    page.evaluate(axe)
    for found in page.evaluate("axe.run()")["violations"]:
        assert found["impact"] not in ("serious", "critical"), (where, found["id"], found["nodes"][0]["target"])


def check_readable_by_all(browser, path, axe):
    """No finding of axe that is serious, and no page that is wider than its window."""
    for size in SIZES:
        for scheme in ("light", "dark"):
            reader = Reader(browser, size, scheme)
            page = reader.open(path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path.name, size)
            for summary in page.locator("summary").all():
                summary.press("Enter")
            nothing_serious(page, axe, (size, scheme))
            reader.close()


def main():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    axe = Path(sys.argv[1]).read_text()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        folder = Path(folder)
        recording = make_pages(folder)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"])
        second = folder / "pages/second.html"
        check_round_times(browser)
        check_index(browser, folder)
        check_player(browser, second)
        check_downloads(browser, second)
        check_keys_alone(browser, second)
        check_without_sound(browser, folder / "silent/second.html", recording)
        check_two_takes(browser, folder / "both/comparison.html")
        for path in (second, folder / "pages/index.html", folder / "both/comparison.html"):
            check_readable_by_all(browser, path, axe)
        browser.close()
    print("pages: played, pointed at, downloaded and walked by keys in Chromium; nothing that axe calls serious")


if __name__ == "__main__":
    main()
