import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.hardware.visible import choose_visible, counts_by_number

CARDS = ["GPU-aa11", "GPU-aa22", "GPU-bb33"]
INSTANCES = ["MIG-cc44", "MIG-dd55"]


@pytest.mark.parametrize(
    ("variable", "chosen"),
    [
        (None, CARDS),
        ("", []),
        ("-1", []),
        ("NoDevFiles", []),
        ("2,0", ["GPU-bb33", "GPU-aa11"]),
        (" 1 , 2 ", ["GPU-aa22", "GPU-bb33"]),
        ("0,7,1", ["GPU-aa11"]),
        ("1,-1,2", ["GPU-aa22"]),
        ("0,1,0", []),
        ("GPU-bb", ["GPU-bb33"]),
        ("GPU-aa", []),
        ("GPU-aa22,0", ["GPU-aa22", "GPU-aa11"]),
        ("GPU-aa11,0", []),
        ("MIG-dd55", ["MIG-dd55"]),
        ("GPU-zz,0", []),
        ("zero", []),
    ],
)
def test_it_is_read_as_cuda_reads_it(variable: str | None, chosen: list[str]) -> None:
    assert choose_visible(variable, CARDS, INSTANCES) == tuple(chosen)


@given(st.text(alphabet="0123-GPUMIGab ,x", max_size=30))
def test_whatever_it_says_no_device_is_shown_twice_and_none_that_is_not_there(variable: str) -> None:
    chosen = choose_visible(variable, CARDS, INSTANCES)
    assert len(set(chosen)) == len(chosen)
    assert set(chosen) <= {*CARDS, *INSTANCES}


@given(st.lists(st.sampled_from(range(3)), unique=True))
def test_numbers_count_the_cards(numbers: list[int]) -> None:
    variable = ",".join(map(str, numbers))
    assert choose_visible(variable, CARDS) == tuple(CARDS[number] for number in numbers)
    assert counts_by_number(variable) == bool(numbers)


@pytest.mark.parametrize(("variable", "does"), [(None, False), ("", False), ("GPU-aa11", False), ("GPU-aa11,1", True)])
def test_whether_devices_are_named_by_number(variable: str | None, does: bool) -> None:
    assert counts_by_number(variable) is does
