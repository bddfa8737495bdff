"""The grounds that more than one rule pack has; each pack puts its own in the order of its tables."""

from typing import Final

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.conditions import is_valid, own_consent
from consent.domain.rulebook.decision import Basis, Rest
from consent.domain.rulebook.facts import Kind
from consent.domain.rulebook.pack import Ground, RelationGround, Situation

EVERY_SENDER: Final = frozenset({"COMMERCIAL", "CHARITY", "IDEAL", "PUBLISHER", "LOTTERY"})
CHARITIES: Final = frozenset({"CHARITY", "IDEAL"})
SELLERS: Final = frozenset({"COMMERCIAL", "CHARITY", "IDEAL"})
PUBLISHERS: Final = frozenset({"PUBLISHER"})
LOTTERIES: Final = frozenset({"LOTTERY"})
OWN_OFFERS: Final = frozenset({"COMMERCIAL"})
OWN_CAUSE: Final = frozenset({"IDEAL", "CHARITABLE"})


def _consent(situation: Situation) -> Rest | None:
    own = own_consent(situation)
    if own is None or not is_valid(situation, own[1]):
        return None
    return Rest(Basis.CONSENT, own[0])


def _legal_person(situation: Situation) -> Rest | None:
    return Rest(Basis.LEGAL_FORM) if situation.is_legal_person else None


def _published_by_sole_business(situation: Situation) -> Rest | None:
    published = situation.facts.published and situation.is_sole_business
    return Rest(Basis.PUBLICATION) if published else None


def _published_by_business(situation: Situation) -> Rest | None:
    business = situation.is_sole_business or situation.is_legal_person
    return Rest(Basis.PUBLICATION) if situation.facts.published and business else None


def _impersonal(situation: Situation) -> Rest | None:
    impersonal = situation.facts.impersonal and situation.is_legal_person
    return Rest(Basis.PUBLICATION) if impersonal else None


def _balancing_test(situation: Situation) -> Rest | None:
    return Rest(Basis.BALANCING_TEST) if situation.case.balancing_test else None


# Art. 11.7(1) and (2) Tw; art. XII.13 and VI.110 WER; art. 6(1)(a) GDPR.
CONSENT: Final = Ground(code=Code.A_CONSENT, find=_consent)
# Art. 11.7(2) Tw protects natural persons only.
LEGAL_PERSON: Final = Ground(code=Code.A_LEGAL_PERSON, find=_legal_person)
# Art. 11.7(3)(a) Tw.
PUBLISHED_BY_SOLE_BUSINESS: Final = Ground(code=Code.A_PUBLISHED, find=_published_by_sole_business)
PUBLISHED_BY_BUSINESS: Final = Ground(code=Code.A_PUBLISHED, find=_published_by_business)
# Royal Decree of 4 April 2003, art. 1(2).
IMPERSONAL: Final = Ground(code=Code.A_BE_IMPERSONAL, find=_impersonal)
# Art. 6(1)(f) GDPR.
LEGITIMATE_INTEREST: Final = Ground(code=Code.A_LEGITIMATE_INTEREST, find=_balancing_test)
NOT_LISTED: Final = Ground(code=Code.A_BE_NOT_LISTED, find=_balancing_test)

# Art. 11.7(6) Tw.
PUBLISHER_SALE: Final = RelationGround(
    code=Code.A_REL_PUBLISHER, kind=Kind.SALE, senders=PUBLISHERS, contents=OWN_OFFERS
)
LOTTERY_SALE: Final = RelationGround(
    code=Code.A_REL_LOTTERY, kind=Kind.SALE, senders=LOTTERIES, contents=OWN_OFFERS
)
# Art. 11.7(5) Tw: own ideal or charitable purposes only.
DONOR: Final = RelationGround(
    code=Code.A_REL_DONOR, kind=Kind.DONATION, senders=CHARITIES, contents=OWN_CAUSE
)
VOLUNTEER: Final = RelationGround(
    code=Code.A_REL_VOLUNTEER, kind=Kind.VOLUNTEER, senders=CHARITIES, contents=OWN_CAUSE
)
ATTENDEE: Final = RelationGround(
    code=Code.A_REL_ATTENDEE, kind=Kind.ATTENDANCE, senders=CHARITIES, contents=OWN_CAUSE
)
