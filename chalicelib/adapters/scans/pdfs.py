"""Draws every page of a PDF within bounds and judges it as a picture."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.scans.containers import PDF
from chalicelib.adapters.scans.fingerprints import fingerprint
from chalicelib.adapters.scans.limits import ScanRefused
from chalicelib.adapters.scans.pdf_structure import refuse_dangerous
from chalicelib.adapters.scans.quality import measure
from chalicelib.adapters.scans.renditions import fitted, page_view, preview
from chalicelib.domain.scan_verdict import accepted
from chalicelib.ports.scans import Inspection

if TYPE_CHECKING:
    from PIL.Image import Image

    from chalicelib.adapters.scans.limits import ScanLimits

_LONGEST_SIDE_PT: Final = 14_400  # the largest page of ISO 32000-1, annex C
_WHOLE_PAGE: Final = 0.5
_OBJECTS_SEEN: Final = 200


def inspect_pdf(data: bytes, limits: ScanLimits) -> Inspection:
    """Judge a PDF; give the verdict and what people see of its first pages. Raises ScanRefused."""
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


def _judged(document: Any, limits: ScanLimits) -> Inspection:
    count = len(document)
    if count == 0:
        raise ScanRefused("corrupted", media_type=PDF)
    if count > limits.max_pages:
        raise ScanRefused("too_many_pages", media_type=PDF, at_most=limits.max_pages)
    views: list[bytes] = []
    first, seen = None, 0
    for number in range(count):
        shown = number < limits.view_pages
        page = document[number]
        picture = _drawn(page, limits.view_side_px if shown else limits.work_side_px)
        # The clean reverse of a sheet is no defect: only a document with nothing on it is.
        seen += not _is_blank(page, picture, limits, number=number + 1 if count > 1 else None)
        page.close()
        first = first or picture
        if shown:
            views.append(page_view(picture, limits))
    if first is None or seen == 0:
        raise ScanRefused("blank", media_type=PDF)
    verdict = accepted(media_type=PDF, pages=count, width=first.width, height=first.height)
    return Inspection(verdict=verdict, preview=preview(first, limits), pages=tuple(views))


def _is_blank(page: Any, picture: Image, limits: ScanLimits, *, number: int | None) -> bool:
    """Say whether nothing is on the page; refuse one that cannot be read."""
    grey = fitted(picture, limits.work_side_px).convert("L")
    defect = measure(grey, limits).defect(limits)
    if defect == "blurred" or (defect is None and _is_coarse(page, limits)):
        raise ScanRefused(defect or "too_small", media_type=PDF, page=number, fingerprint=fingerprint(grey))
    return defect == "blank"


def _drawn(page: Any, side: int) -> Image:
    width, height = page.get_size()
    if not (min(width, height) > 0 and max(width, height) <= _LONGEST_SIDE_PT):
        raise ScanRefused("corrupted", media_type=PDF)
    scale = side / max(width, height)
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
