"""The forms of what a journey does: only stages, segments and scores of its own legal entity are offered."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from django import forms

from scoring.admin.adding_rows import MORE, AsTypedForm
from scoring.domain.journeys.colleagues import find_doers
from scoring.domain.rules.checking import find_condition_fault
from scoring.models import (
    Campaign,
    Journey,
    JourneyAction,
    JourneyRule,
    JourneyStage,
    RuleCondition,
    ScoreRule,
)

CONDITIONS: Final = 3  # At first; a button adds one more.
MOST: Final = 12
PARTS: Final = ("field", "name", "comparison", "text", "number")


def condition_names(number: int = MOST) -> Iterator[tuple[str, ...]]:
    """The fields of each condition, that stand on one line."""
    for place in range(number):
        yield tuple(f"condition{place}_{part}" for part in PARTS)


def _condition_fields() -> dict[str, forms.Field]:
    """As on the form of a score rule, each optional: a condition that is left empty is none."""
    found: dict[str, forms.Field] = {}
    for names in condition_names():
        fields = forms.fields_for_model(RuleCondition, fields=PARTS)
        for name, field in zip(names, fields.values(), strict=True):
            field.required = False
            found[name] = field
    return found


def count_shown(*, rule: JourneyRule | None, typed: Mapping[str, str]) -> int:
    """How many conditions the form shows: those that were typed or saved, and one more to add."""
    shown = sum(f"condition{place}_field" in typed for place in range(MOST))
    saved = len(rule.conditions) + 1 if rule else 0
    return min(max(CONDITIONS, shown + (MORE in typed), saved), MOST)


class OfJourneyForm(forms.ModelForm[Any]):
    """A part of one journey."""

    asked_journey: ClassVar[str] = ""
    asked_stage: ClassVar[str] = ""

    def keep_to(self, journey: Journey | None) -> None:
        """Offer what is of the journey and its legal entity, and nothing of others."""
        for name in ("from_stage", "to_stage", "stage") if journey else ():
            self.narrow(name, journey=journey)
        for name in ("segment", "score_model", "campaign") if journey else ():
            self.narrow(name, legal_entity=journey and journey.legal_entity_id)

    def narrow(self, name: str, **kept: Any) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
            field.queryset = field.queryset.filter(**kept)


class JourneyRuleForm(AsTypedForm, OfJourneyForm):
    """A rule of a journey, with its conditions in the words of score rules."""

    class Meta:
        model = JourneyRule
        exclude = ("conditions",)  # noqa: DJ006  (they are the fields below)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        saved = self.instance.journey if self.instance.journey_id else found_journey(self.asked_journey)
        self.keep_to(saved)
        for names, said in zip(condition_names(), self.instance.conditions, strict=False):
            for name, part in zip(names, PARTS, strict=True):
                self.initial[name] = said.get(part)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kept = [one for names in condition_names() if (one := self.condition(names, cleaned))]
        rule = ScoreRule(looks_at=cleaned.get("looks_at") or ScoreRule.LooksAt.PERSON)
        if not self.errors and (sentence := find_condition_fault(rule=rule, conditions=kept)):
            self.add_error("condition0_field", sentence)
        self.instance.conditions = [_as_said(one) for one in kept]
        return cleaned

    def condition(self, names: tuple[str, ...], cleaned: dict[str, Any]) -> RuleCondition | None:
        """One condition as it was typed; what is wrong with it is said beside its first field."""
        said = {part: cleaned.get(name) for name, part in zip(names, PARTS, strict=True)}
        if all(value in (None, "") for value in said.values()):
            return None
        found = RuleCondition(**{part: "" if value is None else value for part, value in said.items()})
        found.number = said["number"]
        try:
            found.full_clean(exclude={"rule"}, validate_unique=False)
        except forms.ValidationError as error:
            self.add_error(names[0], list(dict.fromkeys(error.messages)))
        return found


class ActionForm(OfJourneyForm):
    """One thing that is done in a stage."""

    class Meta:
        model = JourneyAction
        fields = (
            "stage",
            "after_days",
            "what",
            "campaign",
            "words",
            "due_days",
            "department",
            "staff",
            "segment",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stage = self.instance.stage if self.instance.stage_id else found_stage(self.asked_stage)
        self.keep_to(stage.journey if stage else None)
        self.narrow("campaign", begins=Campaign.Begins.JOURNEY)
        self.narrow("segment", model__isnull=True)
        if stage:
            doers = find_doers(legal_entity=stage.journey.legal_entity)
            self.narrow("staff", pk__in=doers.values("pk"))
            self.narrow("department", pk__in=doers.values("department"))


JourneyRuleForm.declared_fields |= _condition_fields()


def found_journey(key: str) -> Journey | None:
    return Journey.objects.filter(pk=key).first() if is_key(key) else None


def found_stage(key: str) -> JourneyStage | None:
    return (
        JourneyStage.objects.select_related("journey__legal_entity").filter(pk=key).first()
        if is_key(key)
        else None
    )


def is_key(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _as_said(condition: RuleCondition) -> dict[str, Any]:
    number = None if condition.number is None else str(condition.number.normalize())
    said = {"field": condition.field, "name": condition.name, "comparison": condition.comparison}
    return {**said, "text": condition.text, "number": number}
