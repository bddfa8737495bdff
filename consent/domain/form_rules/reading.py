from dataclasses import dataclass

from consent.models import (
    Channel,
    CollectionChoice,
    CollectionField,
    CollectionPoint,
    Notice,
    NoticeVersion,
    Purpose,
)
from customers.models import ContactPoint, Language

FIELDS_OF_KIND: dict[str, tuple[str, ...]] = {
    ContactPoint.Kind.EMAIL: (CollectionField.Name.EMAIL,),
    ContactPoint.Kind.PHONE: (CollectionField.Name.PHONE,),
    ContactPoint.Kind.POSTAL: (
        CollectionField.Name.STREET,
        CollectionField.Name.POSTAL_CODE,
        CollectionField.Name.CITY,
    ),
}


@dataclass(frozen=True, kw_only=True)
class FormAsMade:
    """A collection point with all that its rules look at, read once."""

    point: CollectionPoint
    fields: list[CollectionField]
    choices: list[CollectionChoice]
    purposes: list[Purpose]

    @property
    def notice_versions(self) -> list[NoticeVersion]:
        notices = [choice.notice_version for choice in self.choices]
        if self.point.soft_optin_notice is not None:
            notices.append(self.point.soft_optin_notice)
        return notices

    @property
    def captions(self) -> list[CollectionChoice]:
        caption = CollectionChoice.Mechanism.CAPTION
        return [choice for choice in self.choices if choice.mechanism == caption]

    def fields_for(self, *, notice: Notice) -> list[CollectionField]:
        """The fields in which the address is typed that a notice is about."""
        names = FIELDS_OF_KIND.get(kind_of(notice=notice), ())
        return [field for field in self.fields if field.name in names]


def read_form(*, collection_point: CollectionPoint) -> FormAsMade:
    """Read a form from the database, whatever the caller's copy says."""
    point = CollectionPoint.objects.select_related(
        "legal_entity",
        "privacy_statement",
        "product_group",
        "soft_optin_notice__notice__purpose",
        "soft_optin_notice__notice__legal_entity",
    ).get(pk=collection_point.pk)
    choices = point.choices.select_related(
        "notice_version__notice__purpose", "notice_version__notice__legal_entity"
    )
    return FormAsMade(
        point=point,
        fields=list(point.fields.order_by("position", "pk")),
        choices=list(choices.order_by("position", "pk")),
        purposes=list(
            Purpose.objects.filter(organisation=point.legal_entity.organisation_id)
            .prefetch_related("legal_entities")
            .order_by("code")
        ),
    )


def kind_of(*, notice: Notice) -> str:
    """The kind of address a notice is about; empty for processing."""
    return Channel(notice.channel).point_kind


def name_of(*, version: NoticeVersion) -> str:
    """How a box or caption is called in a finding: its purpose and channel."""
    return f"{version.notice.purpose} · {version.notice.get_channel_display()}"


def languages_lacking(*, wording: dict[str, str]) -> list[Language]:
    """List the languages in which a text says nothing."""
    return [language for language in Language if not wording.get(language, "").strip()]
