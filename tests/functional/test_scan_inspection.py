import io
import os
import resource
import struct
import subprocess
import sys
import zlib

import fpdf
import pypdf
import pytest
from PIL import Image, ImageFilter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject, TextStringObject

from chalicelib.adapters.scans.inspector import SandboxedScanInspector
from chalicelib.adapters.scans.limits import ScanLimits
from chalicelib.domain.scan_verdict import MESSAGES, refused
from chalicelib.ports.errors import Unavailable
from tests.functional import scan_files as make


def inspected(data, declared="image/jpeg", max_pages=20):
    return SandboxedScanInspector().inspect(data=data, declared_media_type=declared, max_pages=max_pages)


def inspect(data, declared="image/jpeg"):
    found = inspected(data, declared)
    return found.verdict, found.preview


def code_of(data):
    verdict, thumbnail = inspect(data)
    assert verdict.accepted is (verdict.code == "accepted")
    assert (thumbnail is None) is not verdict.accepted
    return verdict.code


@pytest.fixture(scope="module")
def page():
    return make.page()


@pytest.fixture(scope="module")
def good_jpeg(page):
    return make.jpeg(page)


@pytest.fixture(scope="module")
def good_pdf(page):
    return make.saved(page, "PDF")


def edited(data, edit):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    edit(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pixel_noise_jpeg(size_bytes):
    """A photo of a passport page whose grain brings the file near the wanted size."""
    photo = make.photo(make.passport(), grain=26)
    for quality in range(97, 60, -1):
        data = make.jpeg(photo, quality=quality)
        if len(data) <= size_bytes:
            return data
    raise AssertionError("no quality gives the size")


def test_accepts_a_scan_and_gives_its_true_size_and_a_small_preview(good_jpeg):
    verdict, thumbnail = inspect(good_jpeg, "image/png")
    assert verdict.accepted, verdict
    assert (verdict.media_type, verdict.pages) == ("image/jpeg", 1)
    assert (verdict.width, verdict.height) == (1240, 1754)
    preview = Image.open(io.BytesIO(thumbnail))
    assert (preview.format, max(preview.size)) == ("JPEG", 512)
    assert len(thumbnail) <= 60 * 1024


def test_accepts_a_phone_photo_close_to_the_limit():
    data = pixel_noise_jpeg(5_000_000)
    assert len(data) > 4_000_000
    assert code_of(data) == "accepted"


@pytest.mark.parametrize(
    "conditions",
    [
        {"angle": -7, "grain": 12, "seed": 2},
        {"light": 0.3, "grain": 15, "seed": 3},
        {"fill": 0.6, "blur": 0.5, "seed": 4},
        {"blur": 1.0, "grain": 7, "seed": 5},
    ],
    ids=["turned", "dim", "far", "soft"],
)
def test_accepts_ordinary_photos_of_a_passport(conditions):
    assert code_of(make.jpeg(make.photo(make.passport(), size=(1500, 2000), **conditions))) == "accepted"


@pytest.mark.parametrize("blur", [2, 4, 8])
@pytest.mark.parametrize("grain", [0, 10])
def test_refuses_a_photo_out_of_focus(blur, grain):
    photo = make.photo(make.passport(), size=(1500, 2000), blur=blur, grain=grain)
    assert code_of(make.jpeg(photo)) == "blurred"


@pytest.mark.parametrize(
    "convert",
    [
        make.png,
        lambda image: make.png(image.convert("1")),
        lambda image: make.png(image.convert("RGBA")),
        lambda image: make.png(image.convert("LA")),
        lambda image: make.png(image.convert("P"), transparency=3),
        lambda image: make.png(image.convert("I").point(lambda v: v * 257).convert("I;16")),
        lambda image: make.jpeg(image, progressive=True),
        lambda image: make.jpeg(image.convert("CMYK")),
        lambda image: make.jpeg(image.convert("RGB"), exif=orientation(1)),
    ],
    ids=["grey", "bilevel", "rgba", "la", "palette", "16-bit", "progressive", "cmyk", "exif"],
)
def test_accepts_every_kind_of_pixels(page, convert):
    assert code_of(convert(page)) == "accepted"


def orientation(value):
    exif = Image.Exif()
    exif[0x0112] = value
    return exif


def test_honours_the_orientation_of_the_camera(page):
    verdict, thumbnail = inspect(make.jpeg(page, exif=orientation(6)))
    assert (verdict.width, verdict.height) == (1754, 1240)
    preview = Image.open(io.BytesIO(thumbnail))
    assert preview.width > preview.height
    assert not preview.getexif()


def test_accepts_a_pdf_of_scans_and_one_of_text(page, good_pdf):
    verdict, thumbnail = inspect(good_pdf)
    assert (verdict.code, verdict.media_type, verdict.pages) == ("accepted", "application/pdf", 1)
    assert thumbnail.startswith(b"\xff\xd8")
    text = fpdf.FPDF()
    text.add_page()
    text.set_font("helvetica", size=14)
    for _ in range(20):
        text.cell(
            0,
            10,
            "Statement of account, issued on request",
            new_x="LMARGIN",
            new_y="NEXT",
            link="https://example.org",
        )
    assert code_of(bytes(text.output())) == "accepted"


def test_accepts_twenty_pages_with_blank_reverses_and_refuses_twenty_one(page):
    blank = Image.new("L", page.size, 255)
    sheets = [page, blank] * 11

    def pdf(count):
        out = io.BytesIO()
        sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:count])
        return out.getvalue()

    verdict, _ = inspect(pdf(20))
    assert (verdict.code, verdict.pages) == ("accepted", 20)
    assert code_of(pdf(21)) == "too_many_pages"


def test_names_the_page_with_the_defect(page):
    out = io.BytesIO()
    page.save(out, "PDF", save_all=True, append_images=[page.filter(ImageFilter.GaussianBlur(8))])
    verdict, _ = inspect(out.getvalue())
    assert verdict.code == "blurred"
    assert verdict.message.startswith("Страница 2: изображение размыто")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff" + bytes(6 * 1024 * 1024), "too_large"),
        (b"This is a text renamed to scan.jpg", "unsupported_format"),
        (b"\xff\xd8\xff\xe0", "corrupted"),
        (b"%PDF-1.7\n%%EOF\n", "corrupted"),
        (make.PNG_HEAD, "corrupted"),
    ],
    ids=["zero bytes", "6 MB", "text", "jpeg head", "pdf head", "png head"],
)
def test_refuses_what_is_no_document(data, code):
    assert code_of(data) == code


@pytest.mark.parametrize(
    ("kind", "name"), [("GIF", "GIF"), ("TIFF", "TIFF"), ("WEBP", "WebP"), ("BMP", "BMP"), ("AVIF", "AVIF")]
)
def test_refuses_other_formats_by_name(page, kind, name):
    verdict, _ = inspect(make.saved(page.reduce(4), kind))
    assert verdict.code == "unsupported_format"
    assert verdict.message.startswith(f"Недопустимый формат {name}")


@pytest.mark.parametrize("share", [0.02, 0.6, 0.999])
def test_refuses_files_cut_short(page, good_jpeg, good_pdf, share):
    for whole in (good_jpeg, make.png(page), make.jpeg(page, progressive=True), good_pdf):
        assert code_of(whole[: int(len(whole) * share)]) == "corrupted"


@pytest.mark.parametrize("grain", [0, 20])
@pytest.mark.parametrize("paper", [255, 190])
def test_refuses_a_blank_scan_with_and_without_noise(paper, grain):
    blank = make.grainy(Image.new("L", (1240, 1754), paper), grain)
    assert code_of(make.jpeg(blank)) == "blank"
    assert code_of(make.saved(blank, "PDF")) == "blank"


def test_refuses_a_tiny_picture_alone_and_as_a_page(page):
    tiny = page.resize((420, 594), Image.Resampling.LANCZOS)
    assert code_of(make.jpeg(tiny)) == "too_small"
    assert code_of(make.saved(tiny, "PDF")) in {"too_small", "blurred"}


def test_refuses_a_password_with_and_without_a_need_to_enter_it(good_pdf):
    assert code_of(edited(good_pdf, lambda writer: writer.encrypt("secret"))) == "encrypted"
    assert code_of(edited(good_pdf, lambda writer: writer.encrypt("", "owner"))) == "encrypted"


def action(kind, **more):
    return DictionaryObject({NameObject("/S"): NameObject(kind), **{NameObject(f"/{k}"): v for k, v in more.items()}})


def opening(value):
    return lambda writer: writer.root_object.__setitem__(NameObject("/OpenAction"), value)


@pytest.mark.parametrize(
    "edit",
    [
        opening(action("/JavaScript", JS=TextStringObject("app.alert(1)"))),
        opening(action("/URI", URI=TextStringObject("https://example.org"))),
        opening(action("/Launch", F=TextStringObject("cmd.exe"))),
        opening(action("/SubmitForm", F=TextStringObject("https://example.org"))),
        opening(action("/Named", N=NameObject("/Print"))),
        lambda writer: writer.pages[0].__setitem__(
            NameObject("/AA"), DictionaryObject({NameObject("/O"): action("/GoTo")})
        ),
        lambda writer: writer.root_object.__setitem__(
            NameObject("/AcroForm"), DictionaryObject({NameObject("/XFA"): ArrayObject()})
        ),
        lambda writer: writer.pages[0].__setitem__(
            NameObject("/Annots"),
            ArrayObject([DictionaryObject({NameObject("/Subtype"): NameObject("/RichMedia")})]),
        ),
    ],
    ids=["script", "opens a page", "launches", "submits", "prints", "acts on view", "xfa", "media"],
)
def test_refuses_a_pdf_that_acts(good_pdf, edit):
    assert code_of(edited(good_pdf, edit)) == "active_content"


def spent():
    """Seconds of a processor that inspections took so far; how long they took is a matter of how busy it is."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_reads_a_file_of_endless_stream_words_in_time():
    before = spent()
    assert code_of(b"%PDF-1.7\n" + b">>stream\n" * 500_000 + b"\n%%EOF") == "corrupted"
    assert spent() - before < ScanLimits().cpu_seconds


def test_accepts_a_pdf_that_opens_at_a_place(good_pdf):
    def edit(writer):
        writer.root_object[NameObject("/OpenAction")] = ArrayObject(
            [writer.pages[0].indirect_reference, NameObject("/Fit")]
        )

    assert code_of(edited(good_pdf, edit)) == "accepted"


def test_finds_a_script_in_an_object_stream_that_no_table_names(good_pdf):
    body = zlib.compress(b"9 0 << /S /Java#53cript /JS (app.alert(1)) >>")
    hidden = (
        b"90 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\n"
        b"stream\n%s\nendstream\nendobj\n" % (len(body), body)
    )
    head, tail = good_pdf[:9], good_pdf[9:]
    assert code_of(head + tail.replace(b"%%EOF", hidden + b"%%EOF")) == "active_content"


def test_finds_an_escaped_name(good_pdf):
    assert code_of(good_pdf.replace(b"%%EOF", b"7 0 obj << /#4a#53 (x) >> endobj\n%%EOF")) == "active_content"


def test_refuses_a_pdf_with_a_file_inside(good_pdf):
    assert code_of(edited(good_pdf, lambda writer: writer.add_attachment("a.txt", b"text"))) == "embedded_files"


def test_refuses_a_png_that_declares_a_huge_size_without_decoding_it():
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0))
    bomb = make.PNG_HEAD + head + chunk(b"IDAT", zlib.compress(bytes(5_000_000))) + chunk(b"IEND", b"")
    assert code_of(bomb) == "too_complex"


def bomb_pdf(page_pdf, layers):
    def edit(writer):
        body = b"0 0 m 1 1 l S\n" * 3_000_000
        for _ in range(layers):
            body = zlib.compress(body, 9)
        stream = StreamObject()
        stream._data = body
        stream[NameObject("/Filter")] = ArrayObject([NameObject("/FlateDecode")] * layers)
        writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)

    return edited(page_pdf, edit)


@pytest.mark.parametrize("layers", [1, 2])
def test_ends_the_inspection_of_a_pdf_bomb_in_time(good_pdf, layers):
    bomb = bomb_pdf(good_pdf, layers)
    before = spent()
    assert code_of(bomb) == "too_complex"
    assert spent() - before < ScanLimits().cpu_seconds + 1


def test_refuses_a_page_tree_that_loops(good_pdf):
    def edit(writer):
        pages = writer.root_object["/Pages"]
        pages[NameObject("/Kids")] = ArrayObject([pages.indirect_reference] * 2)

    verdict, _ = inspect(edited(good_pdf, edit))
    assert not verdict.accepted


def test_refuses_a_progressive_jpeg_with_endless_scans():
    data = make.jpeg(make.page(width=620, height=877, lines=3), progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    assert code_of(data[:-2] + scan * 70 + b"\xff\xd9") == "too_complex"


def test_refuses_an_animated_png(page):
    data = make.png(page, save_all=True, append_images=[page.rotate(3)])
    assert code_of(data) == "animated"


@pytest.mark.parametrize(
    "payload",
    [make.zip_file(), b"<script>alert(1)</script>", bytes(70_000), b"%PDF-1.4 second"],
    ids=["zip", "script", "padding", "pdf"],
)
def test_refuses_foreign_data_behind_the_document(page, good_jpeg, good_pdf, payload):
    for whole in (good_jpeg, make.png(page), good_pdf):
        assert code_of(whole + payload) == "foreign_data"


def test_refuses_foreign_data_before_the_document(good_pdf, good_jpeg):
    assert code_of(b"garbage\n" + good_pdf) == "foreign_data"
    assert code_of(b"<html>\n" + good_jpeg) == "foreign_data"


def test_accepts_the_second_picture_that_phones_append(good_jpeg):
    assert code_of(good_jpeg + good_jpeg + bytes(200)) == "accepted"


def test_refuses_the_test_file_of_antivirus_makers(page):
    text = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
    assert code_of(make.jpeg(page, comment=text)) == "infected"


def test_keeps_to_its_bounds_on_the_largest_pictures_allowed():
    side = 6300
    wide = make.page(width=side, height=side, font_size=120)
    for data in (make.png(wide.convert("P")), make.jpeg(wide, quality=60)):
        assert len(data) < 5 * 1024 * 1024
        assert code_of(data) == "accepted"


def test_a_process_that_inspects_keeps_its_environment_from_others_of_the_same_user():
    # A worker that a hostile file has taken over looks for credentials here. Root is kept from nothing.
    program = (
        "import ctypes, os\n"
        "from chalicelib.adapters.scans.inspector import SandboxedScanInspector\n"
        "def child_reads():\n"
        "    if os.fork():\n"
        "        return os.waitstatus_to_exitcode(os.wait()[1]) == 0\n"
        "    try:\n"
        "        found = open(f'/proc/{os.getppid()}/environ', 'rb').read()\n"
        "    except PermissionError:\n"
        "        os._exit(1)\n"
        "    os._exit(0 if b'CREDENTIAL' in found else 2)\n"
        "if os.getuid() == 0:\n"
        "    os.setgroups([]), os.setgid(65534), os.setuid(65534)\n"
        "    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)\n"
        "before = child_reads()\n"
        "SandboxedScanInspector()\n"
        "print(before, child_reads())\n"
    )
    environment = {**os.environ, "CREDENTIAL": "secret"}
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment, check=True)
    assert done.stdout == b"True False\n"


def test_does_not_blame_the_file_when_the_inspection_has_no_time(good_jpeg):
    inspector = SandboxedScanInspector(limits=ScanLimits(wall_seconds=0.001))
    with pytest.raises(Unavailable):
        inspector.inspect(data=good_jpeg, declared_media_type="image/jpeg", max_pages=20)


def test_every_refusal_tells_how_to_mend_it():
    for code, message in MESSAGES.items():
        assert message.strip()
        if code != "accepted":
            assert len(message.split(".")) >= 2 or ":" in message
            assert not refused(code=code).accepted
