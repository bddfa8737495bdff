import datetime

import pytest

from consent.domain.engine.answering import Answer, ask, ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import Question, UnknownCodeError, put_question
from consent.domain.rulebook.codes import Code
from consent.models import Act, Channel, NoticeVersion, Purpose
from customers.models import ContactPoint, LegalEntity
from tests import make

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def entity() -> LegalEntity:
    return make.legal_entity(organisation=make.organisation())


@pytest.fixture
def offers(entity: LegalEntity) -> Purpose:
    return make.purpose(organisation=entity.organisation, legal_entities=[entity], channels=[Channel.EMAIL])


@pytest.fixture
def notice(entity: LegalEntity, offers: Purpose) -> NoticeVersion:
    return make.notice_version(legal_entity=entity, purpose=offers)


@pytest.fixture
def alice(entity: LegalEntity) -> ContactPoint:
    return make.email_point(contact=make.contact(organisation=entity.organisation))


def asked_about(entity: LegalEntity, purpose: Purpose, *, at: datetime.datetime | None = None) -> Question:
    return put_question(
        legal_entity=entity.code, purpose=purpose.code, channel="EMAIL", at=at, now=make.NOW + 10 * DAY
    )


def answer(question: Question, text: str = "alice@example.org") -> Answer:
    return ask_one(question=question, asked=Asked(text=text))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ALICE@example.org", Code.A_CONSENT),
        ("nobody@example.org", Code.D_NO_BASIS),
        ("020 000 01 01", Code.D_ADDRESS_INVALID),
        ("alice@", Code.D_ADDRESS_INVALID),
        ("", Code.D_ADDRESS_INVALID),
        ("=cmd|' /C calc'!A0", Code.D_ADDRESS_INVALID),
    ],
)
def test_any_text_gets_an_answer(
    entity: LegalEntity, offers: Purpose, alice: ContactPoint, notice: NoticeVersion, text: str, code: Code
) -> None:
    make.permission_event(contact_point=alice, notice_version=notice, occurred_at=make.NOW)

    assert answer(asked_about(entity, offers), text).decision.code == code


def test_list_is_answered_in_its_order(
    entity: LegalEntity, offers: Purpose, alice: ContactPoint, notice: NoticeVersion
) -> None:
    make.permission_event(contact_point=alice, notice_version=notice, occurred_at=make.NOW)
    texts = ["b@example.org", "alice@example.org", "?", "alice@example.org"]

    answers = ask(question=asked_about(entity, offers), asked=[Asked(text=text) for text in texts])

    assert [(one.asked.text, one.decision.code) for one in answers] == [
        ("b@example.org", Code.D_NO_BASIS),
        ("alice@example.org", Code.A_CONSENT),
        ("?", Code.D_ADDRESS_INVALID),
        ("alice@example.org", Code.A_CONSENT),
    ]


def test_past_is_answered_by_what_had_happened_and_was_known_then(
    entity: LegalEntity, offers: Purpose, alice: ContactPoint, notice: NoticeVersion
) -> None:
    make.permission_event(contact_point=alice, notice_version=notice, occurred_at=make.NOW)
    make.permission_event(
        contact_point=alice, notice_version=notice, act=Act.WITHDRAWN, occurred_at=make.NOW + DAY
    )

    codes = [
        answer(asked_about(entity, offers, at=make.NOW + days * DAY)).decision.code for days in (-1, 0, 1, 2)
    ]

    assert codes == [Code.D_NO_BASIS, Code.A_CONSENT, Code.D_WITHDRAWN, Code.D_WITHDRAWN]


def test_of_several_who_hold_an_address_the_most_restrictive_answer_counts(
    entity: LegalEntity, offers: Purpose, alice: ContactPoint, notice: NoticeVersion
) -> None:
    make.permission_event(contact_point=alice, notice_version=notice, occurred_at=make.NOW)
    make.email_point(contact=make.contact(organisation=entity.organisation, given_name="Bob"))
    question = asked_about(entity, offers)

    named = ask_one(question=question, asked=Asked(text="alice@example.org", contact_id=alice.contact_id))

    assert answer(question).decision.code == Code.D_NO_BASIS
    assert named.decision.code == Code.A_CONSENT


@pytest.mark.parametrize(
    ("codes", "option"),
    [
        ({"legal_entity": "nobody"}, "legal entity"),
        ({"purpose": "nothing"}, "purpose"),
        ({"channel": "FAX"}, "channel"),
        ({"product_group": "nothing"}, "product group"),
    ],
)
def test_unknown_code_is_named(
    entity: LegalEntity, offers: Purpose, codes: dict[str, str], option: str
) -> None:
    known = {"legal_entity": entity.code, "purpose": offers.code, "channel": "EMAIL", "product_group": ""}
    asked = known | codes

    with pytest.raises(UnknownCodeError) as caught:
        put_question(
            legal_entity=asked["legal_entity"],
            purpose=asked["purpose"],
            channel=asked["channel"],
            product_group=asked["product_group"],
            now=make.NOW,
        )

    assert caught.value.option == option
