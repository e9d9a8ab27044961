"""The published totals, recomputed."""

import numpy
import pytest
from scipy.optimize import linprog

from benchharness.boards.claims import ANOMALIES, CLAIMS, CONSISTENT, LEVELS, ROUNDING, Anomaly, Claim
from benchharness.boards.published import Board, BoardRow, load_boards
from benchharness.boards.recompute import claims_on, verify
from benchharness.stats.profiles import PROFILES, WeightedMean

BOARDS = load_boards()

# Board, column → rows that are no anomalies, and the largest difference among them.
SEEN = {
    ("superclue-2023-05", "score"): (14, 0.0034),
    ("superclue-2023-06", "score"): (17, 0.0067),
    ("superclue-2023-07", "score"): (20, 0.0067),
    ("superclue-2023-08", "opt"): (16, 0.0067),
    ("superclue-2023-08", "score"): (16, 0.0051),
    ("superclue-2023-09", "score"): (20, 0.0061),
    ("superclue-2023-10", "open"): (21, 0.0051),
    ("superclue-2023-10", "opt"): (21, 0.421),
    ("superclue-2023-10", "score"): (21, 0.0041),
    ("superclue-2023-11", "open"): (20, 0.379),
    ("superclue-2023-11", "opt"): (21, 0.641),
    ("superclue-2023-11", "score"): (21, 0.0041),
    ("superclue-2023-12", "opt"): (24, 0.781),
    ("superclue-2023-12", "score"): (26, 0.0061),
    ("superclue-open-2023-07", "score"): (15, 0.0043),
    ("superclue-open-2023-07", "overview"): (14, 0.0043),
    ("superclue-math6-2024-01", "score"): (11, 0.0101),
    ("superclue-math6-2024-01", "level"): (11, 0.0),
    ("superclue-math6-2024-02", "score"): (13, 0.0101),
    ("superclue-math6-2024-02", "level"): (13, 0.0),
    ("superclue-code3-2024-02", "score"): (11, 0.0051),
    ("superclue-safety-2024-01", "score"): (17, 0.0101),
    ("alignbench-2023-12-gpt-4-0613", "score"): (17, 0.0051),
    ("alignbench-2023-12-critiquellm", "score"): (17, 0.0034),
}


def name_of(claim: Claim) -> str:
    return f"{claim.board}-{claim.column}"


@pytest.mark.parametrize("claim", CLAIMS, ids=name_of)
def test_every_published_figure_is_as_claimed(claim: Claim) -> None:
    verdict = verify(BOARDS[claim.board], claim)
    assert verdict.failures == ()
    rows, largest = SEEN[claim.board, claim.column]
    assert len(verdict.rows) - len(verdict.anomalies) == rows
    assert verdict.largest <= largest


def test_the_claims_are_those_whose_differences_were_seen() -> None:
    assert {(claim.board, claim.column) for claim in CLAIMS} == set(SEEN)
    assert len(CLAIMS) == len(SEEN)
    assert {claim.tolerance for claim in CLAIMS} == {ROUNDING, CONSISTENT}


def test_what_only_comes_close_is_never_a_total() -> None:
    assert not [claim for claim in CLAIMS if not claim.exact and claim.column == "score"]


@pytest.mark.parametrize("anomaly", ANOMALIES, ids=lambda anomaly: f"{anomaly.board}-{anomaly.column}-{anomaly.model}")
def test_every_named_anomaly_does_not_reproduce(anomaly: Anomaly) -> None:
    (claim,) = (c for c in CLAIMS if (c.board, c.column) == (anomaly.board, anomaly.column))
    verdict = verify(BOARDS[anomaly.board], claim)
    (row,) = (row for row in verdict.rows if row.anomaly == anomaly)
    assert not verdict.reproduces(row)
    assert row.missing or abs(row.difference or 0) > 5 * claim.tolerance
    assert [failed.model for failed in verify(BOARDS[anomaly.board], claim, anomalies=()).failures].count(
        row.model
    ) == 1


def figures_of(board: str, model: str) -> dict[str, float | None]:
    (row,) = (row for row in BOARDS[board].rows if row.model == model)
    return row.figures


@pytest.mark.parametrize("model", ["通义千问2.0", "文心一言4.0(网页)"])
def test_two_figures_of_december_2023_lie_above_all_their_parts(model: str) -> None:
    figures = figures_of("superclue-2023-12", model)
    opt = figures["opt"] or 0
    assert opt > max(figures[part] or 0 for part in ("basic", "chinese", "academic")) + CONSISTENT


def test_people_have_no_academic_part_and_a_total_of_the_other_two() -> None:
    for board in ("superclue-2023-05", "superclue-2023-06", "superclue-2023-07"):
        figures = figures_of(board, "人类")
        assert figures["academic"] is None
        mean = ((figures["basic"] or 0) + (figures["chinese"] or 0)) / 2
        assert mean == pytest.approx(figures["score"], abs=0.0051)
        (verdict,) = (verify(BOARDS[board], claim) for claim in claims_on(board))
        assert [(row.recomputed, row.missing) for row in verdict.anomalies] == [(None, ("academic",))]


def test_every_profile_but_that_of_june_2024_is_tested_against_a_board() -> None:
    used = {claim.profile for claim in CLAIMS} - {LEVELS}
    assert set(PROFILES) - used == {"superclue-2024-06"}
    assert claims_on("superclue-2024-06") == ()


def board_of(*rows: tuple[str, dict[str, float | None]]) -> Board:
    return Board("b", "B", "乙", "s", ("open", "opt", "score"), tuple(BoardRow(m, "", "", "", f) for m, f in rows))


CLAIM = Claim("b", "score", "superclue-2023-09")


def test_a_row_that_does_not_reproduce_fails_unless_it_is_a_named_anomaly() -> None:
    board = board_of(
        ("good", {"open": 50.0, "opt": 60.0, "score": 54.0}), ("bad", {"open": 50.0, "opt": 60.0, "score": 55.0})
    )
    verdict = verify(board, CLAIM)
    assert [(row.model, row.difference) for row in verdict.failures] == [("bad", -1.0)]
    assert verdict.largest == 1
    known = verify(board, CLAIM, [Anomaly("b", "score", "bad", "wrong", "有误")])
    assert (known.failures, known.largest) == ((), 0.0)


def test_an_anomaly_that_reproduces_after_all_fails() -> None:
    board = board_of(("good", {"open": 50.0, "opt": 60.0, "score": 54.0}))
    elsewhere = [Anomaly("b", "opt", "good", "", ""), Anomaly("c", "score", "good", "", "")]
    assert verify(board, CLAIM, elsewhere).failures == ()
    (failure,) = verify(board, CLAIM, [Anomaly("b", "score", "good", "wrong", "有误")]).failures
    assert failure.model == "good"


@pytest.mark.parametrize("lost", ["open", "score"])
def test_a_row_with_a_gap_fails(lost: str) -> None:
    figures: dict[str, float | None] = {"open": 50.0, "opt": 60.0, "score": 54.0}
    (failure,) = verify(board_of(("gap", figures | {lost: None})), CLAIM).failures
    assert failure.difference is None
    assert failure.missing == (("open",) if lost == "open" else ())


def test_rounding_is_allowed_for_to_the_last_digit() -> None:
    for score, failed in ((54.01, 0), (54.011, 1), (53.99, 0), (53.989, 1)):
        verdict = verify(board_of(("m", {"open": 50.0, "opt": 60.0, "score": score})), CLAIM)
        assert len(verdict.failures) == failed, score


WITH_OPEN_AND_OPT = [c for c in CLAIMS if c.profile in ("superclue-2023-09", "superclue-2023-12")]


@pytest.mark.parametrize("claim", WITH_OPEN_AND_OPT, ids=name_of)
def test_no_other_weights_of_open_and_opt_give_the_totals(claim: Claim) -> None:
    profile = PROFILES[claim.profile]
    assert isinstance(profile, WeightedMean)
    for shift in (-0.01, 0.01):
        weight = profile.weights["open"] + shift
        rows = [row.figures for row in BOARDS[claim.board].rows]
        off = [weight * (r["open"] or 0) + (1 - weight) * (r["opt"] or 0) - (r["score"] or 0) for r in rows]
        assert max(abs(difference) for difference in off) > 0.25


# Board, column → the smallest largest difference that any weights can reach, as docs/totals.md states it.
BEST = {
    ("superclue-2023-10", "opt"): 0.22,
    ("superclue-2023-11", "opt"): 0.26,
    ("superclue-2023-12", "opt"): 0.28,
    ("superclue-2023-11", "open"): 0.15,
    ("superclue-2023-10", "open"): 0.00,
}


@pytest.mark.parametrize(("board", "column"), BEST)
def test_no_weights_make_what_only_comes_close(board: str, column: str) -> None:
    """Minimise the largest difference over weights that are not negative and sum to 1; the last unknown is that."""
    (claim,) = (c for c in claims_on(board) if c.column == column)
    inputs = PROFILES[claim.profile].inputs
    known = [row.model for row in verify(BOARDS[board], claim).anomalies]
    rows = [row.figures for row in BOARDS[board].rows if row.model not in known]
    parts = numpy.array([[row[name] for name in inputs] for row in rows], dtype=float)
    published = numpy.array([row[column] for row in rows], dtype=float)
    slack = numpy.ones((len(rows), 1))
    best = linprog(
        [0] * len(inputs) + [1],
        A_ub=numpy.block([[parts, -slack], [-parts, -slack]]),
        b_ub=numpy.concatenate([published, -published]),
        A_eq=[[1] * len(inputs) + [0]],
        b_eq=[1],
    )
    assert round(best.fun, 2) == BEST[board, column]
    assert (best.fun > ROUNDING) is not claim.exact
