"""Somebody acts while they are erased: whoever comes later finds nothing, and leaves nothing behind."""

from datetime import timedelta

import pytest

from consent.domain.erasing.erasure import AlreadyErasedError, erase
from consent.domain.ledger.reconciling import find_differences
from consent.domain.withdrawals import Scope, object_to
from consent.models import Act, ConsentEvent, Evidence, Objection, SubjectKey
from tests import make
from tests.consent.domain.erasing.scene import WAY
from tests.consent.domain.ledger.racing import run_writers
from tests.preference_scenes import house

pytestmark = pytest.mark.django_db(transaction=True)


def test_objection_and_erasure_at_one_moment_leave_no_proof() -> None:
    home = house()
    make.permission_event(contact_point=home.email, notice_version=home.by_email)

    def act(writer: int) -> int:
        moment = make.NOW + timedelta(seconds=writer)
        if writer % 2:
            object_to(contact=home.alice, scope=Scope(), how=WAY, occurred_at=moment)
            return 0
        try:
            erase(contact=home.alice, how=WAY, erased_at=moment)
        except AlreadyErasedError:
            return 0
        return 1

    erased = run_writers(work=act)

    assert sum(erased) == 1
    assert not SubjectKey.objects.filter(subject_id=home.alice.pk).exists()
    assert not Evidence.objects.filter(subject_id=home.alice.pk).exists()
    assert not Objection.objects.filter(contact=home.alice).exists()
    assert ConsentEvent.objects.filter(subject_id=home.alice.pk, act=Act.OBJECTED).count() == 4
    assert list(find_differences()) == []
