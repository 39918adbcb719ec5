"""The browser that the tests of pages share, and the service that it opens."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
CAMERA = Path(tempfile.gettempdir()) / f"polis-camera-{os.getpid()}.mjpeg"
"""What Chromium takes for the picture of a camera; a test writes it before a page asks for one."""

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    f"--use-file-for-fake-video-capture={CAMERA}",
)


@pytest.fixture(scope="module")
def browser():
    """One for a module: as long as it runs, its event loop would be in the way of tests that run one of their own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        path = str(CHROMIUM) if CHROMIUM.exists() else None
        chromium = driver.chromium.launch(executable_path=path, args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser):
    made = browser.new_context(viewport={"width": 390, "height": 844}, locale="ru-RU")
    yield made
    made.close()


@pytest.fixture(scope="session")
def issuer(tmp_path_factory):
    from infra.local.identity_provider import running

    with running(tmp_path_factory.mktemp("identity")) as url:
        yield url


@pytest.fixture(scope="module")
def site(issuer):
    """The whole service on a port, one for all tests of a module."""
    from tests.browser.site import open_site

    with open_site(issuer) as made:
        yield made


@pytest.fixture
def show_to_camera():
    """Hold a QR code before the camera of the browser."""
    import qrcode
    from PIL import Image

    def show(text):
        code = qrcode.make(text, border=4).get_image().convert("RGB").resize((440, 440))
        picture = Image.new("RGB", (640, 480), "white")
        picture.paste(code, (100, 20))
        held = io.BytesIO()
        picture.save(held, "JPEG", quality=90)
        CAMERA.write_bytes(held.getvalue() * 4)

    yield show
    CAMERA.unlink(missing_ok=True)


@pytest.fixture
def open_page(browser, site):
    """Open pages as a phone or a desktop, light or dark, with or without scripts."""
    made = []

    def open_one(*, width=360, scheme="light", scripts=True):
        size = {"width": width, "height": 800}
        context = browser.new_context(
            viewport=size, locale="ru-RU", color_scheme=scheme, java_script_enabled=scripts, service_workers="block"
        )
        context.set_default_timeout(10_000)
        made.append(context)
        return context.new_page()

    yield open_one
    for context in made:
        context.close()
