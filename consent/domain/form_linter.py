from consent.domain.form_rules import choices, details, whole
from consent.domain.form_rules.catalogue import Finding
from consent.domain.form_rules.reading import read_form
from consent.models import CollectionPoint

RULES = (*whole.RULES, *details.RULES, *choices.RULES)


def lint(*, collection_point: CollectionPoint) -> list[Finding]:
    """Find every rule of consent that a form breaks, each with its article; none means it may be published.

    The rules stand in `form_rules/catalogue.py`; the form is read afresh from the database.
    """
    form = read_form(collection_point=collection_point)
    return [finding for rule in RULES for finding in rule(form)]
