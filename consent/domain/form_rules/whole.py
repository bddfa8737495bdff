"""The rules about a form as a whole, and about the legal entity behind it."""

from collections.abc import Iterator

from consent.domain.form_rules import catalogue
from consent.domain.form_rules.catalogue import Finding
from consent.domain.form_rules.reading import FormAsMade, languages_lacking, name_of
from consent.domain.rulebook.facts import Kind
from consent.domain.rulebook.packs import gives_ground
from consent.models import CollectionPoint
from customers.models import RelationKind


def find_privacy_statement(form: FormAsMade) -> Iterator[Finding]:
    statement = form.point.privacy_statement
    if statement is None:
        yield catalogue.NO_PRIVACY_STATEMENT.broken_by()
        return
    if statement.published_at is None:
        yield catalogue.PRIVACY_STATEMENT_NOT_PUBLISHED.broken_by(what=statement)
    if statement.withdrawn_at is not None:
        yield catalogue.PRIVACY_STATEMENT_WITHDRAWN.broken_by(what=statement)
    if statement.legal_entity_id != form.point.legal_entity_id:
        yield catalogue.PRIVACY_STATEMENT_OF_ANOTHER.broken_by(what=statement)


def find_condition(form: FormAsMade) -> Iterator[Finding]:
    if form.point.required_to_continue:
        yield catalogue.CONSENT_AS_CONDITION.broken_by()


def find_legal_entity_details(form: FormAsMade) -> Iterator[Finding]:
    entity = form.point.legal_entity
    if not entity.postal_address.strip():
        yield catalogue.NO_POSTAL_ADDRESS.broken_by(what=entity)
    if not (entity.dpo_name and entity.dpo_email):
        yield catalogue.NO_DATA_PROTECTION_OFFICER.broken_by(what=entity)


def find_consent_form(form: FormAsMade) -> Iterator[Finding]:
    if form.point.form != CollectionPoint.Form.CONSENT:
        return
    if not form.choices:
        yield catalogue.NOTHING_ASKED.broken_by()
    if form.point.soft_optin_notice is not None or form.point.optout_wording:
        yield catalogue.OPT_OUT_ON_CONSENT_FORM.broken_by()


def find_transaction_form(form: FormAsMade) -> Iterator[Finding]:
    if form.point.form != CollectionPoint.Form.TRANSACTION:
        return
    for choice in form.choices:
        yield catalogue.CONSENT_ON_TRANSACTION_FORM.broken_by(what=name_of(version=choice.notice_version))
    if form.point.soft_optin_notice is None:
        yield catalogue.NO_NOTICE_TO_CUSTOMERS.broken_by()
    for language in languages_lacking(wording=form.point.optout_wording):
        yield catalogue.NO_OPT_OUT.broken_by(what=language.label)
    yield from _transaction(form.point)


RULES = (
    find_privacy_statement,
    find_condition,
    find_legal_entity_details,
    find_consent_form,
    find_transaction_form,
)


def _transaction(point: CollectionPoint) -> Iterator[Finding]:
    kind, entity = point.transaction_kind, point.legal_entity
    if not kind:
        yield catalogue.NO_TRANSACTION_KIND.broken_by()
    elif not gives_ground(kind=Kind[kind], sender=entity.kind):
        yield catalogue.TRANSACTION_GIVES_NO_GROUND.broken_by(
            what=point.get_transaction_kind_display(), other=entity
        )
    groups = {group.pk for group in entity.product_groups.all()}
    if kind == RelationKind.SALE and groups and point.product_group_id not in groups:
        yield catalogue.NO_PRODUCT_GROUP.broken_by(what=entity)
