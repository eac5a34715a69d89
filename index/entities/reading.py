"""What the rules read and what they hand on: a run with its words and signs, and a find."""

from dataclasses import dataclass

from index.entities.candidates import Run, Token
from index.entities.genitives import is_genitive, keeps_s
from index.entities.lexicon import Lexicon, Sign, Word
from index.entities.mentions import Kind
from index.entities.passage import Passage


@dataclass(slots=True)
class Found:
    """A name that the rules see at ``start:end`` of the plain text.

    ``name`` has no genitive. ``is_sure`` says that it stands by itself; what is not sure stays only
    if the rest of the article supports it, and a ``kind`` of None waits for the article to say.
    ``is_owner`` says of what may be a genitive that something owned follows. What ``is_certain``
    no model is asked about.
    """

    start: int
    end: int
    name: str
    kind: Kind | None
    is_sure: bool
    is_person_full: bool = False
    maybe_genitive: bool = False
    is_owner: bool = False
    is_certain: bool = False


@dataclass(slots=True)
class Reading:
    """A run, what the lexicon says of each of its words, and the text around it."""

    passage: Passage
    lexicon: Lexicon
    tokens: list[Token]
    joiners: list[str]
    opener: bool
    words: list[Word]


def read_run(passage: Passage, run: Run) -> Reading:
    """Look up every word of a run."""
    word = passage.lexicon.word
    words = [word(token.text) for token in run.tokens]
    return Reading(passage, passage.lexicon, run.tokens, run.joiners, run.opener, words)


def nothing(start: int, end: int) -> Found:
    """A find without a name: the span is known to be no mention, and no other rule may try it."""
    return Found(start, end, "", None, False)


def one_word(reading: Reading, token: Token, word: Word, kind: Kind | None, is_sure: bool) -> Found:
    """One word as a name, without its genitive."""
    name = word.base if kind is None else reading.lexicon.canonical_name(word.base, kind)
    return Found(
        token.start,
        token.end,
        name,
        kind,
        is_sure,
        maybe_genitive=bool(word.signs & Sign.MAYBE_GENITIVE),
    )


def several_words(
    reading: Reading,
    start: int,
    end: int,
    kind: Kind,
    is_sure: bool,
) -> Found:
    """The words ``start:end`` of a run as one name, the last without its genitive."""
    first, last = reading.tokens[start], reading.tokens[end - 1]
    base = reading.words[end - 1].base
    if kind == "person" and keeps_s(
        reading.passage.text, last.text, reading.words[end - 1], last.end
    ):
        base = last.text
    written = reading.passage.text[first.start : last.start] + base
    name = reading.lexicon.canonical_name(" ".join(written.split()), kind)
    maybe = bool(reading.words[end - 1].signs & Sign.MAYBE_GENITIVE)
    is_foreign = any(
        word.signs & (Sign.ENGLISH | Sign.ORGANISATION_HEAD) for word in reading.words[start:end]
    )
    is_owner = maybe and not is_foreign and is_genitive(reading.passage.text, name, last.end)
    return Found(
        first.start, last.end, name, kind, is_sure, maybe_genitive=maybe, is_owner=is_owner
    )
