"""What a department is asked to talk about, each month another subject.

First comes what falls short for the department itself: the most urgent, and of equally urgent ones the one
with the most behind it; a change of law ahead and a month with more stopping than starting stand among them.
Where nothing falls short, the subjects of good practice take turns, one a month. The subject of last month
is passed over while there is another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain.shortcomings import BY_CODE
from consent.domain.shortcomings.shortcoming import Shortcoming, Urgency


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One thing to talk about: a heading, two or three sentences, and the article it comes from."""

    code: str
    title: StrPromise
    text: StrPromise
    article: StrPromise


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A subject that something of this month speaks for: how urgently, and how much of it there is."""

    subject: Subject
    urgency: Urgency
    number: int


LAW_AHEAD: Final = Subject(
    code="law_ahead",
    title=_("The law changes"),
    text=_(
        "From the day named above some people may not be contacted any more as we do now. Whom do we "
        "want to keep, and how do we ask them for permission while we still may? Begin with those we "
        "called or mailed last."
    ),
    article=_("art. 11.7 Telecommunications Act"),
)
MORE_STOP: Final = Subject(
    code="more_stop",
    title=_("More people stopped than began"),
    text=_(
        "Last month more people withdrew or objected than gave permission. Which message went before it, how "
        "often did we write or call, and was it what they had said yes to? Stopping is their right and never "
        "needs a reason: look for ours."
    ),
    article=_("art. 7(3) and 21(2) GDPR"),
)
GENERAL: Final = (
    Subject(
        code="only_what_is_needed",
        title=_("No more than we need"),
        text=_(
            "Ask only for what this one purpose needs: no more and no less. Take one of our forms and name "
            "for each field what would go wrong without it. What nobody can name, goes."
        ),
        article=_("art. 5(1)(c) GDPR"),
    ),
    Subject(
        code="easy_to_stop",
        title=_("As easy to stop as to begin"),
        text=_(
            "Withdrawing must be as easy as giving: no login, no letter, no phone call, no reason asked. Try "
            "it yourself with our last message, on a phone. How many steps did it take, and did it cost the "
            "person anything else?"
        ),
        article=_("art. 7(3) GDPR"),
    ),
    Subject(
        code="phone_is_optional",
        title=_("A phone number is never required"),
        text=_(
            "Who leaves a number must be able not to, and must read beside the field what it is for: never "
            "behind an “i”. Where do we ask for numbers, on paper and in calls too, and does everybody who "
            "asks say what it is for?"
        ),
        article=_("art. 4(11) and 7 GDPR; art. 11.7(1) Telecommunications Act"),
    ),
    Subject(
        code="own_similar_offers",
        title=_("What a customer may expect"),
        text=_(
            "A customer may hear of our own, similar products, from the same legal entity, when told so at "
            "the sale and free to say no there. Which offer of ours stretches that, and would the customer "
            "see the likeness too? A sister company is somebody else."
        ),
        article=_("art. 11.7(4) Telecommunications Act"),
    ),
    Subject(
        code="service_messages",
        title=_("Is it still a service message?"),
        text=_(
            "A service message only informs, about facts that matter for the service, only to whom it "
            "concerns, without anything that sells. Read the last three that went out. One sentence about an "
            "offer makes all of it marketing."
        ),
        article=_("art. 11.7 Telecommunications Act; Code Telemarketing 2024"),
    ),
    Subject(
        code="who_else_has_it",
        title=_("Who else holds our data?"),
        text=_(
            "Programs and agencies outside often hold copies of our lists. Name each one we used this year, "
            "also for a single mailing. Is there an agreement, do they hear of withdrawals, and when do they "
            "delete?"
        ),
        article=_("art. 28 GDPR"),
    ),
    Subject(
        code="what_people_read",
        title=_("What our privacy statement says"),
        text=_(
            "It must say which data we ask, why, how long we keep it, who gets it, and how to reach the data "
            "protection officer. Read it aloud in ten minutes. What did we begin to do since, that is not in "
            "it?"
        ),
        article=_("art. 13 and 14 GDPR"),
    ),
    Subject(
        code="asked_to_forget",
        title=_("Somebody asks to be forgotten"),
        text=_(
            "Such a request may come in any words and by any way: a reply to a mail, at the desk, in a call. "
            "Does everybody here recognise it, and know to whom it goes the same day? Act it out once, with "
            "somebody new."
        ),
        article=_("art. 12 and 17 GDPR"),
    ),
)


def candidate_of(*, shortcoming: Shortcoming, number: int) -> Candidate:
    """What falls short as a subject to discuss."""
    subject = Subject(
        code=shortcoming.code,
        title=shortcoming.title,
        text=shortcoming.discuss,
        article=shortcoming.article,
    )
    return Candidate(subject=subject, urgency=shortcoming.urgency, number=number)


def choose_subject(*, candidates: Sequence[Candidate], last: str, turn: int) -> Subject:
    """Choose what to talk about; `last` is the subject of last month, `turn` the number of this one."""
    pressing = sorted(candidates, key=lambda one: (-one.urgency, -one.number, one.subject.code))
    turned = turn % len(GENERAL)
    subjects = [*(one.subject for one in pressing), *GENERAL[turned:], *GENERAL[:turned]]
    return next(subject for subject in subjects if subject.code != last)


def title_of(*, code: str) -> StrPromise | str:
    """The heading of a subject that was brought up; its bare code when it is no longer known."""
    if code in BY_CODE:
        return BY_CODE[code].title
    known = {subject.code: subject.title for subject in (LAW_AHEAD, MORE_STOP, *GENERAL)}
    return known.get(code, code)
