"""What clients send about applications, as JSON."""

from __future__ import annotations

from pydantic import Field

from chalicelib.domain.application import ApplicantCategory, ApplicationKind
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.representation import Relation
from chalicelib.http.models import In, PageQuery
from chalicelib.http.schemas.forms import FormIn

ID_PATTERN = r"^[0-9A-HJKMNP-TV-Z]{26}$"


class CreateApplicationIn(In):
    """What is applied for."""

    kind: ApplicationKind = Field(strict=False, description="Вид заявления", examples=["first_policy"])
    category: ApplicantCategory = Field(
        default=ApplicantCategory.CITIZEN_14_PLUS,
        strict=False,
        description="О ком заявление; по умолчанию гражданин РФ старше 14 лет",
    )
    person_id: str | None = Field(
        default=None, pattern=ID_PATTERN, description="Кого вы представляете; без поля — вы сами"
    )


class CheckFormIn(In):
    """A form to check without saving it."""

    kind: ApplicationKind = Field(strict=False, description="Вид заявления")
    category: ApplicantCategory = Field(
        default=ApplicantCategory.CITIZEN_14_PLUS, strict=False, description="О ком заявление"
    )
    relation: Relation | None = Field(
        default=None, strict=False, description="На каком основании действует представитель, если он есть"
    )
    form: FormIn
    complete: bool = Field(default=False, description="Сообщать и о незаполненных полях")


class SubmissionIn(In):
    """The code from the SMS, or a detached CMS signature over what ``signing-content`` gives."""

    code: str | None = Field(default=None, pattern=r"^[0-9]{6}$", description="Код из СМС", examples=["123456"])
    cms: str | None = Field(
        default=None, min_length=1, max_length=32_768, description="Отсоединённая подпись CMS: DER в Base64"
    )


class ApplicationsQuery(PageQuery):
    """Which applications to list."""

    state: ApplicationState | None = Field(default=None, description="Только в этом состоянии")
    kind: ApplicationKind | None = Field(default=None, description="Только этого вида")
    number: str | None = Field(default=None, max_length=20, description="Только с этим номером")
