"""Names as a spaCy pipeline finds them."""

from collections.abc import Mapping
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Final

import spacy

from index.entities.finder import SETTING, Span
from index.entities.mentions import Kind
from index.errors import SourceError

KINDS: Final[Mapping[str, Kind]] = {
    "PER": "person", "PERSON": "person", "PRS": "person",
    "LOC": "place", "GPE": "place", "PLACE": "place",
    "ORG": "organisation", "ORGANISATION": "organisation", "ORGANIZATION": "organisation",
}  # fmt: skip
"""The labels that pipelines use, those of the Swedish ones too; others are none of ours."""


class SpacyFinder:
    """Finds names with a pipeline."""

    def __init__(self, name: str) -> None:
        """Load the pipeline that is installed by a name, or stands at a path.

        Raises SourceError when it cannot be loaded or labels none of our kinds.
        """
        try:
            self._pipeline = spacy.load(name)
        except (OSError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise SourceError(f"{SETTING}: cannot load the pipeline {name}: {reason}") from error
        labels = {label for of_pipe in self._pipeline.pipe_labels.values() for label in of_pipe}
        if labels.isdisjoint(KINDS):
            raise SourceError(
                f"{SETTING}: the pipeline {name} labels no persons, places or organisations"
            )
        meta = self._pipeline.meta
        called = f"{meta['lang']}_{meta['name']}-{meta['version']}"
        self.version = f"spacy-{version('spacy')}-{called}{_content(Path(name))}"
        self._lock = Lock()

    def find(self, text: str) -> list[Span]:
        """The names of a text in order, as far as the pipeline reads it (`max_length`)."""
        # Lone surrogates are no text to spaCy, and pipelines keep what they work on.
        text = text[: self._pipeline.max_length].encode(errors="replace").decode()
        with self._lock:
            document = self._pipeline(text)
        return [
            Span(entity.start_char, entity.end_char, KINDS[entity.label_])
            for entity in document.ents
            if entity.label_ in KINDS
        ]


def _content(path: Path) -> str:
    """Sum up a pipeline that stands in a folder; nothing of one that is installed."""
    if not path.is_dir():
        return ""
    digest = blake2b(digest_size=8)
    for file in sorted(path.rglob("*")):
        if file.is_file():
            name, content = file.relative_to(path).as_posix(), file.read_bytes()
            digest.update(f"{name} {len(content)}\n".encode() + content)
    return f"-{digest.hexdigest()}"
