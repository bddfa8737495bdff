"""What a controller answers for: its security, an impact assessment and a data breach, all made up."""

import datetime
from typing import Final

from consent.management.sample_data.by_code import find_entity, find_officer, find_purpose
from consent.management.sample_data.moments import noon
from consent.models import ImpactAssessment, Incident, SecurityMeasures
from customers.models import Organisation

SECURITY: Final = {
    "nl": (
        "Medewerkers loggen in met een eigen account en zien alleen wat hun werk vraagt. Verbindingen en "
        "bewijs zijn versleuteld. Er is elke nacht een reservekopie, en elk kwartaal zetten wij er een "
        "terug om te zien of het lukt. Wie wat bekeek en uitdraaide, is na te gaan."
    ),
    "en": (
        "Staff log in with an account of their own and see only what their work asks. Connections and proof"
        " are encrypted. There is a copy every night, and each quarter we restore one to see whether that "
        "works. It is known who looked at and took out what."
    ),
}
REVIEWED: Final = datetime.date(2026, 9, 14)


def load_accountability() -> None:
    """Write down how each organisation secures data, an impact assessment, and a closed data breach."""
    for organisation in Organisation.objects.order_by("code"):
        SecurityMeasures.objects.create(organisation=organisation, measures=SECURITY, reviewed_date=REVIEWED)
    _assess_profiles()
    _write_down_breach()


def _assess_profiles() -> None:
    entity = find_entity(code="harthulp")
    assessment = ImpactAssessment.objects.create(
        legal_entity=entity,
        title="Profiel van interesses",
        conclusion=ImpactAssessment.Conclusion.ACCEPTABLE,
        measures=(
            "Risico: mensen worden verrast door wat wij over hen afleiden. Wij gebruiken alleen wat zij "
            "zelf aan ons gaven, leiden niets af over gezondheid, en wie bezwaar maakt krijgt geen profiel."
        ),
        officer_advice="Eens, mits het profiel na twee jaar wordt gewist. Overgenomen.",
        concluded_date=datetime.date(2026, 2, 3),
        document_reference="HH-DPIA-2026-01",
        review_date=datetime.date(2028, 2, 3),
    )
    assessment.purposes.add(find_purpose(entity=entity, code="profiling"))


def _write_down_breach() -> None:
    entity = find_entity(code="harthulp")
    Incident.objects.create(
        organisation=entity.organisation,
        legal_entity=entity,
        title="Uitgeprinte bellijst in de trein",
        kinds=[Incident.Kind.CONFIDENTIALITY],
        what_happened=(
            "Een vrijwilliger liet een afdruk van een bellijst in de trein liggen: namen, nummers en wat "
            "mensen eerder gaven. De conducteur vond hem na een uur en gaf hem terug."
        ),
        happened_from=noon(day="2026-10-13", entity=entity),
        happened_until=noon(day="2026-10-13", entity=entity) + datetime.timedelta(hours=1),
        noticed_at=noon(day="2026-10-13", entity=entity) + datetime.timedelta(hours=1),
        consequences="Iemand kan gezien hebben wie aan ons geeft. Misbruik is niet gebleken.",
        measures="Bellijsten worden niet meer afgedrukt; het bellen gaat alleen nog vanaf het scherm.",
        risk=Incident.Risk.RISK,
        reported_at=noon(day="2026-10-14", entity=entity),
        report_reference="voorbeeld-2026-1014",
        not_told_reason="Geen hoog risico: de lijst was een uur weg en is ongelezen teruggegeven.",
        recorded_at=noon(day="2026-10-13", entity=entity) + datetime.timedelta(hours=2),
        recorded_by=find_officer(entity=entity),
        closed_at=noon(day="2026-10-20", entity=entity),
    )
