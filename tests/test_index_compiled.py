"""Work beside a kernel."""

from threading import Event

import pytest

from index import compiled
from index.compiled import run_beside


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_processors", lambda: 2)


def test_kernel_and_work_go_on_at_once() -> None:
    worked = Event()

    def kernel() -> bool:
        return worked.wait(timeout=20)

    def work() -> bool:
        worked.set()
        return True

    assert run_beside(kernel, work)


def test_the_kernel_may_take_longer_than_the_work() -> None:
    may_end = Event()
    left = ["a", "b", "c"]

    def work() -> bool:
        left.pop()
        if not left:
            may_end.set()
        return bool(left)

    assert run_beside(lambda: may_end.wait(timeout=20), work)
    assert left == []


def fail() -> bool:
    raise ValueError("no such luck")


def test_what_fails_in_the_kernel_is_told() -> None:
    with pytest.raises(ValueError, match="luck"):
        run_beside(fail, lambda: False)


def test_what_fails_beside_it_is_told() -> None:
    may_end = Event()

    def work() -> bool:
        may_end.set()
        return fail()

    with pytest.raises(ValueError, match="luck"):
        run_beside(lambda: may_end.wait(timeout=20), work)


def test_a_single_processor_runs_the_kernel_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_processors", lambda: 1)
    assert run_beside(lambda: 7, fail) == 7
