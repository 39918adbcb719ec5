"""Whether a picture shows a document, and whether it is sharp enough to read.

The picture is brought to one size and cut into tiles. A tile whose brightness varies clearly more
than the quiet part of the picture holds ink. The focus is the energy of the Laplacian divided by
the variance, over the tiles with ink, after the noise measured in the quiet tiles is taken off
both: so neither contrast, nor the amount of text, nor grain decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PIL.Image import Image

    from chalicelib.adapters.scans.limits import ScanLimits

_TILE: Final = 16
_QUIET_SHARE: Final = 0.1
_STRONGEST_SHARE: Final = 0.25
_NOISE_FACTOR: Final = 3.0
# Takes grain off before edges are sought: without it a blurred but grainy photo looks sharp.
_BINOMIAL: Final = (1, 2, 1, 2, 4, 2, 1, 2, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Measures of one page: the number of tiles with ink, and the focus (0 to about 1.5)."""

    ink_tiles: int
    focus: float

    def defect(self, limits: ScanLimits) -> str | None:
        """Give the code of the defect, or ``None`` for a page that can be read."""
        if self.ink_tiles < limits.blank_ink_tiles:
            return "blank"
        return "blurred" if self.focus < limits.blurred_below else None


def measure(grey: Image, limits: ScanLimits) -> Quality:
    """Measure a page; ``grey`` has mode L and at most ``work_side_px`` on its long side."""
    tiles = _tiles(grey)
    quiet = sorted(tiles)[: max(1, int(len(tiles) * _QUIET_SHARE))]
    noise = sum(variance for variance, _ in quiet) / len(quiet)
    noise_edges = sum(edges for _, edges in quiet) / len(quiet)
    threshold = max(limits.ink_deviation**2, _NOISE_FACTOR * noise)
    ink = sorted((tile for tile in tiles if tile[0] > threshold), key=lambda tile: -tile[1])
    strongest = ink[: max(1, int(len(ink) * _STRONGEST_SHARE))]
    variance = sum(tile[0] - noise for tile in strongest)
    edges = sum(max(0.0, tile[1] - noise_edges) for tile in strongest)
    return Quality(ink_tiles=len(ink), focus=edges / variance if variance > 0 else 0.0)


def _tiles(grey: Image) -> list[tuple[float, float]]:
    """Give (variance of brightness, variance of the Laplacian) of every tile."""
    from PIL import ImageFilter, ImageMath  # noqa: PLC0415 - only the inspecting process needs it

    width, height = grey.size
    smooth = ImageFilter.Kernel((3, 3), _BINOMIAL)
    pixels = grey.filter(smooth).convert("F")
    box = (1, 1, width - 1, height - 1)
    centre = pixels.crop(box)
    sides = [
        pixels.crop((box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy))
        for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1))
    ]

    def laplacian(args: dict[str, Any]) -> Any:
        return args["a"] + args["b"] + args["c"] + args["d"] - args["m"] * 4

    edges = ImageMath.lambda_eval(laplacian, a=sides[0], b=sides[1], c=sides[2], d=sides[3], m=centre)
    return list(zip(_variances(centre), _variances(edges), strict=True))


def _variances(pixels: Image) -> list[float]:
    from PIL import ImageMath  # noqa: PLC0415 - only the process that inspects pays for Pillow

    width, height = (side - side % _TILE for side in pixels.size)
    whole = pixels.crop((0, 0, width, height))
    squares = ImageMath.lambda_eval(lambda args: args["p"] * args["p"], p=whole)
    mean, mean_square = whole.reduce(_TILE), squares.reduce(_TILE)
    spread = ImageMath.lambda_eval(lambda args: args["s"] - args["m"] * args["m"], s=mean_square, m=mean)
    return list(spread.get_flattened_data())
