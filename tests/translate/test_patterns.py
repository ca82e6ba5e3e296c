"""Patterns of outlines."""

from __future__ import annotations

from lrviz.core.outline import Outline
from lrviz.core.patterns import (
    MAX_PARTS,
    Restarts,
    end_of,
    factors_between,
    highest,
    is_fall,
    meets,
    moved_to_start,
    phases_of,
    restarts_of,
    split_warm_up,
    stairs_of,
    tile,
    without_floor,
)
from lrviz.core.segment import Shape, cosine, exponential, linear

WARM_UP = linear(0.0, 0.1, 0, 10)
HOLD = Shape("hold", 0.1, 0.1, 10, 30)
DECAY = cosine(0.1, 0.01, 40, 60)
FLOOR = Shape("hold", 0.01, 0.01, 100, 0)


def holds(*pairs: tuple[int, float]) -> Outline:
    return tuple(Shape("hold", rate, rate, start, 0) for start, rate in pairs)


def test_a_course_is_warm_up_hold_decay_and_floor() -> None:
    phases = phases_of((WARM_UP, HOLD, DECAY, FLOOR))
    assert phases is not None
    assert (phases.warm_up, phases.hold, phases.decay) == (WARM_UP, HOLD, DECAY)
    assert phases.is_floored
    assert (phases.peak, phases.warm_up_steps, phases.warm_up_start) == (0.1, 10, 0.0)
    assert phases.hold_steps == 30
    assert phases.falls


def test_a_course_may_lack_parts() -> None:
    decay = phases_of((DECAY,))
    assert decay is not None
    assert (decay.warm_up, decay.hold, decay.decay) == (None, None, DECAY)
    assert (decay.warm_up_steps, decay.hold_steps, decay.is_floored) == (0, 0, False)
    constant = phases_of((HOLD,))
    assert constant is not None
    assert (constant.hold, constant.decay, constant.peak) == (HOLD, None, 0.1)
    warm = phases_of((linear(0.0, 0.1, 0, 10), HOLD))
    assert warm is not None
    assert (warm.warm_up, warm.hold, warm.decay) == (WARM_UP, HOLD, None)


def test_a_line_alone_is_a_decay_that_rises() -> None:
    phases = phases_of((WARM_UP,))
    assert phases is not None
    assert phases.decay == WARM_UP
    assert not phases.falls


def test_a_course_from_rate_0_does_not_fall() -> None:
    phases = phases_of(holds((0, 0.0)))
    assert phases is not None
    assert not phases.falls


def test_other_parts_are_no_course() -> None:
    assert phases_of((HOLD, cosine(0.2, 0.0, 40, 60))) is None
    assert phases_of((DECAY, cosine(0.1, 0.01, 100, 60))) is None
    assert phases_of((*holds((0, 0.1)), *holds((10, 0.05)))) is None
    assert phases_of((DECAY, *holds((100, 0.05)))) is None


def test_a_warm_up_rises_to_what_follows() -> None:
    assert split_warm_up((WARM_UP, HOLD)) == (WARM_UP, (HOLD,))
    falling = linear(0.2, 0.1, 0, 10)
    assert split_warm_up((falling, HOLD)) == (None, (falling, HOLD))
    early = linear(0.0, 0.1, 0, 8)
    assert split_warm_up((early, HOLD)) == (None, (early, HOLD))
    low = linear(0.0, 0.05, 0, 10)
    assert split_warm_up((low, HOLD)) == (None, (low, HOLD))
    assert split_warm_up((WARM_UP,)) == (None, (WARM_UP,))


def test_a_floor_is_the_hold_of_the_last_rate() -> None:
    assert without_floor((DECAY, FLOOR)) == (DECAY,)
    assert without_floor((DECAY, *holds((100, 0.02)))) == (DECAY, *holds((100, 0.02)))
    assert without_floor((FLOOR,)) == (FLOOR,)


def test_meets_in_step_and_rate() -> None:
    assert meets(WARM_UP, HOLD)
    assert not meets(WARM_UP, cosine(0.1, 0.0, 11, 20))
    assert not meets(WARM_UP, cosine(0.2, 0.0, 10, 20))


def test_stairs_of_one_factor_at_equal_distances_are_regular() -> None:
    stairs = stairs_of(holds((0, 0.1), (30, 0.01), (60, 0.001)))
    assert stairs is not None
    assert (stairs.starts, stairs.factor, stairs.period) == ((0, 30, 60), 0.1, 30)
    assert stairs.is_regular


def test_stairs_that_are_not_regular() -> None:
    once = stairs_of(holds((0, 0.1), (30, 0.01)))
    uneven = stairs_of(holds((0, 0.1), (30, 0.01), (50, 0.001)))
    mixed = stairs_of(holds((0, 0.1), (30, 0.01), (60, 0.005)))
    from_0 = stairs_of(holds((0, 0.0), (30, 0.1), (60, 0.2)))
    assert once is not None
    assert uneven is not None
    assert mixed is not None
    assert from_0 is not None
    assert (once.factor, once.period, once.is_regular) == (0.1, 30, False)
    assert (uneven.factor, uneven.period, uneven.is_regular) == (0.1, None, False)
    assert (mixed.factor, mixed.period, mixed.is_regular) == (None, 30, False)
    assert (from_0.factor, from_0.is_regular) == (None, False)


def test_one_rate_and_other_shapes_are_no_stairs() -> None:
    assert stairs_of(holds((0, 0.1))) is None
    assert stairs_of((*holds((0, 0.1)), DECAY)) is None


def test_restarts_grow_and_shrink() -> None:
    outline = (cosine(0.1, 0, 0, 10), cosine(0.05, 0, 10, 20), cosine(0.025, 0, 30, 40))
    assert restarts_of(outline) == Restarts(outline[0], 2.0, 0.5, 3)
    assert restarts_of((*outline, *holds((70, 0.0)))) == Restarts(outline[0], 2.0, 0.5, 3)
    assert restarts_of(outline[:2]) == Restarts(outline[0], 2.0, 0.5, 2)


def test_what_is_no_restart() -> None:
    first = cosine(0.1, 0.01, 0, 10)
    second = cosine(0.1, 0.01, 10, 10)
    assert restarts_of((first,)) is None
    third = cosine(0.1, 0.01, 20, 10)
    assert restarts_of((first, second, third)) == Restarts(first, 1.0, 1.0, 3)
    for other in (
        cosine(0.1, 0.01, 20, 11),
        cosine(0.2, 0.01, 20, 10),
        cosine(0.1, 0.01, 21, 10),
        cosine(0.1, 0.02, 20, 10),
    ):
        assert restarts_of((first, second, other)) is None
    assert restarts_of((cosine(0.0, 0.1, 0, 10), cosine(0.0, 0.1, 10, 10))) is None
    assert restarts_of((cosine(0.0, -0.1, 0, 10), cosine(0.0, -0.1, 10, 10))) is None
    assert restarts_of((cosine(-0.1, -0.2, 0, 10), cosine(-0.1, -0.2, 10, 10))) is None
    assert restarts_of((first, cosine(0.1, 0.02, 10, 10))) is None
    assert restarts_of((first, cosine(0.1, 0.01, 12, 10))) is None
    assert restarts_of((first, exponential(0.1, 0.01, 10, 10))) is None
    assert restarts_of((first, second, cosine(0.1, 0.01, 20, 15))) is None
    assert restarts_of((first, second, cosine(0.05, 0.01, 20, 10))) is None


def test_the_ends_of_shapes() -> None:
    assert end_of(DECAY) == 100
    assert highest((WARM_UP, HOLD, DECAY)) == 0.1
    assert highest((linear(0.3, 0.1, 0, 10),)) == 0.3
    assert [shape.begin for shape in moved_to_start((HOLD, DECAY))] == [0, 30]
    assert factors_between((0.1, 0.01, 0.003)) == [0.1, 0.3]


def test_tiles_take_as_many_shapes_as_one_schedule_can() -> None:
    def leaf(outline: Outline) -> dict[str, object] | None:
        assert outline[0].begin == 0
        return {"size": len(outline)} if len(outline) < 3 else None

    assert tile((WARM_UP, HOLD, DECAY), leaf) == ([{"size": 2}, {"size": 1}], [40])


def test_tiles_need_a_schedule_for_each_part_and_few_of_them() -> None:
    assert tile((WARM_UP, HOLD), lambda outline: None) is None

    def single(outline: Outline) -> dict[str, object] | None:
        return {} if len(outline) == 1 else None

    many = holds(*((step, 0.1 + step) for step in range(MAX_PARTS)))
    tiles = tile(many, single)
    assert tiles is not None
    assert len(tiles[0]) == MAX_PARTS
    assert tile((*many, *holds((50, 3.0))), single) is None


def test_a_fall_is_a_cosine_down_from_above_0() -> None:
    assert is_fall(cosine(0.1, 0.0, 0, 9))
    assert is_fall(cosine(0.1, -0.1, 0, 9))
    assert not is_fall(cosine(0.1, 0.1, 0, 9))
    assert not is_fall(cosine(0.0, -0.1, 0, 9))
    assert not is_fall(linear(0.1, 0.0, 0, 9))
