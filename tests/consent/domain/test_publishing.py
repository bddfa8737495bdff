import pytest

from consent.domain import publishing
from consent.models import CollectionChoice, CollectionPoint
from customers.models import StaffMember
from tests import make
from tests.consent.domain.forms import bird_guide, recipe_book

pytestmark = pytest.mark.django_db


def published_at(point: CollectionPoint) -> object:
    return CollectionPoint.objects.values_list("published_at", flat=True).get(pk=point.pk)


def test_a_right_form_is_published() -> None:
    form = recipe_book()

    published = publishing.publish_collection_point(collection_point=form.point, published_at=make.NOW)

    assert published.published_at == make.NOW
    assert published_at(form.point) == make.NOW


def test_a_form_that_breaks_rules_is_refused_with_all_it_breaks() -> None:
    form = recipe_book()
    form.by_call.ticked = True
    form.by_call.save(update_fields=["ticked"])
    form.point.fields.update(need="")

    with pytest.raises(publishing.FormRefusedError) as refused:
        publishing.publish_collection_point(collection_point=form.point, published_at=make.NOW)

    assert [finding.code for finding in refused.value.findings] == [*["FIELD_WITHOUT_NEED"] * 3, "PRE_TICKED"]
    assert str(refused.value) == " ".join(finding.sentence for finding in refused.value.findings)
    assert published_at(form.point) is None


def test_a_form_can_be_taken_offline() -> None:
    form = recipe_book()
    publishing.publish_collection_point(collection_point=form.point, published_at=make.LONG_AGO)

    publishing.unpublish_collection_point(collection_point=form.point)

    assert published_at(form.point) is None


def test_a_published_form_that_breaks_a_rule_after_an_edit_goes_offline() -> None:
    form = recipe_book()
    publishing.publish_collection_point(collection_point=form.point, published_at=make.LONG_AGO)
    form.by_email.ticked = True
    form.by_email.save(update_fields=["ticked"])

    findings = publishing.recheck_collection_point(collection_point=form.point)

    assert [finding.code for finding in findings] == ["PRE_TICKED"]
    assert published_at(form.point) is None


def test_a_published_form_that_stays_right_stays_online() -> None:
    form = recipe_book()
    publishing.publish_collection_point(collection_point=form.point, published_at=make.LONG_AGO)

    assert publishing.recheck_collection_point(collection_point=form.point) == []
    assert published_at(form.point) == make.LONG_AGO


def test_the_officer_approves_a_caption() -> None:
    caption = bird_guide()
    officer = caption.approved_by
    assert officer is not None
    caption.approved_by = caption.approved_at = None
    caption.save(update_fields=["approved_by", "approved_at"])

    publishing.approve_caption(choice=caption, approved_by=officer, approved_at=make.NOW)

    approved = CollectionChoice.objects.get(pk=caption.pk)
    assert (approved.approved_by, approved.approved_at) == (officer, make.NOW)


@pytest.mark.parametrize("role", [StaffMember.Role.MARKETING, StaffMember.Role.ADMINISTRATOR])
def test_nobody_else_approves_a_caption(role: StaffMember.Role) -> None:
    caption = bird_guide()
    marketer = make.staff_member(
        organisation=caption.collection_point.legal_entity.organisation, username="marc", role=role
    )

    with pytest.raises(publishing.NotTheOfficerError):
        publishing.approve_caption(choice=caption, approved_by=marketer, approved_at=make.NOW)


def test_an_officer_of_another_organisation_approves_nothing() -> None:
    caption = bird_guide()
    stranger = make.staff_member(organisation=make.organisation(), username="otto", role=StaffMember.Role.DPO)

    with pytest.raises(publishing.NotTheOfficerError):
        publishing.approve_caption(choice=caption, approved_by=stranger, approved_at=make.NOW)
