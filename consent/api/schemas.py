"""What a program asks and gets; the fields of an answer are filled in by `answers.py`."""

from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field, WithJsonSchema, model_validator

from consent.api.bodies import KILOBYTE, Body

MOST_ADDRESSES: Final = 10_000
ChannelCode = Literal["EMAIL", "SMS", "MESSAGING", "CALL", "AUTOMATED_CALL", "POST", "NONE"]
Slug = Annotated[str, Field(pattern=r"^[-a-zA-Z0-9_]+$", max_length=50)]
Moment = Annotated[
    str,
    Field(max_length=40),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": 40,
            "examples": ["2026-07-01T09:30:00+02:00", "2026-07-01T09:30", "2026-07-01"],
        }
    ),
]


class SharedQuestion(Body):
    """What is asked, whoever it is about. The legal entity that asks is the one of the key."""

    purpose: Slug = Field(description="Code of a purpose of the legal entity.", examples=["newsletter"])
    channel: ChannelCode
    product_group: Slug | None = Field(default=None, description="Code of what the contact is about.")
    at: Moment | None = Field(
        default=None,
        description=(
            "The moment of contact; now, unless given. Without offset it is in the legal entity's time zone; "
            "a date alone means 12:00 there."
        ),
    )
    known_at: Moment | None = Field(
        default=None, description="Leave out what was recorded later; now, unless given."
    )


class OneQuestion(SharedQuestion):
    """May this legal entity contact this address?"""

    address: str = Field(
        description="An e-mail address or phone number in any usual notation.",
        examples=["alice@example.org"],
    )
    contact: UUID | None = Field(
        default=None, description="Whose address it is; needed for POST and where several people hold it."
    )


class ManyQuestions(SharedQuestion):
    """May this legal entity contact these addresses?"""

    longest: ClassVar[int] = 4096 * KILOBYTE

    addresses: list[str] = Field(max_length=MOST_ADDRESSES, examples=[["alice@example.org", "020 000 01 01"]])
    contacts: list[UUID | None] | None = Field(
        default=None,
        max_length=MOST_ADDRESSES,
        description="Whose each address is: as many as there are addresses.",
    )

    @model_validator(mode="after")
    def names_one_contact_for_each_address(self) -> "ManyQuestions":
        if self.contacts is not None and len(self.contacts) != len(self.addresses):
            raise ValueError("name as many contacts as addresses")
        return self


class EvidenceItem(BaseModel):
    """One thing the answer relies on."""

    kind: str
    id: str


class Explanation(BaseModel):
    """A code in words, in the language of the request."""

    language: str
    label: str
    sentence: str
    article: str


class Decision(BaseModel):
    """What may be done with one address, and why."""

    allowed: bool
    code: str = Field(description="Why: `A_…` is yes, `D_…` is no.")
    reasons: list[str] = Field(description="The code, and every other that holds.")
    obligations: list[str] = Field(description="What whoever makes contact must do.")
    ground: str | None
    rule_pack: str | None
    evidence: list[EvidenceItem]
    valid_until: datetime | None = Field(description="When the answer could change by time alone.")
    within_hours: bool | None = Field(
        description="Whether the hour permits it; null where hours do not count."
    )
    next_allowed_at: datetime | None
    caller_number: str | None = Field(description="The number to show when calling.")


class OneAnswer(Decision):
    """The answer to one question."""

    at: datetime
    known_at: datetime
    explanation: Explanation


class ManyAnswers(BaseModel):
    """The answers, in the order of the addresses; each code is explained once."""

    at: datetime
    known_at: datetime
    answers: list[Decision]
    explanations: dict[str, Explanation]
