"""The one door to searching."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Final, NamedTuple, get_args

from index.articles import ENTITY_FIELDS, Article
from index.entities import Kind, Mention, load_recogniser
from index.language import base_forms
from index.language.analysis import MAX_CAPITALS, is_in_capitals, is_stop_word
from index.language.stems import main_terms
from index.store import Store
from search.corrections import Entity
from search.engines.base import Engine, EngineHit, EngineQuery, EngineResult, Held, Snapshot
from search.engines.local import LocalEngine
from search.errors import QuerySyntaxError
from search.facets import FacetCounts, facet_values
from search.identities import Identities, identities
from search.leaves import Terms
from search.parser import FIELDS, parse, parse_words
from search.plan import (
    RELAX_BELOW,
    Relaxed,
    is_question,
    plan,
    relax,
    words_in_order,
    words_to_relax,
)
from search.recency import MIXED, mix
from search.request import SearchRequest, Selection, Sort
from search.rereading import REREAD, Wanted, reread
from search.results import ArticlePage, Hit, IndexInfo, Problem, SearchResults
from search.snippets import Highlighter
from search.spelling import begins_known, dotted, has_dots, is_known
from search.tree import Everything, Field, Group, Node, Or, Word
from search.variants import Variant
from search.wording import units

KINDS: Final[Mapping[str, Kind]] = {f"{kind}s": kind for kind in get_args(Kind)}
"""The kind that each of ENTITY_FIELDS has."""

MAX_FIELDS: Final = 5
"""Fields of a query whose names get dots; each is a search for every spelling."""

DOTTED: Final = 0.75
"""What a word counts that has dots where the query has none, beside 1 for the word as typed.

nDCG@10 of press titles without dots, and of titles of interpellations, by `python -m
bench.plateaus` with .25, .5, .75 and 1: .774 .780 .781 .782, and .671 .681 .682 .682. Titles as
they are have .790 with any.
"""

OFTEN: Final = 20
"""Articles that must have a word with dots, be it inflected, if it is another word without.

nDCG@10 as above with 5, 20, 50 and 1,000,000, so that such words never get dots: .781 with all, and
.682 .682 .681 .679. With 5 `vag` finds `väg` among the words that our pairs want apart.
"""

MORE_OFTEN: Final = 10
"""How many times as many articles that must be as have the other word.

nDCG@10 of the interpellations with 3, 10 and 30: .682 .682 .681.
"""


class Searcher:
    """Answers requests from one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def search(self, request: SearchRequest) -> SearchResults:
        """Answer a request; odd queries are searched as plain words and the answer says so."""
        began = perf_counter()
        snapshot = self._engine.snapshot()
        request, names = _resolved(request, snapshot.identities)
        asked = _Asked.of(request)
        engine_began = perf_counter()
        answered = asked.answer(snapshot)
        engine_ms = (perf_counter() - engine_began) * 1000
        result = answered.result
        found: Sequence[EngineHit] = result.hits
        if asked.rereads:
            found = _reread(snapshot, found, answered.wanted)
        if asked.sort == "mixed":
            found = mix(snapshot, found)
        found = found[asked.first : asked.first + request.size]
        hits = _hits(snapshot, found, answered.planned, snippets=request.snippets)
        return SearchResults(
            request=request,
            query=asked.understood.text,
            words=words_to_relax(asked.understood.tree),
            sort=asked.sort,
            total=result.total,
            total_all_words=answered.total_all_words,
            relaxed=answered.relaxed,
            hits=hits,
            facets={
                name: facet_values(
                    _called(counted, names.get(name, {})), request.selections.get(name)
                )
                for name, counted in result.facets.items()
            },
            timeline=result.timeline,
            problem=asked.understood.problem,
            spelled=answered.spelled,
            engine_ms=engine_ms,
            took_ms=(perf_counter() - began) * 1000,
        )

    def pinned(self) -> "Searcher":
        """A searcher that goes on answering from the newest commit of now."""
        return Searcher(Held(self._engine.snapshot()))

    def engine_call(self, request: SearchRequest) -> Callable[[], object]:
        """Make a call of the engine that looks once, to be measured with nothing beside."""
        snapshot = self._engine.snapshot()
        asked = _Asked.of(_resolved(request, snapshot.identities)[0], looks_again=False)
        return partial(asked.answer, snapshot)

    def article(self, id: str) -> ArticlePage | None:  # noqa: A002
        """Fetch an article with the entities in its texts; None when there is none."""
        snapshot = self._engine.snapshot()
        docnum = snapshot.find(id)
        if docnum is None:
            return None
        article = snapshot.load(docnum)
        return ArticlePage(article, _mentions(article, partial(snapshot.shown, docnum)))

    def entity(self, facet: str, value: str) -> Entity:
        """The person, place or organisation that is meant by an id or a name, be it an old one."""
        return self._engine.snapshot().identities.resolve(facet, value)

    def told_apart(self, entity: Entity) -> list[Entity]:
        """What a person, place or organisation becomes by the corrections and has articles."""
        found = self._engine.snapshot().identities.told_apart(entity)
        return [one for one in found if self.count_articles(one)]

    def count_articles(self, entity: Entity) -> int:
        """How many articles a person, place or organisation has."""
        chosen = {entity.facet: Selection(frozenset((entity.id,)))}
        asked = SearchRequest(selections=chosen, size=0, facets=(), timeline=False)
        return self.search(asked).total

    def info(self) -> IndexInfo:
        """Describe the index."""
        return self._engine.snapshot().info()


def open_searcher(location: str) -> Searcher:
    """Open the index at a path.

    Raises StoreError and, for the variants and the corrections, SourceError.
    """
    return Searcher(LocalEngine(Store(Path(location)), identities()))


def _resolved(
    request: SearchRequest, identities: Identities
) -> tuple[SearchRequest, dict[str, dict[str, str]]]:
    """Name persons, places and organisations by the ids of now.

    By facet and id, also what they were called.
    """
    if request.selections.keys().isdisjoint(ENTITY_FIELDS):
        return request, {}
    chosen: dict[str, tuple[set[str], set[str]]] = {}
    names: dict[str, dict[str, str]] = {}
    for facet, selection in request.selections.items():
        for n, values in enumerate((selection.include, selection.exclude)):
            for value in values:
                of: tuple[str, str] = facet, value
                if facet in ENTITY_FIELDS:
                    of = identities.resolve(facet, value)
                    names.setdefault(of[0], {})[of[1]] = value
                chosen.setdefault(of[0], (set(), set()))[n].add(of[1])
    selections = {
        facet: Selection(frozenset(include), frozenset(exclude))
        for facet, (include, exclude) in chosen.items()
    }
    return replace(request, selections=selections), names


def _called(counted: FacetCounts, names: dict[str, str]) -> FacetCounts:
    """Call values that no article has as the request did."""
    if not names:
        return counted
    values, counts, labels = counted
    return FacetCounts(
        values,
        counts,
        [
            label if count or value != label else names.get(value, label)
            for value, count, label in zip(values, counts, labels, strict=True)
        ],
    )


class _Answered(NamedTuple):
    """What the engine said; `planned` is the tree of the result.

    `spelled` says what got dots, and `wanted` is as in _Understood, with those.
    """

    result: EngineResult
    planned: Node
    relaxed: bool
    total_all_words: int
    spelled: dict[str, tuple[str, ...]]
    wanted: Wanted


class _Understood(NamedTuple):
    """What words ask for, written out too; `problem` says why they were read as plain words.

    `planned` is it ready for an engine; `words` are they in their order, `wanted` those for the
    text with their variants, for which texts are read if there `are_several`, and `is_question`
    says whether somebody asks with them.
    """

    tree: Node
    planned: Node
    words: tuple[Terms | None, ...]
    wanted: Wanted
    are_several: bool
    is_question: bool
    text: str
    problem: Problem | None


@lru_cache(maxsize=500)  # who turns a page or chooses a value asks the same again
def _understand(words: str) -> _Understood:
    problem = None
    try:
        tree = parse(words)
    except QuerySyntaxError as error:
        tree, problem = parse_words(words), Problem(error.message, error.position)
    text = "" if isinstance(tree, Everything) else str(tree)
    if _is_shouted(words):
        tree = _changed(tree, _calmed)
    return _Understood(
        tree,
        plan(tree),
        words_in_order(tree),
        _wanted(tree, {}),
        len({word.casefold() for word in _words(tree) if not is_stop_word(word)}) > 1,
        is_question(words),
        text,
        problem,
    )


def _is_shouted(query: str) -> bool:
    """Whether a query is in capitals that say nothing, as it has words longer than acronyms.

    >>> [_is_shouted(query) for query in ("BÅTEN SOM SJÖNK", "EU VAR", "Om VAR")]
    [True, False, False]
    """
    return query.isupper() and max(map(len, query.split())) > MAX_CAPITALS


def _calmed(node: Node) -> Node:
    """Write a word in small letters but for the first: the SOM of BÅTEN SOM SJÖNK is no acronym."""
    return Word(node.text.capitalize()) if isinstance(node, Word) else node


def _changed(node: Node, change: Callable[[Node], Node]) -> Node:
    """Change what is joined in a tree, and what is in no field and below no Not."""
    if isinstance(node, Group):
        return type(node)(tuple([_changed(child, change) for child in node.children]))
    return change(node)


class _Asked(NamedTuple):
    """A request, understood.

    The page begins at `first` among what the engine finds, after the best are read where `rereads`.
    """

    understood: _Understood
    query: EngineQuery
    sort: Sort
    first: int
    rereads: bool

    @classmethod
    def of(cls, request: SearchRequest, *, looks_again: bool = True) -> "_Asked":
        understood = _understand(request.q)
        usual: Sort = "newest" if isinstance(understood.tree, Everything) else "relevance"
        sort = request.sort or usual
        rereads = (
            looks_again
            and sort == "relevance"
            and understood.are_several
            and not understood.is_question
            and request.size > 0
            and request.offset < REREAD
        )
        offset, size = request.offset, request.size
        if rereads or sort == "mixed":
            offset, size = 0, max(REREAD if rereads else MIXED, offset + size)
        query = EngineQuery(
            tree=understood.planned,
            selections=request.selections,
            dates=request.dates,
            sort="relevance" if sort == "mixed" else sort,
            offset=offset,
            size=size,
            facets=request.facets,
            facet_size=request.facet_size,
            lifts_choices=request.lifts_choices,
            timeline=request.timeline,
            interval=request.interval,
            words=understood.words,
            second_look=looks_again,
            is_question=understood.is_question,
        )
        return cls(understood, query, sort, request.offset - offset, rereads)

    def answer(self, snapshot: Snapshot) -> _Answered:
        """Ask for all words, with dots on them where they lack some, and if need be for less."""
        query, tree = self.query, self.understood.tree
        result = snapshot.search(query)
        is_little = result.matched < RELAX_BELOW
        fields = _respell_fields(snapshot, query, tree) if is_little else {}
        if fields:
            tree = _changed(tree, lambda node: _with_dots(node, fields))
        spelled = _respelled(snapshot, query, tree, is_little=is_little)
        if not (is_little or spelled):
            wanted = self.understood.wanted
            return _Answered(result, query.tree, False, result.total, {}, wanted)
        if spelled or fields:
            words = words_in_order(tree, spelled)
            query = replace(query, tree=plan(tree, spelled), words=words)
            result = snapshot.search(query)
        names = {word: tuple(v.name[0] for v in of) for word, of in spelled.items()}
        names |= {str(field.child): words for field, words in fields.items()}
        wanted = _wanted(tree, spelled)
        found = _Answered(result, query.tree, False, result.total, names, wanted)
        steps = relax(tree, spelled) if spelled else _relaxed(tree)
        wide = _wide_enough(snapshot, query, result.matched, steps)
        if wide is not None:
            result = snapshot.search(replace(query, tree=wide, words=steps.words))
            if result.matched > found.result.matched:
                return found._replace(result=result, planned=wide, relaxed=True)
        return found


_relaxed = lru_cache(maxsize=500)(relax)


def _wide_enough(
    snapshot: Snapshot, query: EngineQuery, matched: int, steps: Relaxed
) -> Node | None:
    """Choose what to ask for in place of a query that `matched` articles fit; None: the query.

    That is the first step whose words enough articles have, whatever is wanted beside them: what
    narrows a search must not relax it, as it would find more than without. By date what has some of
    the words would hide what has all, so one article is enough.
    """
    enough = RELAX_BELOW if query.sort == "relevance" else 1

    if not steps.wider or matched >= enough:
        return None
    if steps.is_narrowed and _count(snapshot, query, steps.all_words) >= enough:
        return None
    *narrower, widest = steps.wider
    return next(
        (step.tree for step in narrower if _count(snapshot, query, step.words) >= enough),
        widest.tree,
    )


def _count(snapshot: Snapshot, query: EngineQuery, tree: Node) -> int:
    """Count the articles that fit a tree in place of that of a query."""
    alone = replace(query, tree=tree, size=0, facets=(), timeline=False, second_look=False)
    return snapshot.search(alone).matched


def _respelled(
    snapshot: Snapshot, query: EngineQuery, tree: Node, *, is_little: bool
) -> dict[str, tuple[Variant, ...]]:
    """Find words of a query that were typed without dots, and how the index has them.

    Those are left alone that the index has as they are, or, where little fits the query, has often
    enough. A word that is another one so (`vard`) must be in no article, and with dots (`vård`) in
    many more than that one is, inflected or in a compound too.
    """
    words = tuple(dict.fromkeys(_words(tree)))
    are_dotted = any(map(has_dots, words))
    respelled = {}
    for word in words:
        if is_in_capitals(word) or is_stop_word(word):
            continue
        forms = base_forms(word)  # the one without -s comes last, if there is one: Vasteras
        is_word, is_genitive = is_known(forms[0]), is_known(forms[-1])
        if is_word and are_dotted:  # who types some of the dots types all
            continue
        if is_genitive:  # Boras, which need not be one of bora
            forms = forms[:1]
        others = [other for form in forms for other in dotted(form, snapshot.begins_written)]
        if not (others or is_little):
            continue
        count = sum(snapshot.count_written(forms).values())
        if count >= (RELAX_BELOW if is_little and not is_word else 1):
            continue
        counts = snapshot.count_written(others)
        if is_word:
            least = max(OFTEN, MORE_OFTEN * _count(snapshot, query, _inflected(word)))
            found = [o for o in counts if _count(snapshot, query, _inflected(o)) >= least]
        elif counts or count or is_genitive:
            found = list(counts)
        else:
            found = _as_inflected(snapshot, query, forms, others)
        if found:
            respelled[word] = tuple([Variant((other,), DOTTED) for other in found])
    return respelled


def _inflected(word: str) -> Terms:
    """What finds a word in any inflection and as a part, but by no other name or likeness."""
    return Terms(tuple([(term, 1.0) for term in main_terms(base_forms(word)[0])]), ())


def _as_inflected(
    snapshot: Snapshot, query: EngineQuery, forms: Sequence[str], others: Sequence[str]
) -> list[str]:
    """List what the index has in another inflection: what words begin with, or what is a word."""
    found = [other for other in others if _count(snapshot, query, plan(Word(other)))]
    return found or [o for form in forms for o in dotted(form, begins_known) if is_known(o)]


def _respell_fields(
    snapshot: Snapshot, query: EngineQuery, tree: Node
) -> dict[Field, tuple[str, ...]]:
    """Find names of persons, places and organisations that no article has as typed, with dots."""

    def count(name: str, word: str) -> int:
        return _count(snapshot, query, plan(Field(name, Word(word))))

    respelled = {}
    for field in islice(dict.fromkeys(_entity_fields(tree)), MAX_FIELDS):
        typed = str(field.child)
        others = [o for form in base_forms(typed) for o in dotted(form, snapshot.begins_written)]
        if others and not count(field.name, typed):
            found = tuple([other for other in others if count(field.name, other)])
            if found:
                respelled[field] = found
    return respelled


def _with_dots(node: Node, respelled: Mapping[Field, tuple[str, ...]]) -> Node:
    """Let a field want a name as it is respelled."""
    if not (isinstance(node, Field) and node in respelled):
        return node
    wanted = tuple(map(Word, respelled[node]))
    return Field(node.name, wanted[0] if len(wanted) == 1 else Or(wanted))


def _entity_fields(node: Node) -> Iterator[Field]:
    """Yield the fields that want a person, place or organisation by one word; none below a Not."""
    match node:
        case Field(name, Word()) if FIELDS[name] in ENTITY_FIELDS:
            yield node
        case Group(children):
            for child in children:
                yield from _entity_fields(child)


def _words(node: Node) -> Iterator[str]:
    """Yield the words that are looked for in the text."""
    match node:
        case Word(text):
            yield text
        case Group(children):
            for child in children:
                yield from _words(child)
        case Field(name, child) if FIELDS[name] in ("title", "lead"):
            yield from _words(child)


def _wanted(tree: Node, spelled: Mapping[str, tuple[Variant, ...]]) -> Wanted:
    """List the words and names that are looked for in the text, with their variants.

    Stop words are left out, and what is there twice.
    """
    wanted = {}
    for unit in units(list(_words(tree)), spelled):
        names = [
            variant._replace(name=content)
            for variant in (Variant(unit.words, 1.0), *unit.all_variants)
            if (content := tuple([w.casefold() for w in variant.name if not is_stop_word(w)]))
        ]
        if names:
            wanted[names[0].name] = names
    return tuple(wanted.values())


def _reread(snapshot: Snapshot, hits: Sequence[EngineHit], wanted: Wanted) -> Sequence[EngineHit]:
    """Put the best of all hits by relevance in a new order, by their texts."""
    if len(hits) < 2:
        return hits
    best = hits[:REREAD]
    texts = ["\n".join(snapshot.load(hit.docnum).texts) for hit in best]
    scores = reread(texts, wanted, [hit.score for hit in best]).tolist()
    scored = [hit._replace(score=score) for hit, score in zip(best, scores, strict=True)]
    return [*sorted(scored, key=lambda hit: -hit.score), *hits[REREAD:]]


def _hits(
    snapshot: Snapshot, hits: Sequence[EngineHit], planned: Node, *, snippets: bool
) -> tuple[Hit, ...]:
    articles = [(snapshot.load(hit.docnum), hit.score) for hit in hits]
    if not snippets:
        return tuple([Hit(article, score) for article, score in articles])
    highlighter = Highlighter(planned)
    return tuple(Hit(article, score, *highlighter.show(article)) for article, score in articles)


def _mentions(
    article: Article, shown: Callable[[str, str], tuple[str, str] | None]
) -> tuple[tuple[Mention, ...], ...]:
    """Find the entities of an article in its texts: those, and only those, that are its facets.

    `shown` says what a facet and a name there are shown as in it.
    """
    named = {(facet, name) for facet in ENTITY_FIELDS for name in article.facet_values(facet)}
    found = []
    for mentions in load_recogniser().recognise(article.texts):
        kept = []
        for mention in mentions:
            value = shown(f"{mention.kind}s", mention.name)
            if value is not None and value in named:
                kept.append(mention._replace(kind=KINDS[value[0]], name=value[1]))
        found.append(tuple(kept))
    return tuple(found)
