import pytest

from consent.domain.ledger.evidence import open_evidence
from consent.models import Act, ConsentEvent, ConsentRecord, Grade, Source, Status
from customers.models import StaffMember
from tests import make, scenes
from tests.browser.fixtures import PostOffice, Visitor, text_of
from tests.journeys.steps import begin_act, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("source", "kind_of_proof", "proof"),
    [
        (Source.PHONE_CALL, "recording", "REC-2026-0001"),
        (Source.DIRECT_MESSAGE, "message", "Yes, you may call me about gifts."),
        (Source.PAPER, "scan", "SCAN-2026-0001"),
        (Source.EVENT, "batch", "FAIR-2026-11"),
    ],
)
def test_permission_from_elsewhere_carries_its_own_proof(
    staff: Visitor, post_office: PostOffice, source: Source, kind_of_proof: str, proof: str
) -> None:
    scene = scenes.recipe_book()
    contact = make.contact(organisation=scene.entity.organisation)
    make.email_point(contact=contact)
    phone = make.phone_point(contact=contact)
    member = sign_in(staff, organisation=scene.entity.organisation, role=StaffMember.Role.MARKETING)

    begin_act(staff, contact=contact, act="Record a permission")
    staff.choose("Which permission?", scene.calls.notice_version.notice.pk)
    staff.choose("On which address?", phone.pk)
    staff.page.locator("input[type=date]").fill("2026-11-20")
    staff.page.locator("input[type=time]").fill("14:30")
    staff.choose("What did the person say?", Act.GIVEN.value)
    staff.choose("How?", source.value)
    staff.write("Where?", "Service desk")
    staff.write("Proof", proof)
    staff.choose("Which wording was read or shown?", scene.calls.notice_version.pk)
    staff.press("Record the permission")

    event = ConsentEvent.objects.get(act=Act.GIVEN)
    assert (event.source, event.staff_id, event.occurred_at.isoformat()) == (
        source,
        member.pk,
        "2026-11-20T13:30:00+00:00",
    )
    kept = open_evidence(event=event)
    assert (kept[kind_of_proof], kept["place"], kept["address"]) == (proof, "Service desk", phone.value)
    record = ConsentRecord.objects.get()
    assert (record.status, record.complete, record.grade) == (Status.GIVEN, True, Grade.B)
    assert scene.calls.notice_version.wording["nl"] in text_of(post_office.collect_one())
