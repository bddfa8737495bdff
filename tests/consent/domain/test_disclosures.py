from dataclasses import replace

import pytest
from django.db import DataError, transaction

from consent.domain.disclosures import GivenOut, pack_keys, record_disclosure, recorded
from consent.domain.erasing.erasure import erase
from consent.domain.holdings import HOLDINGS
from consent.domain.ledger.circumstances import BY_SCHEDULE
from consent.models import Disclosure
from customers.models import Contact
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Contact:
    return make.contact(organisation=make.organisation())


def given_out(contact: Contact) -> GivenOut:
    return GivenOut(organisation_id=contact.organisation_id, source=Disclosure.Source.AUDIENCE)


def test_each_person_stands_once_in_a_part(alice: Contact) -> None:
    ben = make.contact(organisation=alice.organisation)
    keys = pack_keys(contact_ids=[ben.pk, alice.pk, None, ben.pk])

    record_disclosure(given=given_out(alice), keys=keys, disclosed_at=make.NOW)

    written = Disclosure.objects.get()
    assert written.contact_ids == sorted([alice.pk, ben.pk])
    assert (written.source, written.channel, written.disclosed_at) == ("AUDIENCE", "", make.NOW)


def test_part_with_nobody_we_know_is_not_written_down(alice: Contact) -> None:
    record_disclosure(given=given_out(alice), keys=b"", disclosed_at=make.NOW)

    assert Disclosure.objects.count() == 0


def test_who_stands_on_a_part_is_written_down_before_it_is_given(alice: Contact) -> None:
    rows = recorded(
        rows=[alice], contact_of=lambda one: one.pk, given=given_out(alice), clock=lambda: make.NOW
    )

    before = Disclosure.objects.count()
    first = next(rows)

    assert (before, first, Disclosure.objects.count()) == (0, alice, 1)


def test_person_is_told_of_lists_and_the_key_outlasts_erasure(alice: Contact) -> None:
    record_disclosure(given=given_out(alice), keys=alice.pk.bytes, disclosed_at=make.NOW)
    [holding] = [one for one in HOLDINGS if one.model is Disclosure]

    told = holding.rows_of(alice.pk).count()
    erase(contact=alice, how=BY_SCHEDULE, erased_at=make.NOW)

    assert told == 1
    assert Disclosure.objects.get().contact_ids == [alice.pk]


def test_fault_of_the_database_is_told_as_every_other(alice: Contact) -> None:
    too_long = replace(given_out(alice), channel="a channel that no column takes")

    with pytest.raises(DataError), transaction.atomic():
        record_disclosure(given=too_long, keys=alice.pk.bytes, disclosed_at=make.NOW)
