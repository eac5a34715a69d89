"""Figures of several passes are joined."""

from bench.results import EngineResult, Timing


def test_of_several_passes_the_median_counts() -> None:
    def a_pass(opened: float, *timings: Timing) -> EngineResult:
        return EngineResult(name="ours", open_first_ms=opened, timings={"top": list(timings)})

    joined = EngineResult.of_passes(
        [
            a_pass(9.0, Timing("a01", 1.0, 7, 2.0), Timing("a02", 5.0, 3)),
            a_pass(1.0, Timing("a01", 9.0, 7, 8.0)),  # had no time for the second
            a_pass(2.0, Timing("a01", 2.0, 7, 3.0), Timing("a02", 7.0, 3)),
        ]
    )
    assert joined.open_first_ms == 2.0
    assert joined.timings == {"top": [Timing("a01", 2.0, 7, 3.0), Timing("a02", 6.0, 3)]}
