"""Two officers who press the same button at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from consent.domain.notices import new_version
from consent.domain.privacy import announcing
from consent.domain.privacy.editions import list_editions
from consent.domain.privacy.publishing import Change, OvertakenError, publish_privacy_statement
from consent.models import Job, PrivacyStatementVersion
from customers.models import LegalEntity, StaffMember
from tests import make
from tests.consent.domain.privacy.scene import shop, whole_draft

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def entity() -> LegalEntity:
    return shop()


@pytest.fixture
def first(entity: LegalEntity) -> PrivacyStatementVersion:
    return publish_privacy_statement(version=whole_draft(entity), published_at=make.LONG_AGO)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Let each act begin at the same moment, on a connection of its own; a refusal is an answer too."""
    begin = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        begin.wait()
        try:
            return act()
        except OvertakenError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_one_of_two_drafts_published_at_once_is_in_force(
    entity: LegalEntity, first: PrivacyStatementVersion
) -> None:
    drafts = [new_version(version=first), new_version(version=first)]

    answers = at_once(
        *(
            lambda draft=draft: publish_privacy_statement(version=draft, published_at=make.NOW)
            for draft in drafts
        )
    )

    assert sorted(type(answer).__name__ for answer in answers) == [
        "OvertakenError",
        "PrivacyStatementVersion",
    ]
    editions = list_editions(legal_entity=entity, at=make.NOW)
    assert [edition.is_in_force for edition in editions] == [True, False]


def test_two_announcements_at_once_are_one(entity: LegalEntity, first: PrivacyStatementVersion) -> None:
    change = Change(summary={"nl": "Nieuw belteam.", "en": "New call team."}, is_material=True)
    version = publish_privacy_statement(
        version=new_version(version=first), published_at=make.NOW, change=change
    )
    officer = make.staff_member(organisation=entity.organisation, role=StaffMember.Role.DPO)

    def start() -> object:
        return announcing.start_announcement(version=version, started_by=officer, now=make.NOW)

    answers = at_once(start, start)

    assert answers == [Job.objects.get()] * 2
