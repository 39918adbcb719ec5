"""Makes the files that the tests of scan inspection feed: pages, photos of pages, hostile files."""

from __future__ import annotations

import io
import random
import zipfile
from functools import cache, lru_cache

import pillow_heif

# The inspecting children import it too and may keep no bytecode: compiling it anew is half of their time.
import pypdfium2  # noqa: F401
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont

WORDS = (
    "паспорт",
    "гражданин",
    "Российская",
    "Федерация",
    "выдан",
    "отделом",
    "внутренних",
    "дел",
    "города",
    "Воронежа",
    "дата",
    "выдачи",
    "код",
    "подразделения",
    "фамилия",
    "имя",
    "отчество",
    "пол",
    "рождения",
    "место",
    "страховой",
    "номер",
    "индивидуального",
    "лицевого",
    "счёта",
    "полис",
    "обязательного",
    "медицинского",
    "страхования",
)


def page(**options):
    """A printed page: black text on white with margins and a rule."""
    return _page(**options).copy()


@cache
def _page(*, width=1240, height=1754, font_size=28, seed=1, lines=None, ink=20, paper=252):
    rng = random.Random(seed)
    image = Image.new("L", (width, height), paper)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(font_size)
    margin, step = width // 10, int(font_size * 1.5)
    rows = range(margin, height - margin, step)
    for top in rows if lines is None else list(rows)[:lines]:
        text = ""
        while draw.textlength(text, font) < width - 2.6 * margin:
            text += rng.choice(WORDS) + " "
        draw.text((margin, top), text, font=font, fill=ink)
    return image


def cornered(image):
    """The page with a black square in its top left corner, which tells how it is turned."""
    marked = image.copy()
    ImageDraw.Draw(marked).rectangle((0, 0, image.width // 14, image.width // 14), fill=0)
    return marked


def dark_corners(picture):
    """Where the square of ``cornered`` is in a JPEG."""
    shown = Image.open(io.BytesIO(picture)).convert("L")
    last, side = (shown.width - 1, shown.height - 1), min(shown.size) // 40
    corners = {"top left": (side, side), "top right": (last[0] - side, side)}
    corners |= {"bottom left": (side, last[1] - side), "bottom right": (last[0] - side, last[1] - side)}
    return [name for name, place in corners.items() if shown.getpixel(place) < 100]


def passport(*, seed=1):
    """A passport spread: guilloche background, a portrait, few lines of text, a machine zone."""
    return _passport(seed).copy()


@cache
def _passport(seed):
    rng = random.Random(seed)
    image = Image.new("RGB", (1000, 1400), (236, 214, 205))
    draw = ImageDraw.Draw(image)
    for shift in range(0, 1400, 14):
        draw.arc((-400, shift - 700, 1400, shift + 700), 0, 180, fill=(222, 196, 190), width=2)
    draw.line((0, 700, 1000, 700), fill=(150, 120, 120), width=3)
    draw.ellipse((90, 840, 310, 1120), fill=(180, 150, 130))
    draw.rectangle((70, 1100, 330, 1180), fill=(70, 80, 110))
    small, big = ImageFont.load_default(24), ImageFont.load_default(34)
    for top in range(90, 640, 80):
        draw.text((90, top), " ".join(rng.choices(WORDS, k=3)).upper(), font=big, fill=(60, 40, 45))
    for top in range(800, 1200, 60):
        draw.text((400, top), " ".join(rng.choices(WORDS, k=2)), font=small, fill=(60, 40, 45))
    for top in (1260, 1310):
        draw.text((60, top), "PNRUSIVANOV<<IVAN<IVANOVICH<<<<<<<<<<<<<<", font=big, fill=(50, 40, 45))
    return image


def photo(source, *, size=(3000, 4000), angle=3.0, grain=7, blur=0.0, light=0.6, seed=1, fill=0.8):
    """The page lying on a table, as a phone sees it: turned, unevenly lit, grainy, out of focus.

    ``blur`` is the radius in thousandths of the long side, so in pixels of a picture of 1000 px.
    """
    sheet = (source.mode, source.size, source.tobytes())
    lit = _lying(sheet, size=size, angle=angle, light=light, seed=seed, fill=fill)
    if blur:
        lit = lit.filter(ImageFilter.GaussianBlur(blur * max(size) / 1000))
    return grainy(lit, grain)


@lru_cache(maxsize=2)
def _lying(sheet, *, size, angle, light, seed, fill):
    """The page on its table, sharp and without grain: turning it takes longest."""
    source = Image.frombytes(*sheet)
    rng = random.Random(seed)
    table = Image.effect_noise((size[0] // 16, size[1] // 16), 30).resize(size).convert("L")
    table = ImageEnhance.Brightness(table).enhance(rng.uniform(0.4, 0.9)).convert("RGB")
    side = fill * min(size[0] / source.width, size[1] / source.height)
    sheet = source.convert("RGB").resize((int(source.width * side), int(source.height * side)))
    mask = Image.new("L", sheet.size, 255).rotate(angle, expand=True)
    sheet = sheet.rotate(angle, resample=Image.Resampling.BICUBIC, expand=True)
    table.paste(sheet, ((size[0] - sheet.width) // 2, (size[1] - sheet.height) // 2), mask)
    shade = Image.linear_gradient("L").resize(size).point(lambda v: int(255 * light + v * (1 - light)))
    return ImageChops.multiply(table, shade.convert("RGB"))


def grainy(image, sigma):
    """Add sensor noise of the standard deviation ``sigma``."""
    if not sigma:
        return image.copy()
    noise = Image.effect_noise(image.size, sigma)
    if image.mode == "RGB":
        noise = noise.convert("RGB")
    return ImageChops.add(image, noise, scale=1, offset=-128)


def jpeg(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", **{"quality": 88, **options})
    return out.getvalue()


def png(image, **options):
    out = io.BytesIO()
    image.save(out, "PNG", **{"compress_level": 1, **options})
    return out.getvalue()


def heic(image, **options):
    """A photo as phones write it, encoded quickly; ``tile_size=512`` makes the grid that iPhones make.

    One thread encodes: several wait for one another on a busy machine many times longer than they work.
    """
    out = io.BytesIO()
    file = pillow_heif.from_pillow(image.convert("RGB"))
    file.save(out, **{"quality": 40, "enc_params": {"preset": "ultrafast", "x265:pools": "1"}, **options})
    return out.getvalue()


def telltale_exif(orientation=1):
    """What a camera notes beside the pixels: here the place, the owner and how the phone was held."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F], exif[0x013B], exif[0x9003] = "TELLTALE-MAKER", "TELLTALE-OWNER", "2026:03:16 09:00:00"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (55.0, 45.0, 21.0), "E", (37.0, 37.0, 4.0)
    gps[29] = "TELLTALE-PLACE"
    return exif.tobytes()


TELLTALE_XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a exif:GPSLatitude="55,45.35N" by="TELLTALE-XMP"/></x:xmpmeta>'


def saved(image, kind):
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


PNG_HEAD = b"\x89PNG\r\n\x1a\n"


def zip_file():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.js", "alert(1)")
    return out.getvalue()
