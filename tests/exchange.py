"""Steps of the exchange with the fund, over HTTP, as an insurer's operator and the fund would take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.xml_tree import read_xml
from tests.cloud import cloud

if TYPE_CHECKING:
    from chalicelib.domain.xml_tree import Element
    from tests.world import World

FILES = "/v1/exchange-files"
RECORDS = "/v1/exchange-records"
ANSWERS = "/v1/fund-answers"
OPERATOR, FUND = "operator", "fund"


def made(world: World) -> dict[str, Any]:
    """Order a change file and let it be made."""
    ordered = world.ok("POST", FILES, person=OPERATOR, json={})
    world.settle()
    return dict(world.ok("GET", f"{FILES}/{ordered['name']}", person=OPERATOR))


def content(world: World, name: str, *, person: str = OPERATOR) -> bytes:
    """Download a change file by its link."""
    return stored(world.ok("GET", f"{FILES}/{name}/link", person=person)["url"])


def stored(url: str) -> bytes:
    """What a link to the storage of documents leads to."""
    key = url.partition("?")[0].split("/polis-documents/")[-1].split(".amazonaws.com/")[-1]
    return cloud("s3").get_object(Bucket="polis-documents", Key=key)["Body"].read()


def operations(data: bytes) -> list[Element]:
    """The records of a change file."""
    return read_xml(data=data).all("OP")


def head(kind: str, name: str, records: int, more: str = "") -> str:
    """The beginning of a file of the fund."""
    return (
        f"<{kind}><VERS>2.1</VERS><FILENAME>{name}</FILENAME><SMOCOD>{name[1:6]}</SMOCOD>"
        f"<NRECORDS>{records}</NRECORDS>{more}"
    )


def reply(op: Element, code: str = "0", comment: str = "", **changed: str) -> str:
    """A row of a protocol about a record of ours."""
    values = {"N_REC": op.value("N_REC"), "ID": op.value("ID"), "CODE_ERP": code, "COMMENT": comment, **changed}
    return "<REP>" + "".join(f"<{tag}>{text}</{tag}>" for tag, text in values.items() if text) + "</REP>"


def protocol(about: str, *rows: str, name: str = "") -> bytes:
    """REPLIST about a change file."""
    name = name or f"p{about[1:]}"
    refused = sum("<CODE_ERP>0<" not in row for row in rows)
    text = head("REPLIST", name, len(rows), f"<NERR>{refused}</NERR>") + "".join(rows) + "</REPLIST>"
    return f'<?xml version="1.0" encoding="windows-1251"?>\n{text}'.encode("cp1251")


def stop_list(name: str, *rows: str) -> bytes:
    """STOPLIST of a name."""
    text = head("STOPLIST", name, len(rows)) + "".join(rows) + "</STOPLIST>"
    return f'<?xml version="1.0" encoding="windows-1251"?>\n{text}'.encode("cp1251")


def stop(enp: str, reason: str, *, ident: str = "1", died: str = "", last_day: str = "") -> str:
    """A row of a stop list."""
    death = f"<DDEATH>{died}</DDEATH>" if died else ""
    policy = (
        f"<POLIS><VPOLIS>3</VPOLIS><NPOLIS>{enp}</NPOLIS><DBEG>2026-01-01</DBEG><DSTOP>{last_day}</DSTOP></POLIS>"
        if last_day
        else ""
    )
    return f"<STOP><ID>{ident}</ID><REASON>{reason}</REASON>{death}<ENP>{enp}</ENP>{policy}</STOP>"


def ordered(world: World, name: str, *, person: str = OPERATOR, media_type: str = "text/xml") -> dict[str, Any]:
    """Ask to upload a file of the fund."""
    body = {"name": f"{name}.xml", "media_type": media_type}
    return dict(world.ok("POST", ANSWERS, person=person, json=body))


def taken_in(world: World, name: str, data: bytes, *, person: str = OPERATOR) -> dict[str, Any]:
    """Upload a file of the fund and let it be taken in; returns what the job says then."""
    order = ordered(world, name, person=person)
    world.invoke("exchange", world.arrived(order["upload"]["fields"]["key"], data))
    world.settle()
    return dict(world.ok("GET", f"{ANSWERS}/{order['fund_answer']['id']}", person=person))


def report_of(world: World, job: dict[str, Any], *, person: str = OPERATOR) -> list[dict[str, Any]]:
    """The whole report, page by page."""
    rows: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        query = {"cursor": cursor} if cursor else {}
        page = world.ok("GET", f"{ANSWERS}/{job['id']}/report", person=person, params=query)
        rows.extend(page["items"])
        cursor = page["next_cursor"]
    return rows


def error_report(world: World, job: dict[str, Any], *, person: str = OPERATOR) -> Element:
    """The error report FLK_P on a file of the fund."""
    return read_xml(data=stored(world.ok("GET", f"{ANSWERS}/{job['id']}/protocol-link", person=person)["url"]))


def flk(about: str, *rows: tuple[str, str, str, str], name: str = "") -> bytes:
    """FLK_P about a file: each row is code, field, record and comment."""
    text = "".join(
        f"<PR><OSHIB>{code}</OSHIB><IM_POL>{field}</IM_POL>"
        + (f"<N_REC>{record}</N_REC>" if record else "")
        + f"<COMMENT>{comment}</COMMENT></PR>"
        for code, field, record, comment in rows
    )
    head_text = f"<VERS>2.1</VERS><FNAME>{name or f'f{about[1:]}'}</FNAME><FNAME_I>{about}</FNAME_I>"
    return f"<FLK_P>{head_text}{text}</FLK_P>".encode("cp1251")
