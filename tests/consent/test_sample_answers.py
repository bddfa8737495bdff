"""What the rules answer for each person of the sample, thought through from the rules and not from the code.

A line is: legal entity, purpose, channel, product group or "-", moment, code. A moment is that of the legal
entity's clock; a date alone means noon.
"""

import datetime
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import transaction

from consent.domain.engine.answering import Answer, ask, ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.moments import read_moment
from consent.domain.engine.question import Question, put_question
from consent.models import Channel
from customers.models import ContactPoint, LegalEntity
from tests.consent.sample_facts import BRUSSELS, EVERYWHERE, PEOPLE
from tests.make import NOW

ZONES = {"belgaboek": "Europe/Brussels"}

ANSWERS = {
    "anna": """
        lampenwinkel offers CALL lampen 2021-06-30T23:59 D_NO_PACK
        lampenwinkel offers CALL lampen 2021-07-01T00:00 D_NO_BASIS
        lampenwinkel offers CALL lampen 2025-03-10T11:59 D_NO_BASIS
        lampenwinkel offers CALL lampen 2025-03-10T12:01 A_REL_SALE
        lampenwinkel offers CALL lampen 2026-05-03 A_REL_SALE
        lampenwinkel offers CALL lampen 2026-06-30T23:59 A_REL_SALE
        lampenwinkel offers CALL lampen 2026-07-01T00:00 D_REL_ENDED_20260701
        lampenwinkel offers CALL lampen 2026-07-01T00:01 D_REL_ENDED_20260701
        lampenwinkel offers CALL lichtbronnen 2026-05-03 A_REL_SALE
        lampenwinkel offers CALL meubels 2026-05-03 D_REL_NOT_SIMILAR
        lampenwinkel offers CALL - 2026-05-03 D_REL_NOT_SIMILAR
        lampenwinkel offers CALL meubels 2026-07-02 D_REL_ENDED_20260701
        lampenwinkel offers EMAIL lampen 2026-05-03 A_SOFT_OPTIN
        lampenwinkel offers EMAIL lampen 2026-07-02 A_SOFT_OPTIN
        lampenwinkel offers EMAIL lampen 2028-03-12 A_SOFT_OPTIN
        lampenwinkel offers EMAIL meubels 2026-05-03 D_REL_NOT_SIMILAR
        lampenwinkel offers SMS lampen 2026-07-02 A_SOFT_OPTIN
        lampenwinkel offers MESSAGING lampen 2026-07-02 A_SOFT_OPTIN
        lampenwinkel offers AUTOMATED_CALL lampen 2026-05-03 D_AUTOMATED_CALL
        lampenwinkel offers POST lampen 2026-05-03 D_ADDRESS_INVALID
        lampenwinkel service CALL - 2026-07-02 A_SERVICE
        lampenwinkel service EMAIL - 2025-03-10T11:59 D_NO_BASIS
        lampenwinkel profiling NONE - 2026-05-03 D_NO_BASIS
        stroomkring offers CALL stroom 2026-05-03 D_REL_OTHER_ENTITY
        stroomkring offers EMAIL stroom 2026-07-02 D_REL_OTHER_ENTITY
        stroomkring service CALL - 2026-05-03 D_REL_OTHER_ENTITY
    """,
    "bram": """
        harthulp fundraising CALL - 2025-11-02T11:59 D_NO_BASIS
        harthulp fundraising CALL - 2025-11-02T12:01 A_REL_DONOR
        harthulp fundraising CALL - 2026-06-30T23:59 A_REL_DONOR
        harthulp fundraising CALL - 2026-07-01T00:01 A_REL_DONOR
        harthulp fundraising CALL - 2028-11-02T23:59 A_REL_DONOR
        harthulp fundraising CALL - 2028-11-03T00:00 D_REL_TERM_3Y
        harthulp fundraising EMAIL - 2026-05-03 A_REL_DONOR
        harthulp fundraising EMAIL - 2028-11-03 A_REL_DONOR
        harthulp fundraising SMS - 2026-05-03 A_REL_DONOR
        harthulp fundraising POST - 2026-05-03 D_ADDRESS_INVALID
        harthulp fundraising AUTOMATED_CALL - 2026-05-03 D_AUTOMATED_CALL
        harthulp newsletter EMAIL - 2026-05-03 A_REL_DONOR
        harthulp service EMAIL - 2026-05-03 A_SERVICE
    """,
    "carla": """
        harthulp fundraising CALL - 2024-01-31 D_NO_BASIS
        harthulp fundraising CALL - 2024-02-02 A_REL_VOLUNTEER
        harthulp fundraising CALL - 2026-05-03 A_REL_VOLUNTEER
        harthulp fundraising CALL - 2026-07-01T00:01 A_REL_VOLUNTEER
        harthulp fundraising CALL - 2028-06-15T23:59 A_REL_VOLUNTEER
        harthulp fundraising CALL - 2028-06-16T00:00 D_REL_TERM_3Y
        harthulp fundraising EMAIL - 2026-05-03 D_REL_CALL_ONLY
        harthulp newsletter EMAIL - 2026-05-03 D_REL_CALL_ONLY
    """,
    "daan": """
        lampenwinkel offers CALL lampen 2021-09-01T11:59 D_NO_BASIS
        lampenwinkel offers CALL lampen 2024-09-01T23:59 A_REL_SALE
        lampenwinkel offers CALL lampen 2024-09-02T00:00 D_REL_TERM_3Y
        lampenwinkel offers CALL lampen 2026-06-30T23:59 D_REL_TERM_3Y
        lampenwinkel offers CALL lampen 2026-07-01T00:01 D_REL_ENDED_20260701
        lampenwinkel offers EMAIL lampen 2026-07-02 A_SOFT_OPTIN
    """,
    "els": """
        lampenwinkel offers CALL lampen 2025-08-01T11:59 A_REL_SALE
        lampenwinkel offers CALL lampen 2025-08-01T12:01 D_OBJECTION
        lampenwinkel offers CALL lampen 2026-07-02 D_OBJECTION
        lampenwinkel offers EMAIL lampen 2025-08-01T11:59 A_SOFT_OPTIN
        lampenwinkel offers EMAIL lampen 2025-08-02 D_OBJECTION
        stroomkring offers EMAIL stroom 2025-08-02 D_OBJECTION
        lampenwinkel profiling NONE - 2025-08-02 D_OBJECTION
        lampenwinkel service EMAIL - 2025-08-02 A_SERVICE
    """,
    "fatima": """
        bosvogels membership-call CALL - 2026-09-20T11:59 D_NO_BASIS
        bosvogels membership-call CALL - 2026-09-21 A_CONSENT
        bosvogels membership-call CALL - 2027-03-20T23:59 A_CONSENT
        bosvogels membership-call CALL - 2027-03-21T00:00 D_FIRST_CONTACT_TERM
        bosvogels membership-call EMAIL - 2026-09-21 D_NO_BASIS
        bosvogels membership-call AUTOMATED_CALL - 2026-09-21 D_AUTOMATED_CALL
        bosvogels fundraising CALL - 2026-09-21 D_CONSENT_OTHER_PURPOSE
        bosvogels fundraising CALL - 2027-03-21 D_NO_BASIS
        bosvogels service CALL - 2026-09-21 A_SERVICE
    """,
    "gijs": """
        lampenwinkel offers CALL lampen 2026-05-03 D_NO_BASIS
        lampenwinkel offers CALL lampen 2026-07-02 D_NO_BASIS
        harthulp fundraising CALL - 2026-05-03 D_NO_BASIS
        geluksloterij offers EMAIL loten 2026-05-03 D_NO_BASIS
        lampenwinkel service CALL - 2026-05-03 D_NO_BASIS
    """,
    "bakkerij": """
        lampenwinkel offers CALL lampen 2026-05-03 A_LEGAL_PERSON
        lampenwinkel offers CALL - 2026-07-02 A_LEGAL_PERSON
        harthulp fundraising CALL - 2026-07-02 A_LEGAL_PERSON
        belgaboek offers CALL boeken 2026-07-02 A_LEGAL_PERSON
        lampenwinkel service CALL - 2026-05-03 A_LEGAL_PERSON
        lampenwinkel offers EMAIL lampen 2026-05-03 D_NO_BASIS
        lampenwinkel offers SMS lampen 2026-05-03 D_NO_BASIS
        lampenwinkel offers AUTOMATED_CALL lampen 2026-05-03 D_AUTOMATED_CALL
    """,
    "ilse": """
        harthulp newsletter EMAIL - 2026-09-30 D_NO_BASIS
        harthulp newsletter EMAIL - 2026-10-02 D_NOT_CONFIRMED
        harthulp fundraising EMAIL - 2026-10-02 D_NO_BASIS
        harthulp fundraising CALL - 2026-10-02 D_NO_BASIS
        harthulp service EMAIL - 2026-10-02 A_SERVICE
    """,
    "joost": """
        harthulp newsletter EMAIL - 2026-10-04 D_NO_BASIS
        harthulp newsletter EMAIL - 2026-10-06 A_CONSENT
        harthulp fundraising CALL - 2026-10-06 D_ADDRESS_INVALID
        harthulp fundraising EMAIL - 2026-10-06 D_CONSENT_OTHER_PURPOSE
        harthulp service CALL - 2026-10-06 D_ADDRESS_INVALID
    """,
    "karin": """
        dagpost offers CALL krant 2026-01-31 D_NO_BASIS
        dagpost offers CALL krant 2026-03-01 A_REL_PUBLISHER
        dagpost offers CALL krant 2026-06-30T23:59 A_REL_PUBLISHER
        dagpost offers CALL krant 2026-07-01T00:01 A_REL_PUBLISHER
        dagpost offers CALL krant 2029-04-01T23:59 A_REL_PUBLISHER
        dagpost offers CALL krant 2029-04-02T00:00 D_REL_TERM_3Y
        dagpost offers CALL - 2026-05-03 D_REL_NOT_SIMILAR
        dagpost offers EMAIL krant 2026-05-03 A_SOFT_OPTIN
        dagpost offers POST krant 2026-05-03 A_LEGITIMATE_INTEREST
        dagpost offers AUTOMATED_CALL krant 2026-05-03 D_AUTOMATED_CALL
    """,
    "lotte": """
        belgaboek offers CALL boeken 2025-02-01 D_DNCM_STALE
        belgaboek offers CALL boeken 2026-11-01T23:54 D_DNCM_STALE
        belgaboek offers CALL boeken 2026-11-01T23:56 D_DNCM_LISTED
        belgaboek offers CALL boeken 2026-11-06T23:54 D_DNCM_LISTED
        belgaboek offers CALL boeken 2026-11-06T23:56 D_DNCM_STALE
        belgaboek offers EMAIL boeken 2026-11-03 D_NO_BASIS
        belgaboek offers SMS boeken 2026-11-03 D_NO_BASIS
        belgaboek offers AUTOMATED_CALL boeken 2026-11-03 D_AUTOMATED_CALL
        belgaboek service CALL - 2026-11-03 A_SERVICE
    """,
    "luc": """
        belgaboek offers CALL boeken 2026-10-01 D_DNCM_STALE
        belgaboek offers CALL boeken 2026-11-01T23:54 D_DNCM_STALE
        belgaboek offers CALL boeken 2026-11-01T23:56 A_CONSENT_AFTER_DNCM
        belgaboek offers CALL boeken 2026-11-06T23:54 A_CONSENT_AFTER_DNCM
        belgaboek offers CALL boeken 2026-11-06T23:56 D_DNCM_STALE
    """,
    "milan": """
        harthulp newsletter EMAIL - 2026-09-14 D_MINOR
        harthulp newsletter EMAIL - 2026-09-16 D_MINOR
        harthulp newsletter EMAIL - 2028-03-02 D_MINOR
        harthulp newsletter EMAIL - 2028-03-04 D_MINOR
        harthulp fundraising CALL - 2026-09-16 D_MINOR
        harthulp fundraising CALL - 2028-03-04 D_NO_BASIS
        harthulp service EMAIL - 2026-09-16 A_SERVICE
    """,
    "noor": """
        lampenwinkel offers CALL lampen 2026-06-30T23:59 D_REL_NO_OPTOUT_AT_COLLECTION
        lampenwinkel offers CALL lampen 2026-07-01T00:01 D_REL_ENDED_20260701
        lampenwinkel offers EMAIL lampen 2026-07-02 D_REL_NO_OPTOUT_AT_COLLECTION
    """,
    "omar": """
        lampenwinkel offers CALL lampen 2026-05-03 D_REL_OTHER_ENTITY
        lampenwinkel offers EMAIL lampen 2026-07-02 D_REL_OTHER_ENTITY
        stroomkring offers CALL stroom 2025-05-01T11:59 D_NO_BASIS
        stroomkring offers CALL stroom 2026-06-30T23:59 A_REL_SALE
        stroomkring offers CALL stroom 2026-07-01T00:01 D_REL_ENDED_20260701
        stroomkring offers EMAIL stroom 2026-07-02 A_SOFT_OPTIN
    """,
    "petra": """
        lampenwinkel offers CALL lampen 2026-08-01T11:59 D_NO_BASIS
        lampenwinkel offers CALL lampen 2026-08-01T12:01 D_UNVERIFIED
        lampenwinkel offers CALL lampen 2026-08-02T11:59 D_UNVERIFIED
        lampenwinkel offers CALL lampen 2026-08-02T12:01 A_CONSENT
        lampenwinkel offers CALL - 2026-08-03 A_CONSENT
        lampenwinkel offers CALL lampen 2027-02-01T23:59 A_CONSENT
        lampenwinkel offers CALL lampen 2027-02-02T00:00 D_FIRST_CONTACT_TERM
        lampenwinkel offers EMAIL lampen 2026-08-03 D_NO_BASIS
        lampenwinkel offers SMS lampen 2026-08-03 D_NO_BASIS
        stroomkring offers CALL stroom 2026-08-03 D_NO_BASIS
    """,
    "quinten": """
        lampenwinkel offers CALL lampen 2026-08-03 D_UNVERIFIED
        lampenwinkel offers CALL lampen 2027-02-03 D_UNVERIFIED
    """,
    "rosa": """
        bosvogels fundraising CALL - 2025-04-30 D_NO_BASIS
        bosvogels fundraising CALL - 2026-05-03 D_NO_REL_KIND
        bosvogels fundraising EMAIL - 2026-05-03 D_NO_REL_KIND
        bosvogels service CALL - 2026-05-03 D_NO_REL_KIND
    """,
    "ruben": """
        bosvogels fundraising CALL - 2025-09-19 D_NO_BASIS
        bosvogels fundraising CALL - 2026-05-03 A_REL_ATTENDEE
        bosvogels fundraising CALL - 2026-07-01T00:01 A_REL_ATTENDEE
        bosvogels fundraising CALL - 2028-09-20T23:59 A_REL_ATTENDEE
        bosvogels fundraising CALL - 2028-09-21T00:00 D_REL_TERM_3Y
        bosvogels fundraising EMAIL - 2026-05-03 D_REL_CALL_ONLY
    """,
    "sjoerd": """
        lampenwinkel offers CALL lampen 2026-01-15T11:59 A_REL_SALE
        lampenwinkel offers CALL lampen 2026-01-15T12:01 D_RESTRICTED
        lampenwinkel offers CALL lampen 2026-07-02 D_RESTRICTED
        lampenwinkel offers EMAIL lampen 2026-01-16 D_RESTRICTED
        lampenwinkel service EMAIL - 2026-01-14 A_SERVICE
        lampenwinkel service EMAIL - 2026-01-16 D_RESTRICTED
    """,
    "tess": """
        werkplaats talent-pool EMAIL - 2025-11-30 D_NO_BASIS
        werkplaats talent-pool EMAIL - 2025-12-02 A_CONSENT
        werkplaats talent-pool EMAIL - 2026-12-01T23:59 A_CONSENT
        werkplaats talent-pool EMAIL - 2026-12-02T00:00 D_EXPIRED
        werkplaats talent-pool CALL - 2025-12-02 D_NO_BASIS
    """,
    "umut": """
        harthulp fundraising CALL - 2026-03-01T11:59 D_NO_BASIS
        harthulp fundraising CALL - 2026-03-01T12:01 D_SUPPRESSED
        harthulp newsletter EMAIL - 2026-03-02 D_SUPPRESSED
        harthulp service EMAIL - 2026-03-02 D_SUPPRESSED
        lampenwinkel offers CALL lampen 2026-03-02 D_NO_BASIS
    """,
    "vera": """
        harthulp newsletter EMAIL - 2024-01-09 D_NO_BASIS
        harthulp newsletter EMAIL - 2024-01-11 A_CONSENT
        harthulp newsletter EMAIL - 2025-02-01T11:59 A_CONSENT
        harthulp newsletter EMAIL - 2025-02-01T12:01 D_WITHDRAWN
        harthulp newsletter EMAIL - 2026-10-09 D_WITHDRAWN
        harthulp newsletter EMAIL - 2026-10-10T11:59 D_WITHDRAWN
        harthulp newsletter EMAIL - 2026-10-10T12:01 A_CONSENT
        harthulp fundraising EMAIL - 2024-01-11 D_CONSENT_OTHER_PURPOSE
        harthulp fundraising EMAIL - 2025-02-02 D_NO_BASIS
        harthulp fundraising EMAIL - 2026-10-11 D_CONSENT_OTHER_PURPOSE
    """,
    "wim": """
        geluksloterij offers CALL loten 2025-12-24T11:59 D_NO_BASIS
        geluksloterij offers CALL loten 2025-12-25 A_REL_LOTTERY
        geluksloterij offers CALL loten 2026-07-01T00:01 A_REL_LOTTERY
        geluksloterij offers CALL loten 2028-12-24T23:59 A_REL_LOTTERY
        geluksloterij offers CALL loten 2028-12-25T00:00 D_REL_TERM_3Y
        geluksloterij offers EMAIL loten 2026-05-03 A_SOFT_OPTIN
    """,
    "xandra": """
        lampenwinkel offers CALL lampen 2026-02-02T11:59 A_REL_SALE
        lampenwinkel offers CALL lampen 2026-02-02T12:01 D_OBJECTION
        lampenwinkel offers CALL lampen 2026-07-02 D_OBJECTION
        lampenwinkel offers EMAIL lampen 2026-02-03 A_SOFT_OPTIN
        lampenwinkel offers SMS lampen 2026-02-03 A_SOFT_OPTIN
        lampenwinkel offers AUTOMATED_CALL lampen 2026-02-03 D_AUTOMATED_CALL
        lampenwinkel service CALL - 2026-02-03 A_SERVICE
        stroomkring offers CALL stroom 2026-02-03 D_REL_OTHER_ENTITY
    """,
    "yusuf": """
        lampenwinkel offers EMAIL lampen 2025-03-31 A_SOFT_OPTIN
        lampenwinkel offers EMAIL lampen 2025-04-02 A_CONSENT
        lampenwinkel offers EMAIL lampen 2025-09-01T11:59 A_CONSENT
        lampenwinkel offers EMAIL lampen 2025-09-01T12:01 D_WITHDRAWN
        lampenwinkel offers SMS lampen 2025-09-02 A_SOFT_OPTIN
        lampenwinkel offers CALL lampen 2025-09-02 A_REL_SALE
        lampenwinkel offers CALL lampen 2026-07-02 D_REL_ENDED_20260701
    """,
    "zoe": """
        lampenwinkel offers CALL lampen 2025-05-01T11:59 A_REL_SALE
        lampenwinkel offers CALL lampen 2025-05-01T12:01 D_OBJECTION
        lampenwinkel offers CALL lampen 2026-09-01T11:59 D_OBJECTION
        lampenwinkel offers CALL lampen 2026-09-02 A_CONSENT
        lampenwinkel offers CALL lampen 2027-03-01T23:59 A_CONSENT
        lampenwinkel offers CALL lampen 2027-03-02T00:00 D_OBJECTION
        lampenwinkel offers EMAIL lampen 2026-09-02 D_OBJECTION
        lampenwinkel offers SMS lampen 2026-09-02 D_OBJECTION
        stroomkring offers CALL stroom 2026-09-02 D_REL_OTHER_ENTITY
    """,
    "abel": """
        lampenwinkel offers EMAIL lampen 2025-05-31 A_SOFT_OPTIN
        lampenwinkel offers EMAIL lampen 2025-06-02 A_SOFT_OPTIN
        lampenwinkel offers EMAIL meubels 2025-06-02 D_REFUSED
        lampenwinkel offers CALL lampen 2025-06-02 A_REL_SALE
        lampenwinkel offers CALL lampen 2026-07-01T00:01 D_REL_ENDED_20260701
    """,
    "bea": """
        bosvogels membership-call CALL - 2026-10-01 A_CONSENT
        bosvogels membership-call CALL - 2026-10-02T11:59 A_CONSENT
        bosvogels membership-call CALL - 2026-10-02T12:01 D_USED_UP
        bosvogels membership-call CALL - 2027-03-22 D_USED_UP
    """,
    "cas": """
        lampenwinkel offers CALL lampen 2024-12-31 D_NO_BASIS
        lampenwinkel offers CALL lampen 2025-01-02 A_PUBLISHED
        lampenwinkel offers CALL - 2026-07-02 A_PUBLISHED
        lampenwinkel offers SMS lampen 2026-07-02 A_PUBLISHED
        lampenwinkel offers EMAIL lampen 2026-07-02 D_NO_BASIS
        lampenwinkel offers AUTOMATED_CALL lampen 2026-07-02 D_AUTOMATED_CALL
        stroomkring offers CALL stroom 2026-07-02 A_PUBLISHED
    """,
    "dirk": """
        belgaboek offers EMAIL boeken 2026-01-10T11:59 D_NO_BASIS
        belgaboek offers EMAIL boeken 2026-05-03 A_SOFT_OPTIN_BE
        belgaboek offers EMAIL boeken 2029-02-01 A_SOFT_OPTIN_BE
        belgaboek offers EMAIL - 2026-05-03 D_REL_NOT_SIMILAR
        belgaboek offers SMS boeken 2026-05-03 D_NO_BASIS
        belgaboek offers CALL boeken 2026-05-03 D_DNCM_STALE
        belgaboek offers CALL boeken 2026-11-03 D_NO_BASIS
        belgaboek offers CALL boeken 2026-11-07 D_DNCM_STALE
        belgaboek service CALL - 2026-11-07 A_SERVICE
    """,
    "eva": """
        harthulp newsletter EMAIL - 2024-10-31 D_NO_BASIS
        harthulp newsletter EMAIL - 2024-12-01 D_EVIDENCE_INCOMPLETE
        harthulp newsletter EMAIL - 2025-02-01 D_EVIDENCE_INCOMPLETE
        harthulp fundraising EMAIL - 2025-02-01 D_NO_BASIS
    """,
    "info": """
        belgaboek offers EMAIL boeken 2026-05-03 A_BE_IMPERSONAL
        belgaboek offers EMAIL - 2026-05-03 A_BE_IMPERSONAL
        belgaboek offers CALL boeken 2026-10-01 D_DNCM_STALE
        belgaboek offers CALL boeken 2026-11-03 D_NO_BASIS
        belgaboek offers SMS boeken 2026-05-03 D_NO_BASIS
    """,
}
ROWS = [(name, *line.split()) for name, lines in ANSWERS.items() for line in lines.strip().splitlines()]

# Somebody nobody knows: an address, then the line.
STRANGERS = """
    nobody@example.org lampenwinkel offers EMAIL lampen 2026-05-03 D_NO_BASIS
    020-0000190 lampenwinkel offers CALL lampen 2026-05-03 D_NO_BASIS
    020-0000190 lampenwinkel service CALL - 2026-05-03 D_NO_BASIS
    020-0000190 lampenwinkel offers AUTOMATED_CALL - 2026-05-03 D_AUTOMATED_CALL
    nobody@example.org lampenwinkel offers CALL lampen 2026-05-03 D_ADDRESS_INVALID
    020-0000190 lampenwinkel offers EMAIL lampen 2026-05-03 D_ADDRESS_INVALID
    geen-adres lampenwinkel offers EMAIL lampen 2026-05-03 D_ADDRESS_INVALID
    0612345678 lampenwinkel offers CALL lampen 2026-05-03 D_ADDRESS_INVALID
    0611111111 lampenwinkel offers CALL lampen 2026-05-03 D_ADDRESS_INVALID
    geen-adres lampenwinkel offers EMAIL lampen 2021-06-30 D_NO_PACK
    +442070000190 lampenwinkel offers CALL lampen 2026-05-03 D_NO_BASIS
    +3222000190 lampenwinkel offers CALL lampen 2026-11-03 D_NO_BASIS
    +3222000190 lampenwinkel offers CALL lampen 2026-11-07 D_DNCM_STALE
    +3222000113 lampenwinkel offers CALL lampen 2026-11-03 D_DNCM_LISTED
"""
STRANGER_ROWS = [tuple(line.split()) for line in STRANGERS.strip().splitlines()]

# Every reason, the main code first, then the others in the order of the tables; also when the answer is yes.
REASONS = {
    "anna lampenwinkel offers CALL meubels 2026-07-02": "D_REL_ENDED_20260701 D_REL_NOT_SIMILAR",
    "anna lampenwinkel offers CALL lampen 2026-05-03": "A_REL_SALE",
    "daan lampenwinkel offers CALL lampen 2026-07-02": "D_REL_ENDED_20260701 D_REL_TERM_3Y",
    "noor lampenwinkel offers CALL lampen 2026-07-02": "D_REL_ENDED_20260701 D_REL_NO_OPTOUT_AT_COLLECTION",
    "sjoerd lampenwinkel offers CALL lampen 2026-07-02": "D_RESTRICTED D_REL_ENDED_20260701",
    "quinten lampenwinkel offers CALL lampen 2027-02-03": "D_UNVERIFIED D_FIRST_CONTACT_TERM",
    "abel lampenwinkel offers EMAIL lampen 2025-06-02": "A_SOFT_OPTIN D_REFUSED",
    "bea bosvogels membership-call CALL - 2027-03-22": "D_USED_UP",
    "carla harthulp fundraising EMAIL - 2026-05-03": "D_REL_CALL_ONLY",
    "els lampenwinkel service EMAIL - 2025-08-02": "A_SERVICE D_OBJECTION D_REL_NOT_SIMILAR",
    "joost harthulp fundraising EMAIL - 2026-10-06": "D_CONSENT_OTHER_PURPOSE",
}

# The first moment at which time alone could change the answer, on the legal entity's clock; "-": none.
UNTIL = {
    "anna lampenwinkel offers CALL lampen 2026-05-03": "2026-07-01 00:00",
    "anna lampenwinkel offers EMAIL lampen 2026-05-03": "-",
    "bram harthulp fundraising CALL - 2026-07-02": "2028-11-03 00:00",
    "daan lampenwinkel offers CALL lampen 2023-05-03": "2024-09-02 00:00",
    "fatima bosvogels membership-call CALL - 2026-10-01": "2027-03-21 00:00",
    "luc belgaboek offers CALL boeken 2026-11-03": "2026-11-06 23:55",
    "tess werkplaats talent-pool EMAIL - 2026-05-03": "2026-12-02 00:00",
    "vera harthulp newsletter EMAIL - 2026-11-03": "-",
    "wim geluksloterij offers CALL loten 2026-05-03": "2028-12-25 00:00",
    "zoe lampenwinkel offers CALL lampen 2026-11-03": "2027-03-02 00:00",
}

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def sample(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("sample", people=0, verbosity=0)
        yield
        transaction.set_rollback(True)


def question(line: str, *, known_at: datetime.datetime | None = None) -> Question:
    entity, purpose, channel, group, moment, *_code = line.split()
    return put_question(
        legal_entity=entity,
        purpose=purpose,
        channel=channel,
        product_group="" if group == "-" else group,
        at=read_moment(text=moment, zone=ZONES.get(entity, "Europe/Amsterdam")),
        known_at=known_at,
        now=NOW,
    )


def person(name: str, *, entity: str, channel: str) -> Asked:
    """Ask as staff would: by the address, or by the contact where the channel has no address to type."""
    emails = {"info": "info@example.be"}
    typed = {"joost": "0612345678", "umut": "+31200000123"}
    organisation = LegalEntity.objects.get(code=entity).organisation_id
    email = emails.get(name, f"{name}@example.org")
    if channel == Channel.EMAIL:
        return Asked(text=email)
    if channel in (Channel.POST, Channel.NONE):
        known = ContactPoint.objects.get(organisation=organisation, value=email)
        return Asked(text="" if channel == Channel.POST else email, contact_id=known.contact_id)
    if name in typed:
        return Asked(text=typed[name])
    points = PEOPLE[name][1].points if name in PEOPLE else EVERYWHERE[name].points
    return Asked(text=points[1].split()[0])


def answer_for(line: str) -> Answer:
    name, rest = line.split(maxsplit=1)
    entity, _purpose, channel, *_others = rest.split()
    return ask_one(question=question(rest), asked=person(name, entity=entity, channel=channel))


def test_everybody_of_the_sample_is_asked_about() -> None:
    assert sorted(ANSWERS) == sorted([*PEOPLE, *EVERYWHERE, "umut"])


@pytest.mark.parametrize("row", ROWS, ids=" ".join)
def test_answer_for_a_person_of_the_sample(row: tuple[str, ...]) -> None:
    *_question, expected = row

    answer = answer_for(" ".join(row))

    assert (answer.decision.code, answer.decision.allowed) == (expected, expected.startswith("A_"))


@pytest.mark.parametrize("row", STRANGER_ROWS, ids=" ".join)
def test_answer_for_somebody_unknown(row: tuple[str, ...]) -> None:
    address, *line, expected = row

    answer = ask_one(question=question(" ".join(line)), asked=Asked(text=address))

    assert (answer.decision.code, answer.contact_id) == (expected, None)


@pytest.mark.parametrize(("line", "reasons"), REASONS.items())
def test_every_reason_is_told_in_the_order_of_the_tables(line: str, reasons: str) -> None:
    assert " ".join(answer_for(line).decision.reasons) == reasons


@pytest.mark.parametrize(("line", "until"), UNTIL.items())
def test_answer_says_until_when_it_holds(line: str, until: str) -> None:
    valid_until = answer_for(line).valid_until
    zone = ZoneInfo(ZONES.get(line.split()[1], "Europe/Amsterdam"))

    assert (f"{valid_until.astimezone(zone):%Y-%m-%d %H:%M}" if valid_until else "-") == until


def test_a_permission_imported_later_was_not_known_before() -> None:
    line = "harthulp newsletter EMAIL - 2024-12-01"
    day_before = datetime.datetime(2025, 1, 14, 12, 0, tzinfo=BRUSSELS)
    eva = Asked(text="eva@example.org")

    then = ask_one(question=question(line, known_at=day_before), asked=eva)
    now = ask_one(question=question(line), asked=eva)

    assert (then.decision.code, now.decision.code) == ("D_NO_BASIS", "D_EVIDENCE_INCOMPLETE")


def test_a_list_taken_later_was_not_known_before() -> None:
    line = "belgaboek offers CALL boeken 2026-11-03"
    day_before = datetime.datetime(2026, 11, 1, 12, 0, tzinfo=BRUSSELS)

    answer = ask_one(question=question(line, known_at=day_before), asked=Asked(text="+3222000113"))

    assert answer.decision.code == "D_DNCM_STALE"


def test_everybody_asked_at_once_gets_the_answer_they_get_alone() -> None:
    lines = [
        " ".join(row)
        for row in ROWS
        if row[1:5] == ("lampenwinkel", "offers", "CALL", "lampen") and row[5] == "2026-07-02"
    ]
    asked = [person(line.split()[0], entity="lampenwinkel", channel="CALL") for line in lines]

    together = ask(question=question("lampenwinkel offers CALL lampen 2026-07-02"), asked=asked)

    assert len(lines) == 5
    assert together == [answer_for(line) for line in lines]


def test_each_ground_of_the_sample_names_what_it_rests_on() -> None:
    allowed = [" ".join(row) for row in ROWS if row[-1].startswith("A_")]

    without = [line for line in allowed if not answer_for(line).evidence]

    assert without == []
