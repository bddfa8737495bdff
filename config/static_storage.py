from collections.abc import Iterable, Iterator

from whitenoise.storage import CompressedManifestStaticFilesStorage

# The API's description is for programmers and asked for rarely; to compress it took longest of a whole start.
LEFT_AS_THEY_ARE = "ninja/"


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it has no types
    """Files with their hash in the name, and compressed where people wait for them."""

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        yield from super().compress_files(path for path in paths if not path.startswith(LEFT_AS_THEY_ARE))
