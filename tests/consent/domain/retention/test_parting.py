import pytest

from consent.domain import link_requests
from consent.domain.retention.due import Asked
from consent.domain.retention.parting import part_from
from consent.domain.retention.terms import Terms
from consent.models import Evidence, LinkRequest
from tests.consent.domain.erasing.dump import tables_with
from tests.consent.domain.erasing.scene import ERASED, NEIGHBOUR, WORDS, scene

pytestmark = pytest.mark.django_db


def test_who_is_parted_from_stands_in_no_table_and_their_proof_is_kept() -> None:
    found = scene()
    terms = Terms(of_kind={}, of_purpose={})
    beside = tables_with(NEIGHBOUR)

    part_from(
        people=[found.canary], asked=Asked(organisation=found.canary.organisation, terms=terms, now=ERASED)
    )

    assert tables_with(WORDS) == {}
    assert Evidence.objects.filter(subject_id=found.canary.pk).exists()
    assert tables_with(NEIGHBOUR) == beside
    waiting = LinkRequest.objects.get()
    assert [one.value for one in link_requests.read_asked(request=waiting)] == ["bob@example.org"]
