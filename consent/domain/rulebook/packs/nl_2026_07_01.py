"""Netherlands from 2026-07-01: a sale is no ground to call any more (Stb. 2025, 12)."""

import dataclasses
import datetime
from typing import Final

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.packs import nl_2021_07_01 as before

# Art. 11.7(4) Tw now sets aside paragraph 1 only: messages, no calls.
SALE_ENDED: Final = dataclasses.replace(before.SALE, code=None, fails=Code.D_REL_ENDED_20260701)

PACK: Final = dataclasses.replace(
    before.PACK,
    code="NL-2026-07-01",
    starts_at=datetime.datetime(2026, 7, 1, tzinfo=before.AMSTERDAM),
    tables={
        **before.PACK.tables,
        "CALL": tuple(SALE_ENDED if ground is before.SALE else ground for ground in before.CALL),
    },
)
