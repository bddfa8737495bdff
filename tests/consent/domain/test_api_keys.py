import hashlib
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from consent.domain import api_keys
from consent.domain.api_keys import KeyEndedError, KeyNotAcceptedError, KeyNotMakeableError, MadeKey
from consent.models import ApiKey, Scope
from customers.models import LegalEntity, StaffMember
from tests import make
from tests.make import NOW
from tests.statements import statements_sent

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def entity() -> LegalEntity:
    return make.legal_entity(organisation=make.organisation())


@pytest.fixture
def made(entity: LegalEntity) -> MadeKey:
    return make.api_key(legal_entity=entity)


@pytest.fixture
def administrator(entity: LegalEntity) -> StaffMember:
    return make.staff_member(organisation=entity.organisation, role=StaffMember.Role.ADMINISTRATOR)


def test_key_is_kept_as_a_hash_of_a_secret_of_256_bits(made: MadeKey) -> None:
    _sign, prefix, secret = made.token.split("_", 2)
    kept = ApiKey.objects.get()

    assert (kept.prefix, len(secret)) == (prefix, 43)
    assert bytes(kept.secret_hash) == hashlib.sha256(secret.encode()).digest()
    assert (kept.expires_at - kept.created_at, kept.scopes) == (30 * DAY, ["ASK"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT k::text FROM consent_apikey k")
        assert secret not in cursor.fetchone()[0]


def test_key_is_recognised_in_one_query_with_its_legal_entity(made: MadeKey, entity: LegalEntity) -> None:
    with CaptureQueriesContext(connection) as asked, statements_sent() as sent:
        key = api_keys.recognise(token=made.token, now=NOW)
        found = [key.legal_entity.code, key.legal_entity.time_zone]

    assert (key, found) == (made.key, [entity.code, entity.time_zone])
    assert (len(asked), len(sent)) == (0, 1)
    assert {name: getattr(key, name) for name in api_keys.KEY_FIELDS} == {
        name: getattr(made.key, name) for name in api_keys.KEY_FIELDS
    }


def test_what_a_request_seldom_needs_of_a_legal_entity_is_read_when_it_does(
    made: MadeKey, entity: LegalEntity
) -> None:
    key = api_keys.recognise(token=made.token, now=NOW)

    assert (key.legal_entity, key.legal_entity.postal_address) == (entity, entity.postal_address)


def test_wrong_keys_are_not_accepted(made: MadeKey) -> None:
    sign, prefix, secret = made.token.split("_", 2)
    last = "A" if secret[-1] != "A" else "B"
    wrong = [
        "",
        " ",
        secret,
        f"{sign}_{prefix}_",
        f"{sign}_{prefix}_{secret[:-1]}{last}",
        f"{sign}_{'0' * 12}_{secret}",
        f"{made.token}\n",
        f" {made.token}",
        made.token.upper(),
        f"{sign}_{prefix}_{'é' * 43}",
        f"{sign}_{prefix}_{secret}{'A' * 100_000}",
        "\0",
    ]

    for token in wrong:
        with pytest.raises(KeyNotAcceptedError) as refused:
            api_keys.recognise(token=token, now=NOW)
        assert refused.type is KeyNotAcceptedError


def test_unknown_beginning_takes_the_same_work_as_a_wrong_secret(made: MadeKey) -> None:
    sign, prefix, secret = made.token.split("_", 2)
    known, unknown = f"{sign}_{prefix}_{'A' * 43}", f"{sign}_{'0' * 12}_{secret}"

    counts = []
    for token in (known, unknown):
        with statements_sent() as sent, pytest.raises(KeyNotAcceptedError):
            api_keys.recognise(token=token, now=NOW)
        counts.append(len(sent))

    assert counts == [1, 1]


def test_key_ends_at_its_moment(made: MadeKey) -> None:
    end = made.key.expires_at

    assert api_keys.recognise(token=made.token, now=end - timedelta(seconds=1)) == made.key
    with pytest.raises(KeyEndedError) as ended:
        api_keys.recognise(token=made.token, now=end)
    assert ended.value.state == ApiKey.State.EXPIRED


def test_revoked_key_is_refused_at_once(made: MadeKey) -> None:
    first = api_keys.revoke(key_id=made.key.pk, revoked_at=NOW)
    again = api_keys.revoke(key_id=made.key.pk, revoked_at=NOW + DAY)

    assert (first, again, ApiKey.objects.get().revoked_at) == (True, False, NOW)
    with pytest.raises(KeyEndedError) as ended:
        api_keys.recognise(token=made.token, now=NOW)
    assert ended.value.state == ApiKey.State.REVOKED


@pytest.mark.parametrize(("days", "scopes", "name"), [(0, 1, "x"), (367, 1, "x"), (30, 0, "x"), (30, 1, " ")])
def test_key_without_an_end_a_name_or_a_use_is_not_made(
    entity: LegalEntity, days: int, scopes: int, name: str
) -> None:
    with pytest.raises(KeyNotMakeableError):
        make.api_key(legal_entity=entity, days=days, scopes=[Scope.ASK][:scopes], name=name)

    assert ApiKey.objects.count() == 0


def test_database_too_refuses_a_key_of_more_than_a_year(made: MadeKey) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.update(expires_at=NOW + 367 * DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.update(scopes=[])


def test_use_is_written_once_a_minute(made: MadeKey) -> None:
    written = []
    for moment in (NOW, NOW + timedelta(seconds=59), NOW + MINUTE):
        key = api_keys.recognise(token=made.token, now=moment)
        written.append(api_keys.note_use(key=key, used_at=moment))

    assert written == [True, False, True]
    assert ApiKey.objects.get().last_used_at == NOW + MINUTE


def test_use_noted_by_another_worker_is_not_written_again(made: MadeKey) -> None:
    stale = api_keys.recognise(token=made.token, now=NOW)
    api_keys.note_use(key=made.key, used_at=NOW)

    assert api_keys.note_use(key=stale, used_at=NOW + timedelta(seconds=1)) is False


def test_rotation_gives_a_new_key_and_ends_the_old_one_after_the_overlap(
    made: MadeKey, administrator: StaffMember
) -> None:
    new = api_keys.rotate(key=made.key, days=90, overlap=DAY, rotated_by=administrator, rotated_at=NOW)

    assert (new.key.legal_entity, new.key.name, new.key.scopes, new.key.created_by) == (
        made.key.legal_entity,
        made.key.name,
        made.key.scopes,
        administrator,
    )
    assert new.key.expires_at == NOW + 90 * DAY
    assert api_keys.recognise(token=made.token, now=NOW + DAY - timedelta(seconds=1)) == made.key
    assert api_keys.recognise(token=new.token, now=NOW + DAY) == new.key
    with pytest.raises(KeyEndedError):
        api_keys.recognise(token=made.token, now=NOW + DAY)


def test_overlap_never_lengthens_the_old_key(made: MadeKey, administrator: StaffMember) -> None:
    api_keys.rotate(key=made.key, days=90, overlap=60 * DAY, rotated_by=administrator, rotated_at=NOW)

    assert ApiKey.objects.get(pk=made.key.pk).expires_at == NOW + 30 * DAY


def test_rotation_without_overlap_revokes_the_old_key(made: MadeKey, administrator: StaffMember) -> None:
    api_keys.rotate(key=made.key, days=90, overlap=timedelta(0), rotated_by=administrator, rotated_at=NOW)

    assert ApiKey.objects.get(pk=made.key.pk).revoked_at == NOW


def test_ended_key_is_not_rotated(made: MadeKey, administrator: StaffMember) -> None:
    api_keys.revoke(key_id=made.key.pk, revoked_at=NOW)

    with pytest.raises(KeyEndedError):
        api_keys.rotate(key=made.key, days=90, overlap=DAY, rotated_by=administrator, rotated_at=NOW)

    assert ApiKey.objects.count() == 1
