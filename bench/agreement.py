"""Do the engines answer the same? Totals and facet counts, compared query by query."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bench.queries import CLASSES
from bench.results import Answered, EngineResult

SAME_TOKENS: Final = ("sqlite", "bm25s", "whoosh")
"""These index the very same stems; the first one measured is what all others are compared with."""


@dataclass(frozen=True)
class Agreement:
    """How one engine's answers compare with those of `reference`.

    `differing` counts queries by class whose totals differ; `ratio` is the sum of this engine's
    totals over the reference's; `facets_differing` counts queries of equal total whose facet counts
    differ, None when they are not known. An engine of `same_tokens` should differ nowhere.
    """

    engine: str
    reference: str
    same_tokens: bool
    compared: int
    differing: dict[str, int]
    ratio: float
    facets_differing: int | None

    @property
    def is_expected(self) -> bool:
        """Whether nothing differs that should not."""
        return not (self.same_tokens and (self.differing or self.facets_differing))


def compare(results: list[EngineResult]) -> list[Agreement]:
    """Compare every engine with the first one of SAME_TOKENS; nothing without one."""
    measured = {result.name: result for result in results if result.answers}
    names = [name for name in SAME_TOKENS if name in measured]
    if not names:
        return []
    reference = measured.pop(names[0])
    return [_compare(result, reference) for result in measured.values()]


def _compare(result: EngineResult, reference: EngineResult) -> Agreement:
    both = {
        qid: (answer, reference.answers[qid])
        for qid, answer in result.answers.items()
        if qid in reference.answers
    }
    differing = {
        kind: len([qid for qid, (a, b) in both.items() if qid[0] == kind and a.total != b.total])
        for kind in CLASSES
    }
    theirs = sum(b.total for _, b in both.values())
    return Agreement(
        engine=result.name,
        reference=reference.name,
        same_tokens=result.name in SAME_TOKENS,
        compared=len(both),
        differing={kind: count for kind, count in differing.items() if count},
        ratio=sum(a.total for a, _ in both.values()) / theirs if theirs else 1.0,
        facets_differing=_facets_differing(both),
    )


def _facets_differing(both: Mapping[str, tuple[Answered, Answered]]) -> int | None:
    known = [(a, b) for a, b in both.values() if a.facets and b.facets]
    if not known:
        return None
    return sum(a.total == b.total and a.facets != b.facets for a, b in known)
