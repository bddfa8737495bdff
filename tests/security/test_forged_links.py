import base64
import datetime
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from http import HTTPStatus
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from consent.domain.links import LinkKind, Withdrawable, message_token, withdrawal_token
from consent.models import ConsentEvent, ConsentRecord, OutboxMessage
from customers.domain.key_rings import KeyRing, link_keys
from tests.browser.fixtures import PostOffice
from tests.figures import Note
from tests.security.timing import CHANCE, likeness, seconds_of
from tests.security.visits import Correspondence, correspond, path_of, without_secrets

pytestmark = pytest.mark.django_db
KINDS = ("confirm", "unsubscribe", "preferences")
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """The genuine tokens of one person's mails."""

    confirm: str
    unsubscribe: str
    preferences: str

    def of(self, kind: str) -> str:
        return str(getattr(self, kind))


@pytest.fixture
def tokens(client: Client, clock: time_machine.Traveller, post_office: PostOffice) -> Tokens:
    mails = correspond(client, clock, post_office)
    return Tokens(**{kind: path_of(sent_with(mails, kind), kind).split("/")[2] for kind in KINDS})


def sent_with(mails: Correspondence, kind: str) -> EmailMessage:
    return {"confirm": mails.to_confirm, "unsubscribe": mails.agreed, "preferences": mails.link}[kind]


def raw(token: str) -> bytes:
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


def spelled(parts: bytes) -> str:
    return base64.urlsafe_b64encode(parts).rstrip(b"=").decode()


@st.composite
def forgeries(draw: st.DrawFn, tokens: Tokens, kind: str) -> str:
    genuine = tokens.of(kind)
    other_kind = st.sampled_from([tokens.of(other) for other in KINDS if other != kind])
    forged: str = draw(
        st.one_of(
            st.integers(0, len(raw(genuine)) * 8 - 1).map(lambda bit: flip(genuine, bit)),
            st.integers(1, len(genuine) - 1).map(lambda length: genuine[:length]),
            st.binary(min_size=1, max_size=200).map(lambda tail: spelled(raw(genuine) + tail)),
            st.binary(min_size=20, max_size=200).map(spelled),
            st.integers(0, 65535).map(lambda version: spelled(version.to_bytes(2) + raw(genuine)[2:])),
            st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=13),
            st.sampled_from([f"{genuine}=", f"{genuine}\n", f" {genuine}", genuine.swapcase()]),
            other_kind,
        )
    )
    return forged


def flip(token: str, bit: int) -> str:
    parts = bytearray(raw(token))
    parts[bit // 8] ^= 1 << bit % 8
    return spelled(bytes(parts))


def answer_to(kind: str, token: str) -> tuple[int, str]:
    answer = Client().get(f"/{kind}/{quote(token, safe='')}/", follow=True)
    return answer.status_code, without_secrets(answer.content)


@pytest.mark.parametrize("kind", KINDS)
def test_forged_links_all_get_one_calm_answer(tokens: Tokens, kind: str) -> None:
    expected = answer_to(kind, "A" * 40)
    rows = [model.objects.count() for model in (ConsentEvent, OutboxMessage, ConsentRecord)]

    @examples(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(forged=forgeries(tokens, kind))
    def try_one(forged: str) -> None:
        assume(forged != tokens.of(kind))
        assert answer_to(kind, forged) == expected

    try_one()
    assert expected[0] == (HTTPStatus.GONE if kind == "preferences" else HTTPStatus.NOT_FOUND)
    assert [model.objects.count() for model in (ConsentEvent, OutboxMessage, ConsentRecord)] == rows


@pytest.mark.parametrize("kind", KINDS)
def test_link_of_a_megabyte_gets_the_same_answer(kind: str) -> None:
    assert answer_to(kind, "A" * MEGABYTE) == answer_to(kind, "A" * 40)


def signed_with(keys: KeyRing, kind: str) -> str:
    nobody = uuid.UUID(int=7)
    if kind == "unsubscribe":
        permission = Withdrawable(
            contact_point_id=nobody, legal_entity_id=nobody, purpose_id=None, channel="EMAIL"
        )
        return withdrawal_token(permission=permission, keys=keys)
    return message_token(kind=LinkKind(kind), message_id=nobody, keys=keys)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", [1, 999])
def test_link_signed_with_another_key_gets_the_same_answer(kind: str, version: int) -> None:
    foreign = KeyRing(keys={version: b"?" * 32})

    assert answer_to(kind, signed_with(foreign, kind)) == answer_to(kind, "A" * 40)


@pytest.mark.parametrize("kind", ["confirm", "unsubscribe"])
def test_link_of_nobody_gets_the_same_answer(kind: str) -> None:
    assert answer_to(kind, signed_with(link_keys(), kind)) == answer_to(kind, "A" * 40)


def test_preference_link_that_is_too_old_reads_like_a_forged_one(
    tokens: Tokens, clock: time_machine.Traveller
) -> None:
    clock.shift(datetime.timedelta(minutes=31))

    expired, forged = answer_to("preferences", tokens.preferences), answer_to("preferences", "A" * 40)

    assert expired == forged


def test_forged_one_click_stops_nothing(tokens: Tokens) -> None:
    robot = Client(enforce_csrf_checks=True)
    forged = [tokens.confirm, tokens.unsubscribe[:-1], flip(tokens.unsubscribe, 30), "A" * MEGABYTE]

    answers = [robot.post(f"/unsubscribe/{token}/", {"List-Unsubscribe": "One-Click"}) for token in forged]

    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert len(answers[0].content) < 200


def test_cookie_that_was_tampered_with_opens_nothing(tokens: Tokens, client: Client) -> None:
    client.get(f"/preferences/{tokens.preferences}/")
    opened = client.get("/preferences/choices/").status_code
    value = client.cookies["preferences"].value
    client.cookies["preferences"] = re.sub(r"^.", "A" if value[0] != "A" else "B", value)

    assert opened == 200
    assert client.get("/preferences/choices/").status_code == 410


@pytest.mark.drill
@pytest.mark.parametrize("kind", KINDS)
def test_forged_links_take_the_same_time(tokens: Tokens, kind: str, note: Note) -> None:
    genuine = tokens.of(kind)
    last_bit = len(raw(genuine)) * 8 - 1

    def visit(token: str) -> Callable[[], float]:
        return lambda: seconds_of(lambda: Client().get(f"/{kind}/{token}/", follow=True))

    for name, bit in (("end", last_bit - 127), ("beginning", 3)):
        alike = likeness(visit(flip(genuine, last_bit)), visit(flip(genuine, bit)))
        note(**{f"chance_that_alike_at_the_{name}": alike})
        assert alike > CHANCE
