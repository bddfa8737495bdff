"""The SQL of the ledger: one fold, used to keep the records, to check them and to make them anew."""

from pathlib import Path
from typing import Final

from django.db.models import Model

from consent.models import ConsentRecord, Objection

SQL = Path(__file__).with_name("sql")


def read_parts(*names: str) -> str:
    return "\n".join((SQL / f"{name}.sql").read_text() for name in names)


def fold(name: str, *, acts: str) -> str:
    """The fold of permissions or objections over these acts."""
    return read_parts(f"{name}_fold").replace("/* acts */", acts)


def _compare(name: str, model: type[Model]) -> str:
    """All acts of a range of contacts folded, beside the records of that range.

    They are joined by what identifies a row, so that only the rest is compared: of a row that stands on one
    side alone the other side has nothing where something must stand.
    """
    same = {"id", *(name for one in model._meta.constraints for name in getattr(one, "fields", ()))}  # noqa: SLF001
    columns = [field.column for field in model._meta.concrete_fields if field.name not in same]  # noqa: SLF001
    folded, kept = (", ".join(f"{side}.{column}" for column in columns) for side in ("folded", "kept"))
    differs = f"({folded}) IS DISTINCT FROM ({kept})"
    folded_anew = "WITH " + fold(name, acts=read_parts("acts_of_contacts"))
    return folded_anew + read_parts(f"{name}_compare", "differences").replace("/* differs */", differs)


PERMISSIONS: Final = fold("permissions", acts=read_parts("permissions_acts"))
OBJECTIONS: Final = fold("objections", acts=read_parts("objections_acts"))
PERMISSIONS_KEPT: Final = PERMISSIONS + read_parts("permissions_keep")
OBJECTIONS_KEPT: Final = OBJECTIONS + read_parts("objections_keep")

KEEP_PERMISSIONS = read_parts("permissions_touched") + PERMISSIONS_KEPT
KEEP_OBJECTIONS = read_parts("objections_touched") + OBJECTIONS_KEPT

COMPARE_PERMISSIONS = _compare("permissions", ConsentRecord)
COMPARE_OBJECTIONS = _compare("objections", Objection)

# For contacts whose records differ: what the ledger knows nothing of goes, all else is folded anew.
MEND: Final = (
    read_parts("surplus_permissions"),
    read_parts("surplus_objections"),
    read_parts("permissions_of_contacts") + PERMISSIONS_KEPT,
    read_parts("objections_of_contacts") + OBJECTIONS_KEPT,
)
