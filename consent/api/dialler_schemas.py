"""What a dialler sends and gets."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from consent.api.bodies import Body
from consent.api.schemas import Explanation, Moment

Name = Field(max_length=150, description="Name with which the agent logs in.")


class CallListNow(BaseModel):
    """A call list from which agents can take somebody."""

    id: UUID
    name: str
    purpose: str
    product_group: str | None
    opened_at: datetime
    expires_at: datetime | None


class CallLists(BaseModel):
    """The open call lists of the legal entity, the newest first."""

    call_lists: list[CallListNow]


class NextWanted(Body):
    """Which agent wants somebody to call."""

    agent: str = Name


class ToCall(BaseModel):
    """Somebody who may be called now by this agent, and by nobody else until `held_until`."""

    shown: UUID = Field(description="Name it when you report what came of the call.")
    contact: UUID
    name: str
    number: str
    language: str
    script: str
    calls_before: int
    asked_to_be_called: bool
    held_until: datetime
    ground: str
    obligations: list[str]
    explanation: Explanation
    caller_numbers: list[str] = Field(description="Show one of these.")


class WhyNobody(BaseModel):
    """Why nobody can be called now, and from when somebody can be."""

    reason: str
    until: datetime | None


class Next(BaseModel):
    """The next contact, or why there is none; at `MORE_TO_LOOK_AT` ask again."""

    contact: ToCall | None
    nobody: WhyNobody | None


class CallReport(Body):
    """What came of a call."""

    outcome: Literal["CONVERSATION", "NO_ANSWER", "WRONG_NUMBER", "VOICEMAIL", "CALL_BACK"]
    number_shown: str = Field(max_length=32, description="One of `caller_numbers`.")
    objection_offered: bool = Field(description="The agent offered the right to object (art. 11.7 Tw).")
    objected: Literal["NOT", "PURPOSE", "CHANNEL", "EVERYTHING"] = Field(
        default="NOT", description="How far “don't call me” reaches; it counts at once."
    )
    call_back_at: Moment | None = Field(default=None, description="With `CALL_BACK` only.")
    asked_by_person: bool = Field(default=False, description="The person asked to be called back then.")


class Reported(BaseModel):
    """The call is logged, with everything that follows from it."""

    attempt: UUID
    recorded_at: datetime


class PutBack(BaseModel):
    """Whether the contact waits for somebody else now."""

    waits: bool


class Incoming(Body):
    """Somebody who calls or mails, and who of us answers."""

    agent: str = Name
    address: str = Field(description="The number or e-mail address they give.")


class Holder(BaseModel):
    """Somebody who holds the address."""

    contact: UUID
    name: str
    language: str


class Holders(BaseModel):
    """Who holds the address; the look-up itself is logged."""

    holders: list[Holder]


class IncomingObjection(Incoming):
    """“Don't call me”, or “no contact at all”, for the legal entity of the key."""

    reach: Literal["CALLS", "EVERYTHING"] = Field(
        description="`CALLS` stops calls, or for an e-mail address mail; `EVERYTHING` every contact."
    )
    contact: UUID | None = Field(default=None, description="Who objects; unless given, all who hold it.")


class Objected(BaseModel):
    """What was recorded: an objection of so many contacts, or a block of an address nobody holds."""

    contacts: int
    blocked: bool
    recorded_at: datetime
