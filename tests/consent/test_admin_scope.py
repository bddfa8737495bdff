import pytest
from django.contrib import admin
from django.db import models
from django.urls import reverse

from consent.models import (
    CollectionChoice,
    CollectionField,
    DeliveryAttempt,
    EndpointSecret,
    Evidence,
    FigureMark,
    LedgerLeaf,
    Purpose,
    ReadyAddress,
    ReadyChange,
    SealMark,
    SettingsRevision,
    ShownForm,
    SubjectKey,
    SubProcessor,
    TreeNode,
)
from customers.models import FormerStanding, LegalEntity, StaffMember
from scoring.models import Band, FormerApplicant, PersonChange, RuleCondition
from tests import make
from tests.consent.admin_rows import (
    Rows,
    everything,
    list_of,
    name_of,
    organisation_in,
    own_models,
    page_of,
    scoped_models,
    signed_in,
    superuser,
)

pytestmark = pytest.mark.django_db
Role = StaffMember.Role


def reader_of(rows: Rows) -> StaffMember:
    return make.staff_member(organisation=organisation_in(rows), username="auditor", role=Role.AUDITOR)


def test_every_model_is_in_the_admin_by_itself_or_within_another() -> None:
    missing = [model for model in own_models() if not admin.site.is_registered(model)]

    assert missing == [
        CollectionField,
        CollectionChoice,
        FigureMark,
        SubProcessor,
        EndpointSecret,
        DeliveryAttempt,
        SettingsRevision,
        ReadyAddress,
        ReadyChange,
        LedgerLeaf,
        TreeNode,
        SealMark,
        FormerStanding,
        RuleCondition,
        Band,
        PersonChange,
        FormerApplicant,
    ]


def test_every_model_has_a_row_in_these_tests() -> None:
    rows = everything(code="eigen")

    assert sorted(rows, key=name_of) == scoped_models()


@pytest.mark.parametrize("model", scoped_models(), ids=name_of)
def test_staff_see_only_rows_of_their_own_organisation(model: type[models.Model]) -> None:
    own, other = everything(code="eigen"), everything(code="ander")
    client = signed_in(reader_of(own))

    seen = client.get(page_of(own[model], "change"))
    hidden = client.get(page_of(other[model], "change"))
    listed = client.get(list_of(model))

    assert seen.status_code == 200
    assert (hidden.status_code, hidden.headers.get("Location")) in {(404, None), (302, "/admin/")}
    assert list(listed.context["cl"].queryset.filter(pk=other[model].pk)) == []
    assert list(listed.context["cl"].queryset.filter(pk=own[model].pk)) == [own[model]]


@pytest.mark.parametrize("model", scoped_models(), ids=name_of)
def test_history_and_deletion_of_other_organisations_are_closed(model: type[models.Model]) -> None:
    own, other = everything(code="eigen"), everything(code="ander")
    client = signed_in(reader_of(own))

    answers = [client.get(page_of(other[model], page)).status_code for page in ("history", "delete")]

    assert set(answers) <= {302, 403, 404}


@pytest.mark.parametrize("model", scoped_models(), ids=name_of)
def test_superuser_sees_rows_of_every_organisation(model: type[models.Model]) -> None:
    row = everything(code="ander")[model]

    page = signed_in(superuser()).get(page_of(row, "change"))

    assert page.status_code == 200


LIMITED = [
    model
    for model in scoped_models()
    if admin.site.get_model_admin(model).legal_entity_path  # type: ignore[attr-defined]
]


@pytest.mark.parametrize("model", LIMITED, ids=name_of)
def test_staff_of_one_legal_entity_do_not_see_rows_of_another(model: type[models.Model]) -> None:
    rows = everything(code="eigen")
    organisation = organisation_in(rows)
    sister = make.legal_entity(organisation=organisation, code="zuster", name="Zuster N.V.")
    limited = make.staff_member(
        organisation=organisation, username="beperkt", role=Role.AUDITOR, legal_entities=[sister]
    )
    row = rows[model]

    page = signed_in(limited).get(page_of(row, "change"))

    about_all = getattr(row, "legal_entity_id", "") is None
    assert page.status_code in ({200} if about_all else {302, 404})


def test_evidence_follows_the_events_that_staff_may_see() -> None:
    rows = everything(code="eigen")
    organisation = organisation_in(rows)
    sister = make.legal_entity(organisation=organisation, code="zuster", name="Zuster N.V.")
    limited = make.staff_member(
        organisation=organisation, username="beperkt", role=Role.DPO, legal_entities=[sister]
    )

    pages = [signed_in(limited).get(page_of(rows[model], "change")) for model in (Evidence, ShownForm)]
    key = signed_in(limited).get(page_of(rows[SubjectKey], "change"))

    assert [page.status_code for page in pages] == [302, 302]
    assert key.status_code == 200


def test_choices_in_forms_are_limited_to_the_own_organisation() -> None:
    own, other = everything(code="eigen"), everything(code="ander")
    organisation = organisation_in(own)
    marketing = make.staff_member(organisation=organisation, username="mark", role=Role.MARKETING)
    form = {"code": "nieuw", "channel": "EMAIL", "purpose": other[Purpose].pk}

    answer = signed_in(marketing).post(
        reverse("admin:consent_notice_add"), {**form, "legal_entity": other[LegalEntity].pk}
    )

    errors = answer.context["adminform"].form.errors
    assert sorted(errors) == ["legal_entity", "purpose"]


def test_autocomplete_finds_only_rows_of_the_own_organisation() -> None:
    own, _other = everything(code="eigen"), everything(code="ander")
    marketing = make.staff_member(organisation=organisation_in(own), username="mark", role=Role.MARKETING)

    answer = signed_in(marketing).get(
        reverse("admin:autocomplete"),
        {"app_label": "customers", "model_name": "contact", "field_name": "representative", "term": "Van"},
    )

    assert [row["text"] for row in answer.json()["results"]] == ["Alice Van eigen"]


def test_filters_name_only_the_own_organisation() -> None:
    own, _other = everything(code="eigen"), everything(code="ander")
    client = signed_in(reader_of(own))

    page = client.get(reverse("admin:consent_consentrecord_changelist"))

    assert "ander B.V." not in page.content.decode()
