"""May we? One question about one address, or about many."""

from datetime import datetime
from typing import Annotated, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from consent.api.answers import as_json, tell_many, tell_one
from consent.api.bodies import JsonBody
from consent.api.keys import MAY_ASK, MAY_ASK_MANY, caller_of
from consent.api.moments import read_field
from consent.api.problems import Problem, WrongFieldError
from consent.api.schemas import ManyAnswers, ManyQuestions, OneAnswer, OneQuestion, SharedQuestion
from consent.domain.disclosures import given_out_about, pack_keys, record_disclosure
from consent.domain.engine.alone import ask_again
from consent.domain.engine.answering import ask
from consent.domain.engine.asking import Asked
from consent.domain.engine.kept_questions import put_question_again
from consent.domain.engine.question import Question, UnknownCodeError, Wanted
from consent.models import ApiKey, Disclosure

PROBLEMS: Final = dict.fromkeys((400, 401, 403, 413, 415, 422, 429, 500, 503), Problem)
router = Router(tags=["May we?"])


@router.post(
    "/may-contact",
    response={200: OneAnswer, **PROBLEMS},
    auth=MAY_ASK,
    operation_id="may_contact",
    summary="May we contact this address?",
)
def may_contact(request: HttpRequest, asked: Annotated[OneQuestion, JsonBody(...)]) -> HttpResponse:
    """One decision, with its reasons, its duties and what it rests on.

    Any address gets an answer; what is no address gets `D_ADDRESS_INVALID`.
    """
    question = question_of(asked, key=caller_of(request).key, now=timezone.now())
    answer = ask_again(question=question, asked=Asked(text=asked.address, contact_id=asked.contact))
    return as_json(tell_one(question=question, answer=answer))


@router.post(
    "/may-contact/batch",
    response={200: ManyAnswers, **PROBLEMS},
    auth=MAY_ASK_MANY,
    operation_id="may_contact_batch",
    summary="May we contact these addresses?",
)
def may_contact_batch(request: HttpRequest, asked: Annotated[ManyQuestions, JsonBody(...)]) -> HttpResponse:
    """Up to 10,000 addresses for the same purpose and channel; the answers stand in the same order.

    Which people they belong to is written down, by key, so that it is known when answers get lost.
    """
    key, now = caller_of(request).key, timezone.now()
    question = question_of(asked, key=key, now=now)
    contacts = asked.contacts or [None] * len(asked.addresses)
    pairs = zip(asked.addresses, contacts, strict=True)
    answers = ask(question=question, asked=[Asked(text=text, contact_id=contact) for text, contact in pairs])
    given = given_out_about(question=question, source=Disclosure.Source.API_BATCH, api_key_id=key.pk)
    keys = pack_keys(contact_ids=(answer.contact_id for answer in answers))
    record_disclosure(given=given, keys=keys, disclosed_at=now)
    return as_json(tell_many(question=question, answers=answers))


def question_of(asked: SharedQuestion, *, key: ApiKey, now: datetime) -> Question:
    """The question, for the legal entity of the key: no program asks for another one."""
    entity = key.legal_entity
    wanted = Wanted(
        legal_entity=entity.code,
        purpose=asked.purpose,
        channel=asked.channel,
        product_group=asked.product_group or "",
        at=read_field(asked, "at", zone=entity.time_zone),
        known_at=read_field(asked, "known_at", zone=entity.time_zone),
    )
    try:
        if wanted.at or wanted.known_at:
            return wanted.put(now=now)
        return put_question_again(wanted=wanted, revision=key.settings_revision, now=now)
    except UnknownCodeError as unknown:
        field = unknown.option.replace(" ", "_")
        raise WrongFieldError(
            field=field, detail=f"This legal entity has no such {unknown.option}."
        ) from None
