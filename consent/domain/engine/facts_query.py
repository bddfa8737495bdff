"""The statements that fetch facts: for one address or for many, for the present or any other moment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from consent.domain.engine.statement import Statement
from consent.domain.ledger.statements import fold
from customers.domain.relations import FOLD_RELATIONS

SQL = Path(__file__).with_name("sql")


def _read(name: str) -> str:
    return (SQL / f"{name}.sql").read_text()


def with_parts(sql: str, *, zone: str, point_kind: str) -> str:
    """Put in the parts that say how the records become letters: the same wherever facts are made."""
    for name in PARTS:
        sql = sql.replace(f"/* {name} */", _read(name).strip())
    return sql.replace("/* zone */", zone).replace("/* point kind */", point_kind)


def _past() -> str:
    """What held then: the folds of the ledger and of the transactions, over what was known by then."""
    permissions, objections = (
        fold(name, acts=_read(f"past_{name}")) for name in ("permissions", "objections")
    )
    folds = {
        "records": ["WITH ", permissions, _read("past_permission_rows")],
        "objections": ["WITH ", objections, _read("past_objection_rows")],
        "relations": [_read("past_relations"), FOLD_RELATIONS, _read("past_relation_rows")],
    }
    parts = [f"{name} AS MATERIALIZED (\n{''.join(texts)}),\n" for name, texts in folds.items()]
    return "".join([_read("past_opening"), *parts, _read("past_closing")])


class FactsQuery:
    """What is fetched of the facts: one statement each for one address or many, the present or the past."""

    def __init__(self, columns: str) -> None:
        then = {False: _read("present"), True: _past()}
        self.statements = {
            (alone, past): Statement(f"{opening}{then[past]}{FACTS}{columns}")
            for alone, opening in OPENINGS.items()
            for past in then
        }

    def fetch(self, *, about: int, past: bool, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Fetch the facts about so many addresses."""
        return self.statements[about == 1, past].fetch(parameters)


ASKED: Final = _read("asked").rstrip()
HASHED: Final = _read("hashed").rstrip().removesuffix(",")
OPENINGS: Final = {True: _read("asked_one"), False: f"{ASKED},\n{HASHED},\n"}
PARTS: Final = (
    *("stands_ready", "first_call", "permission_letters"),
    *("relation_kind", "collected", "relation_letters", "transaction"),
)
FACTS: Final = with_parts(_read("facts"), zone="%(zone)s::text", point_kind="%(point_kind)s::text")
