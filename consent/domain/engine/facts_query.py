"""The statements that fetch facts: one for the present, one for any other moment, with the same ending."""

from pathlib import Path

from consent.domain.ledger.statements import FOLD_OBJECTIONS_THEN, FOLD_PERMISSIONS_THEN
from customers.domain.relations import FOLD_RELATIONS

SQL = Path(__file__).with_name("sql")


def _read(name: str) -> str:
    return (SQL / f"{name}.sql").read_text()


def _past() -> str:
    """What held then: the folds of the ledger and of the transactions, over what was known by then."""
    folds = {
        "records": [_read("past_permissions"), FOLD_PERMISSIONS_THEN, _read("past_permission_rows")],
        "objections": [_read("past_objections"), FOLD_OBJECTIONS_THEN, _read("past_objection_rows")],
        "relations": [_read("past_relations"), FOLD_RELATIONS, _read("past_relation_rows")],
    }
    parts = [f"{name} AS MATERIALIZED (\n{''.join(fold)}),\n" for name, fold in folds.items()]
    return "".join([_read("past_opening"), *parts, _read("past_closing")])


ASKED, FACTS = _read("asked"), _read("facts")
PRESENT = f"{ASKED}{_read('present')}{FACTS}"
PAST = f"{ASKED}{_past()}{FACTS}"
