"""The rules about the details that a form asks."""

from collections.abc import Iterator

from consent.domain.form_rules import catalogue
from consent.domain.form_rules.catalogue import Finding
from consent.domain.form_rules.reading import FormAsMade
from consent.models import CollectionField, CollectionPoint

Name = CollectionField.Name


def find_required_phone(form: FormAsMade) -> Iterator[Finding]:
    for field in form.fields:
        if field.name == Name.PHONE and field.required:
            yield catalogue.REQUIRED_PHONE.broken_by(what=field)


def find_fields_without_need(form: FormAsMade) -> Iterator[Finding]:
    for field in form.fields:
        if not field.need.strip():
            yield catalogue.FIELD_WITHOUT_NEED.broken_by(what=field)
        if not field.needed:
            yield catalogue.FIELD_NOT_NEEDED.broken_by(what=field)


def find_birth_date_not_needed(form: FormAsMade) -> Iterator[Finding]:
    needed = any(version.notice.purpose.needs_birth_date for version in form.notice_versions)
    for field in form.fields:
        if field.name == Name.BIRTH_DATE and not needed:
            yield catalogue.BIRTH_DATE_NOT_NEEDED.broken_by(what=field)


def find_no_email_field(form: FormAsMade) -> Iterator[Finding]:
    on_the_web = form.point.place == CollectionPoint.Place.WEB_FORM
    if on_the_web and not any(field.name == Name.EMAIL for field in form.fields):
        yield catalogue.NO_EMAIL_FIELD.broken_by()


RULES = (find_required_phone, find_fields_without_need, find_birth_date_not_needed, find_no_email_field)
