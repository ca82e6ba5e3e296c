"""The table of tasks: its names, the article's recommendations, and the ranges."""

from __future__ import annotations

import pytest

from lrviz.advice.answers import find_task, tasks_with
from lrviz.advice.ranges import FACTOR, FLOOR, PEAK, PERIOD, RANGES, RISE, Range, ranges_of
from lrviz.advice.task import ARTICLE, gamma_to, share_of_peak, share_of_run, steps_at
from lrviz.advice.tasks import TASKS
from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.specfile.source import load_named

ARTICLES_CHOICE = {
    "image-classification": ["cosine", "multistep"],
    "nlp": ["cosine", "linear"],
    "object-detection": ["multistep", "step"],
    "segmentation": ["polynomial", "cosine"],
    "gan": ["plateau", "linear"],
    "reinforcement-learning": ["exponential", "plateau"],
    "transfer-learning": ["step", "plateau"],
    "known-length": ["cosine", "linear"],
    "unknown-length": ["plateau"],
    "fast-convergence": ["onecycle"],
    "stability": ["step", "multistep"],
    "best-quality": ["cosine"],
}


def test_the_articles_recommendations_come_first_in_its_order() -> None:
    chosen = {
        task.id: [item.schedule for item in task.recommendations if item.source.startswith(ARTICLE)]
        for task in TASKS
    }
    assert {name: schedules for name, schedules in chosen.items() if schedules} == ARTICLES_CHOICE
    for task in TASKS:
        from_article = [item.source.startswith(ARTICLE) for item in task.recommendations]
        assert from_article == sorted(from_article, reverse=True)


def test_warm_up_comes_before_the_cosine_where_the_article_says_so() -> None:
    with_warm_up = {
        task.id
        for task in TASKS
        if task.recommendations[0].source == ARTICLE and task.recommendations[0].warmup
    }
    assert with_warm_up == {"nlp", "best-quality"}


def test_other_sources_name_a_paper_or_a_model_card() -> None:
    sources = {item.source for task in TASKS for item in task.recommendations} - {ARTICLE}
    assert all("arXiv:" in source or "model card" in source for source in sources)


def test_names_are_unique_and_schedules_registered() -> None:
    names = [name for task in TASKS for name in task.names]
    assert len(names) == len(set(names))
    assert all(register.find(item.schedule) for task in TASKS for item in task.recommendations)


@pytest.mark.parametrize(
    ("typed", "task"),
    [
        ("nlp", "nlp"),
        ("NLP", "nlp"),
        ("image classification", "image-classification"),
        ("Object_Detection", "object-detection"),
        ("ResNet", "image-classification"),
        ("llm", "llm-pretraining"),
    ],
)
def test_a_task_is_found_in_any_spelling(typed: str, task: str) -> None:
    assert find_task(typed).id == task


def test_an_unknown_task_names_the_nearest() -> None:
    with pytest.raises(SpecError) as raised:
        find_task("segmentaton")
    assert str(raised.value) == (
        "unknown task 'segmentaton'; did you mean 'segmentation'? (lrviz advise lists them)"
    )
    assert raised.value.findings[0].id == "unknown-task"


def test_values_that_follow_from_the_run() -> None:
    assert [share_of_run(30)(ticks, 0.1) for ticks in (10, 11, 100)] == [3, 4, 30]
    assert steps_at("2/3", "8/9")(90, 0.1) == [60, 80]
    assert steps_at("1/2", "0.75")(5, 0.1) == [2, 3]
    assert share_of_peak(0.001)(90, 0.3) == 3e-4
    assert gamma_to(0.01)(100, 0.1) == 0.95499
    assert pytest.approx(0.01, rel=1e-3) == 0.95499**100


@pytest.mark.parametrize(
    ("item", "inside", "outside"),
    [
        (PERIOD, (0.2, 1 / 3), (0.199, 0.334)),
        (FACTOR, (0.1, 0.5), (0.0999, 0.501)),
        (FLOOR, (0.001, 0.01), (0.00099, 0.0101)),
        (PEAK, (3, 10), (2.9, 10.1)),
        (RISE, (0.2, 0.4), (0.199, 0.401)),
    ],
)
def test_the_articles_ranges(
    item: Range, inside: tuple[float, ...], outside: tuple[float, ...]
) -> None:
    assert all(value in item for value in inside)
    assert not any(value in item for value in outside)


def test_a_range_forgives_rounding() -> None:
    assert 0.5 + 9e-10 in FACTOR
    assert 0.1 - 9e-10 in FACTOR
    assert 0.5 + 2e-9 not in FACTOR


RANGES_OF = {
    "step": ["drops 1/5 to 1/3", "a factor of 0.1 to 0.5"],
    "multistep": ["drops 1/5 to 1/3", "a factor of 0.1 to 0.5"],
    "plateau": ["a factor of 0.1 to 0.5"],
    "cosine": ["a length of the whole run", "a floor of 0.001 to 0.01 of the peak"],
    "onecycle": [
        "a length of the whole run",
        "a peak of 3 to 10 times",
        "a rise of 0.2 to 0.4 of the length",
    ],
    "sequential": ["a length of the whole run", "a floor of 0.001 to 0.01 of the peak"],
    "exponential": [],
}


@pytest.mark.parametrize("name", RANGES_OF)
def test_ranges_of_a_schedule(name: str) -> None:
    schedule = load_named(name, {}).curves[0].schedule
    texts = [item.text for item in ranges_of(schedule)]
    assert len(texts) == len(RANGES_OF[name])
    for text, start in zip(texts, RANGES_OF[name], strict=True):
        assert text.startswith(start)


def test_every_range_applies_to_a_schedule() -> None:
    schedules = [load_named(name, {}).curves[0].schedule for name in RANGES_OF]
    assert {item for schedule in schedules for item in ranges_of(schedule)} == {*RANGES}


def test_tasks_with_a_schedule() -> None:
    names = {
        name: [task.id for task in tasks_with(cls)]
        for name in ("onecycle", "polynomial", "cyclic")
        if (cls := register.find(name))
    }
    assert names == {"onecycle": ["fast-convergence"], "polynomial": ["segmentation"], "cyclic": []}
