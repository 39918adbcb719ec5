"""Write the icon for home screens that draw no SVG: ``python -m infra.web_icon`` (needs Chromium).

It lies in the pages as text: API Gateway gives other bytes to a browser only if it asks for just their media type.
"""

from __future__ import annotations

import base64
import io
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent / "templates" / "web"
SIZE = 180
COLOURS = 16


def icon() -> bytes:
    """Draw the icon as a small PNG."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    svg = (WEB / "static" / "icon.svg").read_text(encoding="utf-8").replace("<svg ", f'<svg width="{SIZE}" ', 1)
    with sync_playwright() as driver:
        system = Path("/usr/bin/chromium")
        options = {"executable_path": str(system)} if system.exists() else {}
        browser = driver.chromium.launch(args=["--no-sandbox"], **options)  # type: ignore[arg-type]
        page = browser.new_page(viewport={"width": SIZE, "height": SIZE})
        page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{svg}")
        drawn = page.screenshot()
        browser.close()
    held = io.BytesIO()
    Image.open(io.BytesIO(drawn)).convert("RGB").quantize(COLOURS).save(held, "PNG", optimize=True)
    return held.getvalue()


if __name__ == "__main__":
    text = base64.b64encode(icon()).decode()
    link = f'<link rel="apple-touch-icon" href="data:image/png;base64,{text}">\n'
    (WEB / "macros" / "icon.html").write_text(link, encoding="utf-8")
