"""`lrviz plot SPEC --as-if MISTAKE`: the plan, the run, what differs, and the remedy."""

from __future__ import annotations

from tests.conftest import Shell

PLAN = ("plot", "cosine", "--steps", "100", "--no-image")


def test_prints_what_differs_and_the_remedy(shell: Shell) -> None:
    done = shell(*PLAN, "--as-if", "restarted:at=50%")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "cosine · torch.CosineAnnealingLR(T_max=100), lr=0.1"
    index = lines.index("a cosine   b as if restarted (at=50)")
    assert lines[index + 1 :] == [
        "the schedule begins again at step 50",
        "first differs at step 50: 0.1 instead of 0.05",
        "differs most at step 75: 0.08536 instead of 0.01464",
        "at step 99, the last that both have: 0.05157 instead of 2.467e-5",
        "remedy: save scheduler.state_dict() with the checkpoint, and load it when the",
        "  run is resumed",
    ]


def test_a_run_as_planned_has_no_remedy(shell: Shell) -> None:
    lines = shell(*PLAN, "--as-if", "as-planned").stdout.splitlines()
    assert lines[-2:] == ["the run follows the plan", "every step has the planned rate"]


def test_a_schedule_that_ends_is_noted(shell: Shell) -> None:
    plan = ("plot", "onecycle:max_lr=1,total_steps=40", "--no-image")
    done = shell(*plan, "--as-if", "stepped-n-times:n=4")
    assert done.stderr == (
        "note: as if stepped-n-times (n=4): torch.OneCycleLR ends: Tried to step 41 times. The "
        "specified number of total steps is 40; the run stops after step 10\n"
    )


def test_only_the_plan_is_checked(shell: Shell) -> None:
    done = shell(*PLAN, "--as-if", "stepped-n-times:n=4")
    assert done.stderr == ""
    warned = shell(
        "plot", "cosine:T_max=30", "--steps", "100", "--no-image", "--as-if", "scaled:factor=2"
    )
    assert "(lrviz check: " in warned.stderr
    assert "as if" not in warned.stderr


def test_the_image_has_both_curves(shell: Shell) -> None:
    done = shell("plot", "cosine", "-q", "-o", "run.svg", "--as-if", "scaled:factor=0.5")
    assert done.returncode == 0
    text = (shell.folder / "run.svg").read_text(encoding="utf-8")
    assert "as if scaled (factor=0.5)" in text


def test_errors(shell: Shell) -> None:
    assert shell(*PLAN, "--as-if", "restarted").stderr == (
        "error: --as-if: restarted needs at: the step at which the run is resumed "
        "(restarted:at=40)\n"
    )
    assert shell("plot", "cosine", "--lr", "[1,2]", "--as-if", "scaled:factor=2").stderr == (
        "error: --as-if: draws one curve beside its plan (got 2 curves)\n"
    )


def test_help_lists_the_mistakes(shell: Shell) -> None:
    text = " ".join(shell("plot", "cosine", "--help").stdout.split())
    assert "as-planned, shifted:by, never-stepped," in text
    assert "resumed:at,total," in text
