import datetime
import hashlib

from consent.models import CollectionPoint, ShownForm


def hash_content(*, content: str) -> str:
    """Hash a form as it was shown: SHA-256, in hexadecimal."""
    return hashlib.sha256(content.encode()).hexdigest()


def keep_shown_form(
    *, collection_point: CollectionPoint, language: str, content: str, shown_at: datetime.datetime
) -> ShownForm:
    """Keep what a form showed, whole, once per content (EDPB 05/2020 §108: a copy of what was shown)."""
    shown, _created = ShownForm.objects.get_or_create(
        collection_point=collection_point,
        content_hash=hash_content(content=content),
        defaults={"language": language, "content": content, "first_shown_at": shown_at},
    )
    return shown
