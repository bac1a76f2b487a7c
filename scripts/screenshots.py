"""Screenshots: what does the console look like, for the README, in both languages?

    python scripts/screenshots.py DEMO_PROJECT

Serves the project, looks at its overview with Chromium, and writes docs/images/console-en.png and
console-zh.png, 1280 wide, in few colours so that they stay small.
"""

import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from shuke.access import users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.app import Project, open_project
from shuke.server import create_app

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
WHO, PASSWORD = "photographer", "smile at the camera"
LOCALES = {"en": "en-GB", "zh": "zh-CN"}


def main(root: Path) -> None:
    project = open_project(root)
    _let_in(project)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with serving(project) as address, sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for language, locale in LOCALES.items():
            _take(browser, address, locale, IMAGES / f"console-{language}.png")
        browser.close()


@contextmanager
def serving(project: Project) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(project), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def _let_in(project: Project) -> None:
    """A user of our own, with a password that this script knows."""
    by, now = Actor("screenshots", "cli"), datetime.now(UTC)
    known = {user.name for user in users.list_users(project.operations)}
    if WHO not in known:
        users.create_user(project.operations, WHO, Role.ADMIN, by=by, now=now)
    users.change_password(
        project.operations, users.get_user(project.operations, WHO), PASSWORD, by=by, now=now
    )


def _take(browser: Browser, address: str, locale: str, path: Path) -> None:
    context = browser.new_context(base_url=address, locale=locale, viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    _log_in(page)
    expect(page.locator("[data-drawn]")).to_have_count(page.locator("[data-chart]").count())
    page.screenshot(path=path)
    context.close()
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--output", path, "64", path], check=True)
    print(f"{path.name}: {path.stat().st_size // 1024} KiB")


def _log_in(page: Page) -> None:
    page.goto("/login")
    page.fill("#name", WHO)
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.wait_for_url("**/")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
