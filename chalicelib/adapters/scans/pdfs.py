"""Draws every page of a PDF within bounds and judges it as a picture."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.scans.containers import PDF
from chalicelib.adapters.scans.images import preview
from chalicelib.adapters.scans.limits import ScanRefused
from chalicelib.adapters.scans.pdf_structure import refuse_dangerous
from chalicelib.adapters.scans.quality import measure
from chalicelib.domain.scan_verdict import accepted

if TYPE_CHECKING:
    from PIL.Image import Image

    from chalicelib.adapters.scans.limits import ScanLimits
    from chalicelib.domain.scan_verdict import ScanVerdict

_LONGEST_SIDE_PT: Final = 14_400  # the largest page of ISO 32000-1, annex C
_WHOLE_PAGE: Final = 0.5
_OBJECTS_SEEN: Final = 200


def inspect_pdf(data: bytes, limits: ScanLimits) -> tuple[ScanVerdict, bytes]:
    """Judge a PDF; give the verdict and the preview of its first page. Raises ScanRefused."""
    refuse_dangerous(data, limits)
    import pypdfium2  # noqa: PLC0415 - only the inspecting process needs it

    try:
        document = pypdfium2.PdfDocument(data)
        try:
            return _judged(document, limits)
        finally:
            document.close()
    except pypdfium2.PdfiumError as broken:
        raise ScanRefused("corrupted", media_type=PDF) from broken


def _judged(document: Any, limits: ScanLimits) -> tuple[ScanVerdict, bytes]:
    pages = len(document)
    if pages == 0:
        raise ScanRefused("corrupted", media_type=PDF)
    if pages > limits.max_pages:
        raise ScanRefused("too_many_pages", media_type=PDF)
    first, seen = None, 0
    for number in range(pages):
        page = document[number]
        picture = _drawn(page, limits)
        first = first or picture
        defect = measure(picture.convert("L"), limits).defect(limits)
        # The clean reverse of a sheet is no defect: only a document with nothing on it is.
        seen += defect != "blank"
        if defect == "blurred" or (defect is None and _is_coarse(page, limits)):
            code = "blurred" if defect else "too_small"
            raise ScanRefused(code, media_type=PDF, page=number + 1 if pages > 1 else None)
        page.close()
    if first is None or seen == 0:
        raise ScanRefused("blank", media_type=PDF)
    size = {"width": first.width, "height": first.height}
    return accepted(media_type=PDF, pages=pages, **size), preview(first, limits)


def _drawn(page: Any, limits: ScanLimits) -> Image:
    width, height = page.get_size()
    if not (min(width, height) > 0 and max(width, height) <= _LONGEST_SIDE_PT):
        raise ScanRefused("corrupted", media_type=PDF)
    scale = limits.work_side_px / max(width, height)
    bitmap = page.render(scale=scale, may_draw_forms=False, draw_annots=False)
    picture: Image = bitmap.to_pil().convert("RGB")
    bitmap.close()
    return picture


def _is_coarse(page: Any, limits: ScanLimits) -> bool:
    """Say whether the page is one picture with fewer points than can be read."""
    width, height = page.get_size()
    images = page.get_objects(filter=[3], max_depth=3)  # FPDF_PAGEOBJ_IMAGE
    for image in islice(images, _OBJECTS_SEEN):
        left, bottom, right, top = image.get_bounds()
        covers = (right - left) * (top - bottom) >= _WHOLE_PAGE * width * height
        if covers and min(image.get_px_size()) < limits.min_side_px:
            return True
    return False
