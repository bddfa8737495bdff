from datetime import timedelta

import pytest
from django.utils import translation

from consent.domain.form_linter import lint
from consent.domain.form_rules.catalogue import Finding
from consent.models import (
    Channel,
    CollectionChoice,
    CollectionField,
    CollectionPoint,
    NoticeVersion,
    Purpose,
)
from customers.models import LegalEntity, RelationKind
from tests import make
from tests.consent.domain import forms
from tests.consent.domain.forms import ask, bird_guide, notice_of, paid_trial, purpose_of, recipe_book, reword

pytestmark = pytest.mark.django_db

Name = CollectionField.Name


def codes(point: CollectionPoint) -> list[str]:
    return [finding.code for finding in lint(collection_point=point)]


def set_on(row: CollectionPoint | CollectionChoice | CollectionField | LegalEntity, **values: object) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def field_of(point: CollectionPoint, name: CollectionField.Name) -> CollectionField:
    return CollectionField.objects.get(collection_point=point, name=name)


def test_consent_form_with_a_box_for_each_permission_is_right() -> None:
    assert codes(recipe_book().point) == []


def test_form_with_an_approved_caption_is_right() -> None:
    assert codes(bird_guide().collection_point) == []


def test_transaction_form_that_tells_and_offers_an_opt_out_is_right() -> None:
    assert codes(paid_trial()) == []


def test_talent_pool_by_email_only_is_right() -> None:
    entity = make.legal_entity(
        organisation=make.organisation(code="werkplaats"), code="werkplaats", name="Werkplaats B.V."
    )
    purpose = purpose_of(entity, "talent-pool", {"nl": "talentenpool", "en": "talent pool"}, [Channel.EMAIL])
    point = make.collection_point(
        legal_entity=entity, code="talent", privacy_statement=make.privacy_statement(legal_entity=entity)
    )
    ask(point, Name.EMAIL, Name.GIVEN_NAME, Name.FAMILY_NAME)
    wording = {
        "nl": "Werkplaats B.V. mag mij een jaar lang mailen over passend werk uit de talentenpool.",
        "en": "Werkplaats B.V. may e-mail me for one year about fitting work from the talent pool.",
    }
    make.collection_choice(
        collection_point=point, notice_version=notice_of(entity, purpose, Channel.EMAIL, wording)
    )

    assert codes(point) == []


def test_box_ticked_beforehand_is_found_with_its_name_and_article() -> None:
    form = recipe_book()
    set_on(form.by_call, ticked=True)

    with translation.override("en"):
        findings = lint(collection_point=form.point)

    assert findings == [
        Finding(
            code="PRE_TICKED",
            sentence=(
                "The box “fundraising · Phone call” is ticked beforehand. "
                "Leave it empty: silence is no permission."
            ),
            article="Art. 4(11) and recital 32 GDPR",
        )
    ]


def test_every_finding_names_an_article_and_fills_its_sentence() -> None:
    form = recipe_book()
    break_everything(form)

    findings = lint(collection_point=form.point)

    assert len({finding.code for finding in findings}) >= 12
    for finding in findings:
        assert finding.article
        assert "%(" not in finding.sentence


def break_everything(form: forms.RecipeBook) -> None:
    set_on(form.point, privacy_statement=None, required_to_continue=True, optout_wording={"nl": "Nee"})
    set_on(form.entity, postal_address="", dpo_email="")
    set_on(form.by_call, ticked=True, display=CollectionChoice.Display.FOLDED)
    set_on(form.by_email, mechanism=CollectionChoice.Mechanism.CAPTION)
    reword(form.by_call, nl="Bel of mail mij over de nieuwsbrief.", en="")
    set_on(field_of(form.point, Name.PHONE), required=True, need="", needed=False)


def test_folded_wording_is_found() -> None:
    form = recipe_book()
    set_on(form.by_email, display=CollectionChoice.Display.FOLDED)

    assert codes(form.point) == ["WORDING_FOLDED"]


@pytest.mark.parametrize("empty", ["", "   "])
def test_wording_that_lacks_a_language_is_found(empty: str) -> None:
    form = recipe_book()
    reword(form.by_email, en=empty)

    assert codes(form.point) == ["WORDING_MISSING"]


@pytest.mark.parametrize(
    "withdrawal", [{"nl": "U kunt altijd stoppen."}, {"nl": "", "en": "Stop at any time."}]
)
def test_notice_without_a_way_to_withdraw_is_found(withdrawal: dict[str, str]) -> None:
    form = recipe_book()
    version = form.by_email.notice_version
    without = NoticeVersion.objects.create(
        notice=version.notice,
        number=2,
        wording=version.wording,
        withdrawal=withdrawal,
        content_hash="0" * 64,
        published_at=make.LONG_AGO,
    )
    set_on(form.by_email, notice_version=without)

    assert codes(form.point) == ["NO_WITHDRAWAL_TEXT"]


def test_draft_of_a_notice_is_found() -> None:
    form = recipe_book()
    draft = make.notice_version(
        legal_entity=form.entity,
        purpose=form.newsletter,
        code="newsletter-email",
        number=2,
        wording=form.by_email.notice_version.wording,
        published_at=None,
    )
    set_on(form.by_email, notice_version=draft)

    assert codes(form.point) == ["NOTICE_NOT_PUBLISHED"]


@pytest.mark.parametrize(
    ("nl", "en"),
    [
        ("Ja, HartHulp mag mij bellen en mailen over fondsenwerving.", None),
        ("Ja, HartHulp mag mij bellen of een sms sturen over fondsenwerving.", None),
        ("Ja, HartHulp mag mij over fondsenwerving bereiken, telefonisch of via WhatsApp.", None),
        ("Ja, HartHulp mag mij bellen en een brief sturen over fondsenwerving.", None),
        (None, "Yes, HartHulp may call or e-mail me about fundraising."),
        (None, "Yes, HartHulp may call me or send me text messages about fundraising."),
        (None, "Yes, HartHulp may reach me through its app about fundraising."),
        (None, "Yes, HartHulp may call me or send letters about fundraising."),
        (None, "Yes, HartHulp may reach me with automated calls about fundraising."),
    ],
)
def test_wording_that_names_another_channel_is_found(nl: str | None, en: str | None) -> None:
    form = recipe_book()
    reword(form.by_call, nl=nl, en=en)

    assert codes(form.point) == ["CHANNEL_BUNDLED"]


def test_finding_about_another_channel_repeats_the_word() -> None:
    form = recipe_book()
    reword(form.by_call, en="Yes, HartHulp may call or e-mail me about fundraising. E-mail too.")

    with translation.override("en"):
        (finding,) = lint(collection_point=form.point)

    assert finding.sentence == (
        "The wording of “fundraising · Phone call” also speaks of another channel (“e-mail, E-mail”). "
        "Ask each channel by itself."
    )


@pytest.mark.parametrize(
    ("nl", "en"),
    [
        ("Mag HartHulp mij op mijn telefoonnummer bellen, in het belang van fondsenwerving?", None),
        ("Bel mij. Mijn e-mailadres blijft hierbuiten; het gaat om fondsenwerving.", None),
        (None, "May HartHulp phone me on my mobile phone number about fundraising?"),
        (None, "Call me at this number, not at my e-mail address, about fundraising."),
    ],
)
def test_names_of_an_address_and_words_that_look_alike_are_no_channel(nl: str | None, en: str | None) -> None:
    form = recipe_book()
    reword(form.by_call, nl=nl, en=en)

    assert codes(form.point) == []


def test_wording_that_names_another_purpose_is_found() -> None:
    form = recipe_book()
    reword(form.by_call, nl="HartHulp mag mij bellen over fondsenwerving en de Nieuwsbrief.")

    assert codes(form.point) == ["PURPOSE_BUNDLED"]


def test_purpose_of_another_organisation_is_no_bundling() -> None:
    form = recipe_book()
    other = make.legal_entity(organisation=make.organisation())
    purpose_of(other, "recipes", {"nl": "recepten", "en": "recipes"}, [Channel.EMAIL])
    reword(form.by_call, nl="HartHulp mag mij bellen over fondsenwerving en recepten.")

    assert codes(form.point) == []


def test_purpose_whose_name_lies_within_another_is_no_bundling() -> None:
    form = recipe_book()
    purpose_of(form.entity, "letter", {"nl": "grote nieuwsbrief", "en": "news"}, [Channel.EMAIL])
    purpose_of(form.entity, "raising", {"nl": "werving", "en": "raising"}, [Channel.EMAIL])

    assert codes(form.point) == []


def test_two_boxes_with_one_wording_are_found() -> None:
    form = recipe_book()
    text = "Ja, HartHulp mag contact met mij opnemen."
    reword(form.by_email, nl=text)
    reword(form.by_call, nl=text.upper().replace(" ", "  "))

    assert codes(form.point) == ["SAME_WORDING"]


def test_notice_of_a_sister_is_found() -> None:
    form = recipe_book()
    sister = make.legal_entity(organisation=form.entity.organisation, code="zuster", name="Zuster B.V.")
    form.newsletter.legal_entities.add(sister)
    wording = form.by_email.notice_version.wording
    set_on(form.by_email, notice_version=notice_of(sister, form.newsletter, Channel.EMAIL, wording))

    assert codes(form.point) == ["NOTICE_OF_ANOTHER"]


def test_purpose_that_the_legal_entity_does_not_have_is_found() -> None:
    form = recipe_book()
    form.newsletter.legal_entities.clear()

    assert codes(form.point) == ["PURPOSE_NOT_SERVED"]


def test_channel_that_the_purpose_does_not_use_is_found() -> None:
    form = recipe_book()
    Purpose.objects.filter(pk=form.newsletter.pk).update(channels=[Channel.POST])

    assert codes(form.point) == ["CHANNEL_NOT_OF_PURPOSE"]


def test_box_for_calls_without_a_phone_field_is_found() -> None:
    form = recipe_book()
    field_of(form.point, Name.PHONE).delete()

    assert codes(form.point) == ["CHANNEL_WITHOUT_FIELD"]


def test_box_for_email_without_an_email_field_is_found_twice() -> None:
    form = recipe_book()
    field_of(form.point, Name.EMAIL).delete()

    assert codes(form.point) == ["NO_EMAIL_FIELD", "CHANNEL_WITHOUT_FIELD"]


def test_box_for_post_without_address_fields_is_found() -> None:
    form = recipe_book()
    wording = {"nl": "HartHulp mag mij brieven sturen.", "en": "HartHulp may send me letters."}
    version = notice_of(form.entity, form.fundraising, Channel.POST, wording)
    make.collection_choice(collection_point=form.point, notice_version=version, position=2)

    assert codes(form.point) == ["CHANNEL_WITHOUT_FIELD"]


def test_processing_needs_no_field() -> None:
    form = recipe_book()
    profiling = purpose_of(form.entity, "profiling", {"nl": "profilering", "en": "profiling"}, [Channel.NONE])
    wording = {
        "nl": "HartHulp mag mijn giften gebruiken voor profilering.",
        "en": "Use my gifts for profiling.",
    }
    version = notice_of(form.entity, profiling, Channel.NONE, wording)
    make.collection_choice(collection_point=form.point, notice_version=version, position=2)

    assert codes(form.point) == []


@pytest.mark.parametrize(
    "approval",
    [
        {"approved_at": None, "approved_by": None},
        {"approved_by": None},
        {"approved_at": make.LONG_AGO - timedelta(seconds=1)},
    ],
)
def test_caption_without_approval_of_its_published_wording_is_found(approval: dict[str, object]) -> None:
    caption = bird_guide()
    set_on(caption, **approval)

    assert codes(caption.collection_point) == ["CAPTION_NOT_APPROVED"]


def test_caption_beside_no_field_of_its_channel_is_found() -> None:
    caption = bird_guide()
    field_of(caption.collection_point, Name.PHONE).delete()

    assert codes(caption.collection_point) == ["CAPTION_WITHOUT_FIELD"]


def test_caption_beside_a_required_field_is_found() -> None:
    caption = bird_guide()
    set_on(field_of(caption.collection_point, Name.PHONE), required=True)

    assert codes(caption.collection_point) == ["REQUIRED_PHONE", "CAPTION_AT_REQUIRED_FIELD"]


def test_two_captions_beside_one_field_are_found() -> None:
    caption = bird_guide()
    notice = caption.notice_version.notice
    purpose = purpose_of(
        notice.legal_entity, "texts", {"nl": "activiteiten", "en": "activities"}, [Channel.SMS]
    )
    wording = {"nl": "Wij sturen u sms over activiteiten.", "en": "We text you about activities."}
    make.collection_choice(
        collection_point=caption.collection_point,
        notice_version=notice_of(notice.legal_entity, purpose, Channel.SMS, wording),
        mechanism=CollectionChoice.Mechanism.CAPTION,
        approved_at=make.NOW,
        approved_by=caption.approved_by,
    )

    assert codes(caption.collection_point) == ["CAPTIONS_SHARE_FIELD"]


def test_required_phone_number_is_found() -> None:
    form = recipe_book()
    set_on(field_of(form.point, Name.PHONE), required=True)

    assert codes(form.point) == ["REQUIRED_PHONE"]


def test_field_that_does_not_say_why_is_found() -> None:
    form = recipe_book()
    set_on(field_of(form.point, Name.GIVEN_NAME), need=" ")

    assert codes(form.point) == ["FIELD_WITHOUT_NEED"]


def test_field_judged_not_needed_is_found() -> None:
    form = recipe_book()
    set_on(field_of(form.point, Name.GIVEN_NAME), needed=False)

    assert codes(form.point) == ["FIELD_NOT_NEEDED"]


def test_birth_date_is_asked_only_where_a_purpose_needs_it() -> None:
    form = recipe_book()
    ask(form.point, Name.BIRTH_DATE)

    assert codes(form.point) == ["BIRTH_DATE_NOT_NEEDED"]
    Purpose.objects.filter(pk=form.newsletter.pk).update(needs_birth_date=True)
    assert codes(form.point) == []


def test_missing_privacy_statement_is_found() -> None:
    form = recipe_book()
    set_on(form.point, privacy_statement=None)

    assert codes(form.point) == ["NO_PRIVACY_STATEMENT"]


def test_draft_of_a_privacy_statement_is_found() -> None:
    form = recipe_book()
    draft = make.privacy_statement(legal_entity=form.entity, number=2, published_at=None)
    set_on(form.point, privacy_statement=draft)

    assert codes(form.point) == ["PRIVACY_STATEMENT_NOT_PUBLISHED"]


@pytest.mark.parametrize("place", ["WEB_FORM", "PAPER", "PHONE"])
def test_withdrawn_privacy_statement_is_found(place: str) -> None:
    form = recipe_book()
    coming = make.privacy_statement(legal_entity=form.entity, number=2, published_at=make.NOW)
    coming.withdrawn_at = make.LONG_AGO
    coming.save(update_fields=["withdrawn_at"])
    set_on(form.point, privacy_statement=coming, place=place)

    assert codes(form.point) == ["PRIVACY_STATEMENT_WITHDRAWN"]


def test_privacy_statement_of_another_is_found() -> None:
    form = recipe_book()
    other = make.legal_entity(organisation=form.entity.organisation)
    set_on(form.point, privacy_statement=make.privacy_statement(legal_entity=other))

    assert codes(form.point) == ["PRIVACY_STATEMENT_OF_ANOTHER"]


def test_permission_as_a_condition_is_found() -> None:
    form = recipe_book()
    set_on(form.point, required_to_continue=True)

    assert codes(form.point) == ["CONSENT_AS_CONDITION"]


def test_legal_entity_without_an_address_is_found() -> None:
    form = recipe_book()
    set_on(form.entity, postal_address=" ")

    assert codes(form.point) == ["NO_POSTAL_ADDRESS"]


@pytest.mark.parametrize("field", ["dpo_name", "dpo_email"])
def test_legal_entity_without_an_officer_is_found(field: str) -> None:
    form = recipe_book()
    set_on(form.entity, **{field: ""})

    assert codes(form.point) == ["NO_DATA_PROTECTION_OFFICER"]


def test_consent_form_that_asks_nothing_is_found() -> None:
    form = recipe_book()
    form.point.choices.all().delete()

    assert codes(form.point) == ["NOTHING_ASKED"]


def test_opt_out_on_a_consent_form_is_found() -> None:
    form = recipe_book()
    set_on(form.point, optout_wording={"nl": "Nee", "en": "No"})

    assert codes(form.point) == ["OPT_OUT_ON_CONSENT_FORM"]


def test_permission_asked_on_a_transaction_form_is_found() -> None:
    point = paid_trial()
    assert point.soft_optin_notice is not None
    make.collection_choice(collection_point=point, notice_version=point.soft_optin_notice)

    assert codes(point) == ["CONSENT_ON_TRANSACTION_FORM"]


def test_transaction_form_without_a_kind_is_found() -> None:
    point = paid_trial()
    set_on(point, transaction_kind="")

    assert codes(point) == ["NO_TRANSACTION_KIND"]


@pytest.mark.parametrize("kind", [RelationKind.SYMPATHY, RelationKind.DONATION, RelationKind.ATTENDANCE])
def test_transaction_that_gives_this_sender_no_ground_is_found(kind: RelationKind) -> None:
    point = paid_trial()
    set_on(point, transaction_kind=kind)

    assert codes(point) == ["TRANSACTION_GIVES_NO_GROUND"]


def test_donation_gives_a_charity_a_ground() -> None:
    point = paid_trial()
    set_on(point.legal_entity, kind=LegalEntity.Kind.CHARITY)
    set_on(point, transaction_kind=RelationKind.DONATION, product_group=None)

    assert codes(point) == []


def test_sale_without_a_product_group_is_found() -> None:
    point = paid_trial()
    set_on(point, product_group=None)

    assert codes(point) == ["NO_PRODUCT_GROUP"]


def test_transaction_form_that_does_not_tell_is_found() -> None:
    point = paid_trial()
    set_on(point, soft_optin_notice=None)

    assert codes(point) == ["NO_NOTICE_TO_CUSTOMERS"]


@pytest.mark.parametrize(
    ("wording", "expected"),
    [({}, ["NO_OPT_OUT", "NO_OPT_OUT"]), ({"nl": "Nee, benader mij niet."}, ["NO_OPT_OUT"])],
)
def test_transaction_form_without_an_opt_out_is_found(wording: dict[str, str], expected: list[str]) -> None:
    point = paid_trial()
    set_on(point, optout_wording=wording)

    assert codes(point) == expected


def test_form_on_paper_needs_no_email_field() -> None:
    form = recipe_book()
    set_on(form.point, place=CollectionPoint.Place.PAPER)
    form.by_email.delete()
    field_of(form.point, Name.EMAIL).delete()

    assert codes(form.point) == []
