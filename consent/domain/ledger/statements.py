"""The SQL of the ledger: one fold, used both to keep the records and to check them."""

from pathlib import Path

SQL = Path(__file__).with_name("sql")


def read_parts(*names: str) -> str:
    return "\n".join((SQL / f"{name}.sql").read_text() for name in names)


KEEP_PERMISSIONS = read_parts("permissions_touched", "permissions_fold", "permissions_keep")
KEEP_OBJECTIONS = read_parts("objections_touched", "objections_fold", "objections_keep")
COMPARE_PERMISSIONS = read_parts(
    "permissions_of_contacts", "permissions_fold", "permissions_compare", "differences"
)
COMPARE_OBJECTIONS = read_parts(
    "objections_of_contacts", "objections_fold", "objections_compare", "differences"
)

# The same folds over the acts up to a moment, as known at another: parameters `at` and `known_at`.
UNTIL = "AND event.occurred_at <= %(at)s::timestamptz AND event.recorded_at <= %(known_at)s::timestamptz"
FOLD_PERMISSIONS_THEN = read_parts("permissions_fold").replace("/* until */", UNTIL)
FOLD_OBJECTIONS_THEN = read_parts("objections_fold").replace("/* until */", UNTIL)
