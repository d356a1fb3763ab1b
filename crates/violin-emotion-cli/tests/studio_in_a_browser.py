"""The page of `serve` as a player meets it, in Chromium: files, folders, the microphone, two takes, by keys alone, on a phone.

Run by ./check after page_in_a_browser.py, and needs the same."""

import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from page_in_a_browser import HOSTILE, PROGRAM, SIZES, Reader, make_pages, nothing_serious

# Chromium's own microphone beeps once a second; no one is asked whether it may be used.
MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


class Server:
    def __init__(self, folder):
        self.child = subprocess.Popen([PROGRAM, "serve", "--port", "0"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.address = self.child.stdout.readline().strip()
        assert self.address.startswith("http://127.0.0.1:"), self.address

    def end(self):
        self.child.send_signal(signal.SIGINT)
        assert self.child.wait(timeout=30) == 0, self.child.stderr.read()
        assert "panicked" not in self.child.stderr.read()


def at(browser, server, size="desktop", scheme="light"):
    reader = Reader(browser, size, scheme, home=server.address)
    reader.page.goto(server.address)
    reader.page.wait_for_selector("html[data-theme]")
    return reader


def heard(reader, number):
    reader.page.wait_for_function("number => document.querySelectorAll('.take .does').length === number", arg=number)


def shown(reader, part):
    """The page in the frame, once this part of it is there."""
    frame = reader.page.frame_locator("#page")
    frame.locator(part).wait_for()
    return frame


def check_files(browser, server, folder):
    reader = at(browser, server)
    page = reader.page
    with page.expect_file_chooser() as chooser:
        page.click("#choose-files")
    chooser.value.set_files([folder / "takes/second.wav"])
    frame = shown(reader, "#figure-emotions canvas[aria-label*='strongest is']")
    assert frame.locator("#name").text_content() == "second.wav"
    assert "usual" in frame.locator("#figure-why canvas").get_attribute("aria-label"), "bars of what each cue adds"
    assert frame.locator("#figure-cues canvas").get_attribute("aria-label")
    assert page.text_content("#said").startswith("second.wav: ")

    # Names that would like to be more, and what is no recording.
    page.set_input_files("#files", [folder / "takes" / HOSTILE, folder / "takes/damaged.wav"])
    heard(reader, 2)
    page.wait_for_selector(".take.failed progress", state="detached")
    page.wait_for_selector(".take.failed")
    assert page.text_content(".take.failed strong") == "damaged.wav"
    assert "no recording in a known format" in page.text_content(".take.failed")
    assert frame.locator("#name").text_content() == "second.wav", "what is looked at is not taken away"
    page.click(f"button[aria-label='Show the page of {HOSTILE}']")
    frame.locator(f"#name:text-is('{HOSTILE}')").wait_for()
    assert page.locator("img").count() == frame.locator("img").count() == 0
    assert "could not be answered" in page.text_content("#count")

    # The colours that are chosen here hold in the frame.
    page.click("#theme")
    frame.locator("html[data-theme=dark]").wait_for(state="attached")

    # Two takes beside each other.
    assert page.is_disabled("#compare")
    for name in ("second.wav", HOSTILE):
        page.check(f"input[aria-label='Compare {name}']")
    page.click("#compare")
    page.wait_for_selector("#compared:text('Both are compared')")
    frame = shown(reader, "#figure-emotions-2 canvas[aria-label]")
    assert frame.locator("#name").text_content() == f"second.wav, and then {HOSTILE}"
    frame.locator("html[data-theme=dark]").wait_for(state="attached")

    # Loaded anew, the list is there again, and in no other tab.
    page.reload()
    heard(reader, 2)
    assert page.locator(".take strong").all_text_contents() == [HOSTILE, "second.wav"]
    shown(reader, "#figure-emotions canvas[aria-label*='strongest is']")
    reader.close()
    reader = at(browser, server)
    assert reader.page.locator(".take").count() == 0
    reader.close()


def check_drop(browser, server, folder):
    """A drop as browsers make it: of a file, for a script cannot make one of a folder."""
    reader = at(browser, server)
    page = reader.page
    page.set_input_files("#folder", folder / "rendered/recordings")
    heard(reader, len(list((folder / "rendered/recordings").iterdir())))
    names = page.locator(".take strong").all_text_contents()
    assert all(name.startswith("recordings/") for name in names), names
    dropped = page.evaluate_handle(
        """() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File(["no sound"], "dropped.wav"));
          return transfer;
        }"""
    )
    page.dispatch_event("#bring", "drop", {"dataTransfer": dropped})
    page.wait_for_selector(".take.failed strong:text('dropped.wav')")
    reader.close()


def check_microphone(browser, server):
    reader = at(browser, server)
    page = reader.page
    page.click("#record")
    page.wait_for_selector("#record[aria-pressed=true]")
    page.wait_for_function("() => document.getElementById('recorded').textContent >= '0:02.0'")
    page.click("#record")
    heard(reader, 1)
    assert page.text_content(".take strong").startswith("recorded ")
    assert page.is_hidden("#recording")
    frame = shown(reader, "#figure-emotions canvas[aria-label]")
    seconds = float(frame.locator("#facts").text_content().split(" s")[0])
    assert 2 <= seconds < 10, seconds
    reader.close()


def check_no_microphone(browser, server):
    """Without leave or device: words, and no fault."""
    for problem, words in (("NotAllowedError", "was not allowed"), ("NotFoundError", "no microphone")):
        reader = at(browser, server)
        page = reader.page
        page.evaluate("problem => (navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', problem); })", problem)
        page.click("#record")
        page.wait_for_selector(f"#said:text('{words}')")
        assert page.is_enabled("#record") and page.is_hidden("#recording")
        reader.close()


def check_keys_alone(browser, server, folder):
    reader = at(browser, server)
    page = reader.page
    page.set_input_files("#files", [folder / "takes/second.wav", folder / "takes" / HOSTILE])
    heard(reader, 2)
    reached = set()
    for _ in range(20):
        page.keyboard.press("Tab")
        found = page.evaluate("() => [document.activeElement.id || document.activeElement.getAttribute('aria-label'), getComputedStyle(document.activeElement).outlineStyle]")
        reached.add(found[0])
        assert found[0] in (None, "page") or found[1] != "none", f"where the keys are is seen: {found}"
        if found[0] == "page":
            break
        if found[0] and found[0].startswith("Compare "):
            page.keyboard.press("Space")
    wanted = {"theme", "choose-files", "choose-folder", "record", "compare", "alone", "Show the page of second.wav", "Compare second.wav"}
    assert wanted <= reached, wanted - reached
    page.focus("#compare")
    page.keyboard.press("Enter")
    shown(reader, "#figure-why canvas[aria-label]")
    reader.close()


def check_readable_by_all(browser, server, folder, axe, pictures):
    for size in SIZES:
        for scheme in ("light", "dark"):
            reader = at(browser, server, size, scheme)
            page = reader.page
            page.set_input_files("#files", [folder / "takes/second.wav"])
            page.set_input_files("#files", [folder / "takes/damaged.wav"])
            shown(reader, "#figure-emotions canvas[aria-label]")
            page.wait_for_selector(".take.failed")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
            if pictures:
                page.wait_for_timeout(500)
                page.screenshot(path=pictures / f"studio-{size}-{scheme}.png", full_page=True)
            nothing_serious(page, axe, (size, scheme))
            reader.close()


def main():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    axe = Path(sys.argv[1]).read_text()
    # To be looked at by people, if a folder is named.
    pictures = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        folder = Path(folder)
        make_pages(folder)
        server = Server(folder)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", *MICROPHONE])
        check_files(browser, server, folder)
        check_drop(browser, server, folder)
        check_microphone(browser, server)
        check_no_microphone(browser, server)
        check_keys_alone(browser, server, folder)
        check_readable_by_all(browser, server, folder, axe, pictures)
        browser.close()
        server.end()
    print("studio: files, folder, microphone and two takes in Chromium, by mouse and by keys; nothing that axe calls serious")


if __name__ == "__main__":
    main()
