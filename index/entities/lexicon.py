"""The lists under ``data/`` and what they say of a word or a phrase.

The lists are facts, one file a subject; this module only reads them and combines them with the
endings by which Swedish shows a surname, a street or an authority.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files
from typing import Any, Final

import marisa_trie

from index.entities.candidates import WORD
from index.entities.mentions import Kind

BEARERS_FILE, CAPITALS_FILE = "bearers.marisa", "capitals.marisa"

_MEMO_SIZE = 12_000
_LONGEST_WORD = 40


class Sign:
    """What is known of a word by itself, as bits of an int (an IntFlag is several times slower)."""

    NONE: Final = 0
    FIRST: Final = 1
    SURNAME: Final = 2
    PLACE: Final = 4
    ORGANISATION: Final = 8
    PERSON: Final = 16
    NOT_A_NAME: Final = 32
    COMMON: Final = 64
    ACRONYM: Final = 128
    ORGANISATION_HEAD: Final = 256
    ENGLISH: Final = 512
    PLACE_ENDING: Final = 1024
    STREET: Final = 2048
    ORGANISATION_ENDING: Final = 4096
    INITIAL: Final = 8192
    COMPOUND: Final = 16384
    MAYBE_GENITIVE: Final = 32768
    GENITIVE: Final = 65536
    OPENS_PHRASE: Final = 131072
    CLUB_PLACE: Final = 262144


LISTED: Final = Sign.PLACE | Sign.ORGANISATION | Sign.PERSON
"""The signs of a word that is a name by itself."""

_UNORDINARY: Final = Sign.COMMON | Sign.OPENS_PHRASE | Sign.FIRST | LISTED


@dataclass(frozen=True, slots=True)
class Word:
    """A word without its genitive ending, and its signs."""

    base: str
    signs: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """A listed name of several words; ``kind`` is None for what is no name (an event, a work)."""

    written: str
    lower: str
    name: str
    kind: Kind | None


_SURNAME_ENDING = re.compile(
    r"\w{2,}(?:ss?on|berg|bergh|ström|str[oö]m|[qk]vist|quist|gren|lund|lundh|ste[dn]t|dahl|holm|holt"
    r"|blad|l[öo][fv]|feldt?|hjelm|stjärna|hammar|[ck]rantz|s[kc][hi]?[iö]+ld|svärd|swärd|w?vall|wall"
    r"|mann?|elius|enius|erius|ander|én|ell|lin|dén|gård|bäck|beck|bom|lind|fors|sten|stein|baum|thal"
    r"|skij|sky|ska[jy]a|enko|[oe]v|[oe]va|[oe]ff|[iy]e?v|i[ćč]|ovi[cć]|wski|escu|idis|[oa]poulos|akis"
    r"|yan|dze|shvili|svili|zadeh|inen|nen|(?:[nlrkdtgm]|as|us)sen|d[óo]ttir|dotter|czyk|wicz|vitj|elli|etti|ini|sz)$"
)
_PLACE_ENDING = re.compile(
    r"\w{2,}(?:köping|stad|borg|by|torp|ås|sund|vik|hamn|ö|holm|fors|näs|hult|ryd|red|arp|måla|boda"
    r"|sjö|älv|dal|dalen|viken|berget|udden|träsk|mark|lösa|tuna|inge|stan|land|burg|grad|sta|rum"
    r"|byn|heden|åsen|fältet|slätten|kusten|kanalen|halvön|öarna|fjärden|fjorden|hagen|bro|bruk|gården|sjön|ån|älven|ön|skogen|lunda|backen|kulla|strand|parken)$"
)
_STREET = re.compile(
    r"[Bb]angata$|\w{2,}(?:gatan|vägen|torget|gränd|allén|stigen|platsen|\w{2}plan|leden|bron)$"
)
_ORGANISATION_ENDING = re.compile(
    r"\w{3,}(?:partiet|verket|myndigheten|styrelsen|förbundet|banken|kommissionen|inspektionen"
    r"|nämnden|(?<!om)rådet|domstolen|institutet|departementet|föreningen|universitetet|högskolan|akademin"
    r"|akademien|museet|teatern|operan|sjukhuset|lasarettet|kassan|fonden|förvaltningen|kansliet"
    r"|utskottet|bladet|tidningen|posten|kuriren|radion|gruppen|federationen|alliansen|rörelsen"
    r"|stiftelsen|förlaget|bostäder|förening|förbund|kontoret|brigaden|bataljonen|skolan|gymnasiet|fond)$"
)
_COMMON_ENDING = re.compile(
    r"\w{3,}(?:arna|erna|orna|ande|ning|ningen|ningar|het|heten|iska|isk|iskt|igt|liga|lig|ligt|else"
    r"|elsen|elser|ade|aste|tion|tionen|tioner|ism|ismen|are|aren|arens|skap|skapet|mässig|mässigt"
    r"|ades|ats|erad|erat|erade|erar|kriget|mötet|valet|besök|besöket|krisen|frågan)$"
)
_ROMAN = re.compile(r"[IVX]+$")
_GENITIVE_COLONS: Final = frozenset(("s", "ns", "ens", "ets", "ts", "as"))


@dataclass(slots=True)
class Lexicon:
    """Every list, read once; :meth:`word` and :meth:`phrase` are what the rules ask.

    ``bearers`` and ``capital_shares`` are tries, see ``building.tables``.
    """

    names: dict[str, int]
    phrases: dict[str, list[Phrase]]
    canonical: dict[Kind, dict[str, str]]
    common: frozenset[str]
    english: frozenset[str]
    heads: frozenset[str]
    titled: frozenset[str]
    cues: dict[str, frozenset[str]]
    tails: dict[str, tuple[str, ...]]
    bearers: Any
    capital_shares: Any
    _memo: dict[str, Word] = field(default_factory=dict)
    _exact_cues: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _all_tails: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._all_tails = tuple(tail for tails in self.tails.values() for tail in tails)
        for kind in sorted(self.cues):
            if not kind.endswith("-tail"):
                for word in self.cues[kind]:
                    self._exact_cues[word] = (*self._exact_cues.get(word, ()), kind)

    def word(self, text: str) -> Word:
        """The base form and the signs of one capitalised word."""
        word = self._memo.get(text)
        if word is None:
            word = self._analyse(text)
            if len(text) <= _LONGEST_WORD:
                if len(self._memo) >= _MEMO_SIZE:
                    self._memo.clear()
                self._memo[text] = word
        return word

    def is_ordinary(self, text: str) -> bool:
        """Whether a capitalised word is no name where it has its capital from a sentence."""
        return self.word(text).signs & _UNORDINARY == Sign.COMMON

    def phrase(
        self, token: str, lower: str, start: int, opening: str = ""
    ) -> tuple[Phrase, int] | None:
        """The longest listed phrase at ``start``, and where it ends with its genitive.

        ``opening`` is the text itself where the phrase opens a sentence: there the capitals of the
        later words must stand (``Svensk handel ökar`` is not Svensk Handel).
        """
        for phrase in self.phrases.get(token.lower(), ()):
            if lower.startswith(phrase.lower, start):
                end = _phrase_end(lower, start + len(phrase.lower))
                if end and (not opening or _has_capitals(phrase.written, opening, start)):
                    return phrase, end
        return None

    def canonical_name(self, name: str, kind: Kind) -> str:
        """The name that the lists have for a name of this kind, else the name itself."""
        return self.canonical[kind].get(name.lower(), name)

    def is_listed(self, name: str, kind: Kind) -> bool:
        """Whether a list has a name of this kind, in capitals or not."""
        return name.lower() in self.canonical[kind]

    def is_cue(self, kind: str, word: str) -> bool:
        """Whether the lower-case ``word`` is a cue of this kind, or its compound is."""
        return word in self.cues[kind] or (
            kind in self.tails and word.endswith(self.tails[kind]) and len(word) > 4
        )

    def cues_of(self, word: str) -> tuple[str, ...]:
        """The kinds of cue that the lower-case ``word`` is, in the order of their names."""
        cues = self._exact_cues.get(word, ())
        if len(word) > 4 and word.endswith(self._all_tails):
            cues += tuple(
                kind
                for kind, tails in self.tails.items()
                if word.endswith(tails) and word not in self.cues[kind]
            )
        return cues

    def _analyse(self, text: str) -> Word:
        if len(text) > _LONGEST_WORD:
            return Word(text, Sign.NOT_A_NAME)
        base, genitive = self._base(text)
        signs = self._signs(base) | genitive
        if text.lower() in self.phrases:
            signs |= Sign.OPENS_PHRASE
        return Word(base, signs)

    def _base(self, text: str) -> tuple[str, int]:
        head, colon, tail = text.rpartition(":")
        if colon and head and text not in self.names:
            if tail in _GENITIVE_COLONS:
                return head, Sign.GENITIVE
            return head, Sign.NONE if len(tail) <= 2 else Sign.NOT_A_NAME
        if text.endswith(("'s", "’s")) and text not in self.names:
            return text[:-2], Sign.GENITIVE
        if len(text) < 4 or text[-1] != "s" or text in self.names:
            return text, Sign.NONE
        base = text[:-1]
        if base in self.names and base[-1] not in "sxz":
            return base, Sign.GENITIVE
        if base[-1] in "sxzu" or text.lower() in self.common:
            return text, Sign.NONE
        if _SURNAME_ENDING.match(base) or _STREET.match(base) or _ORGANISATION_ENDING.match(base):
            return base, Sign.GENITIVE
        return text, Sign.MAYBE_GENITIVE

    def _signs(self, base: str) -> int:
        signs = self.names.get(base, 0)
        lower = base.lower()
        if lower in self.common:
            signs |= Sign.COMMON
        if lower in self.english and not signs:
            signs |= Sign.ENGLISH
        if lower in self.heads:
            signs |= Sign.ORGANISATION_HEAD
        if base.endswith(".") or (len(base) == 1 and base.isupper()) or _ROMAN.match(base):
            return signs | Sign.INITIAL
        if (base.isupper() and len(base) > 1) or "&" in base:
            return signs | Sign.ACRONYM
        if "-" in base:
            signs |= self._hyphen_signs(base)
        if signs & (Sign.COMMON | Sign.NOT_A_NAME | Sign.COMPOUND):
            return signs
        return signs | _ending_signs(base, signs)

    def _hyphen_signs(self, base: str) -> int:
        """A compound (USA-baserade) is no name; Lars-Erik and Fischer-Möller are."""
        if self.names.get(base):
            return Sign.NONE
        first, _, last = base.rpartition("-")
        if not last[:1].isupper():
            return Sign.NONE if first.lower() in ("al", "el", "ar") else Sign.COMPOUND
        parts = base.split("-")
        if self.names.get(parts[0], 0) & Sign.FIRST and self.names.get(last, 0) & Sign.FIRST:
            return Sign.FIRST
        return self.names.get(last, 0) & Sign.SURNAME


def _ending_signs(base: str, known: int) -> int:
    signs = 0
    if len(base) >= 5 and _SURNAME_ENDING.match(base) and not known & Sign.PLACE:
        signs |= Sign.SURNAME
    if _STREET.match(base):
        signs |= Sign.STREET
    elif _PLACE_ENDING.match(base):
        signs |= Sign.PLACE_ENDING
    if _ORGANISATION_ENDING.match(base):
        signs |= Sign.ORGANISATION_ENDING
    is_telling = known or signs & (Sign.STREET | Sign.ORGANISATION_ENDING)
    if not is_telling and _COMMON_ENDING.match(base):
        return Sign.COMMON
    return signs


def _has_capitals(written: str, text: str, start: int) -> bool:
    return all(
        text[start + offset].isupper() for offset, c in enumerate(written) if c.isupper() and offset
    )


def _phrase_end(lower: str, end: int) -> int:
    """The end of a phrase with its genitive, or 0 where a longer word goes on."""
    following = lower[end : end + 3]
    if not following or not (following[0].isalnum() or following[0] in "-:"):
        return end
    if following[0] == "s" and not (following[1:2].isalnum() or following[1:2] == "-"):
        return end + 1
    if following[:2] == ":s" and not following[2:].isalnum():
        return end + 2
    return (
        end if following[0] == ":" or (following[0] == "-" and not following[1:2].isalnum()) else 0
    )


@cache
def load_lexicon() -> Lexicon:
    """The lists of this package, read on the first call and kept for the process."""
    names: dict[str, int] = {}
    phrases: dict[str, list[Phrase]] = {}
    canonical: dict[Kind, dict[str, str]] = {"person": {}, "place": {}, "organisation": {}}

    titled = set()

    def add(name: str, lower: str, sign: int, kind: Kind | None, shown: str) -> None:
        if " " in name:
            first = WORD.search(name)
            if first is not None:
                phrases.setdefault(first[0].lower(), []).append(Phrase(name, lower, shown, kind))
        else:
            names[name] = names.get(name, 0) | sign

    for row in _lines("aliases.tsv"):
        alias, kind, name = row.split("\t")
        called, lower = alias.lower(), name.lower()
        of_kind = canonical[_KINDS[kind]]
        of_kind[called] = of_kind[lower] = name
        if alias[0].islower() and alias.split(" ")[0] not in _PARTICLES:
            titled.add(alias)
            continue
        add(alias, called, _SIGNS[kind], _KINDS[kind], name)
        if name.split(" ")[0] not in TITLES:
            add(name, lower, _SIGNS[kind], _KINDS[kind], name)
    for file, kind in _NAME_FILES:
        for name in _lines(file):
            known, lower = _KINDS.get(kind), name.lower()
            shown = name if known is None else canonical[known].setdefault(lower, name)
            add(name, lower, _SIGNS[kind], known, shown)
    for name in _lines("club_places.txt"):
        names[name] |= Sign.CLUB_PLACE
    for name in _lines("first_names.txt"):
        names[name] = names.get(name, 0) | Sign.FIRST
    for name in _lines("surnames.txt"):
        names[name] = names.get(name, 0) | Sign.SURNAME
    for row in _lines("party_codes.tsv"):
        code, party = row.split("\t")
        canonical["organisation"].setdefault(code.lower(), party)
    for listed in phrases.values():
        listed.sort(key=lambda phrase: -len(phrase.lower))
    cues = _cues()
    return Lexicon(
        names=names,
        phrases=phrases,
        canonical=canonical,
        common=frozenset(_lines("common_words.txt")),
        english=frozenset(_lines("english_words.txt")),
        heads=frozenset(_lines("organisation_heads.txt")),
        titled=frozenset(titled),
        cues={kind: frozenset(words) for kind, words in cues.items()},
        tails={kind: tuple(cues[f"{kind}-tail"]) for kind in cues if f"{kind}-tail" in cues},
        bearers=_table(BEARERS_FILE),
        capital_shares=_table(CAPITALS_FILE),
    )


def _table(name: str) -> Any:
    """A trie whose values are single bytes, mapped into memory."""
    trie = marisa_trie.RecordTrie("<B")
    with as_file(files("index.entities") / "data" / name) as path:
        if path.exists():
            trie.mmap(str(path))
    return trie


TITLES: Final = frozenset(("Drottning", "Prins", "Prinsessan", "Kronprinsessan", "Kung"))
_PARTICLES: Final = frozenset(("von", "bin", "al-Assad", "al-Qaida", "al-Jazira"))
_KINDS: Final[dict[str, Kind]] = {
    "person": "person",
    "place": "place",
    "organisation": "organisation",
}
_SIGNS: Final = {
    "person": Sign.PERSON,
    "place": Sign.PLACE,
    "organisation": Sign.ORGANISATION,
    "none": Sign.NOT_A_NAME,
}
_NAME_FILES: Final = (
    ("not_names.txt", "none"),
    ("people.txt", "person"),
    ("places_sweden.txt", "place"),
    ("places_world.txt", "place"),
    ("places_other.txt", "place"),
    ("organisations.txt", "organisation"),
    ("companies.txt", "organisation"),
    ("media.txt", "organisation"),
    ("clubs.txt", "organisation"),
)


def _lines(name: str) -> list[str]:
    text = (files("index.entities") / "data" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _cues() -> dict[str, list[str]]:
    cues: dict[str, list[str]] = {}
    for row in _lines("cues.tsv"):
        kind, word = row.split("\t")
        cues.setdefault(kind, []).append(word)
    return cues
