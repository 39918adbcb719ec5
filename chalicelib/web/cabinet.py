"""The citizen's first page: the policy as a card, what needs an action, and the applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.regions import DEFAULT_REGION, local_date
from chalicelib.ports.errors import NotFound
from chalicelib.ports.queries import ApplicationFilter
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.list_applications import list_applications
from chalicelib.use_cases.merged_records import main_file
from chalicelib.use_cases.ordered_documents import document_link
from chalicelib.use_cases.people import own_file
from chalicelib.use_cases.representations import holder_file
from chalicelib.use_cases.share_policy import order_extract
from chalicelib.web.answers import Answer, Page, Redirect
from chalicelib.web.application_presenters import in_list, waits_for_person
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.insurance import card_of, documents_of

if TYPE_CHECKING:
    from chalicelib.ports.folders import PersonFile
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

RECENT = 5


@blueprint.page("GET", "/")
def first(visit: Visit) -> Answer:
    """What the service is, for whoever has not signed in."""
    return Page(template="pages/first.html")


@blueprint.page("GET", "/cabinet")
def home(visit: Visit) -> Answer:
    """My policy, what waits for me, and my latest applications."""
    file = _file(visit)
    found = list_applications(
        tools=container(), principal=visit.principal, wanted=ApplicationFilter(), limit=RECENT, after=None
    )
    context = {
        "section": "home",
        "person": file.person,
        "card": card_of(file, on=local_date(at=visit.at, region=DEFAULT_REGION)),
        "policy": file.standing_policy,
        "waiting": [in_list(a) for a in found.items if waits_for_person(a)],
        "others": [in_list(a) for a in found.items if not waits_for_person(a)],
        "has_consent": file.person is not None and file.person.consent is not None,
    }
    return Page(template="pages/home.html", context=context)


@blueprint.page("GET", "/cabinet/card")
def card(visit: Visit) -> Answer:
    """The QR code as large as the screen, for the front desk."""
    found = card_of(_file(visit), on=local_date(at=visit.at, region=DEFAULT_REGION))
    if found is None:
        raise NotFound("Полиса пока нет: подайте заявление о его оформлении")
    return Page(template="pages/card.html", context={"section": "home", "card": found})


@blueprint.page("GET", "/cabinet/documents")
def documents(visit: Visit) -> Answer:
    """Everything to download, and an extract to order."""
    file = _file(visit)
    context = {
        "section": "documents",
        "documents": documents_of(file),
        "has_policy": file.active_policy is not None,
        "key": container().ids.new_id(at=visit.at),
    }
    return Page(template="pages/documents.html", context=context)


@blueprint.page("GET", "/cabinet/documents/{document_id}")
def document(visit: Visit, document_id: str) -> Answer:
    """One's own document, by a link that works for five minutes."""
    tools = container()
    file = holder_file(tools=tools, principal=visit.principal, person_id=None, at=visit.at)
    return Redirect(to=document_link(tools=tools, file=file, document_id=document_id))


@blueprint.page("POST", "/cabinet/extracts")
def extract(visit: Visit) -> Answer:
    """Order an extract; it is made within seconds."""
    bilingual = visit.form.get("bilingual") == "yes"
    order_extract(
        tools=container(),
        principal=visit.principal,
        bilingual=bilingual,
        at=visit.at,
        request=request_key(visit.key, "extract", str(bilingual)),
    )
    return Redirect(to="/cabinet/documents?done=ordered")


def _file(visit: Visit) -> PersonFile:
    tools = container()
    return main_file(tools=tools, file=own_file(tools=tools, principal=visit.principal, at=visit.at))
