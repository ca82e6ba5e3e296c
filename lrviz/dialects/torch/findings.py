"""The findings of torch's schedules, each with an example."""

from __future__ import annotations

from lrviz.core.findings import Rule, shared_rule

WARM_UP = {"schedule": "torch.LinearLR", "start_factor": 0.1, "total_iters": 10}
COSINE = {"schedule": "torch.CosineAnnealingLR", "T_max": 90}
EXPONENTIAL = {"schedule": "torch.ExponentialLR", "gamma": 0.9}

RULES: tuple[Rule, ...] = (
    Rule(
        "changes-sign",
        "A negative factor makes the rate change its sign at each drop.",
        {"schedule": "torch.StepLR", "step_size": 30, "gamma": -0.1},
    ),
    shared_rule(
        "grows",
        {"schedule": "torch.ExponentialLR", "gamma": 1.05},
    ),
    shared_rule(
        "rises",
        {**COSINE, "eta_min": 0.5, "lr": 0.1},
    ),
    shared_rule(
        "never-changes",
        {"schedule": "torch.LinearLR", "total_iters": 0},
    ),
    Rule(
        "fractional-period",
        "A period that is not whole drops only at steps that are multiples of it.",
        {"schedule": "torch.StepLR", "step_size": 2.5},
    ),
    Rule(
        "unsorted-milestones",
        "The milestones are not in ascending order; the library sorts them.",
        {"schedule": "torch.MultiStepLR", "milestones": [60, 30]},
    ),
    Rule(
        "repeated-milestones",
        "A milestone that is listed twice drops the rate twice.",
        {"schedule": "torch.MultiStepLR", "milestones": [30, 30]},
    ),
    shared_rule(
        "unused-parameter",
        {
            "schedule": "torch.OneCycleLR",
            "max_lr": 0.1,
            "total_steps": 100,
            "epochs": 10,
            "steps_per_epoch": 10,
        },
    ),
    Rule(
        "one-ahead",
        "A composite in the first place of a sequence runs one step ahead.",
        {
            "schedule": "torch.SequentialLR",
            "schedules": [
                {"schedule": "torch.ChainedScheduler", "schedules": [EXPONENTIAL]},
                COSINE,
            ],
            "milestones": [10],
        },
    ),
    Rule(
        "skipped-schedule",
        "Milestone 0 skips the first schedule of a sequence.",
        {"schedule": "torch.SequentialLR", "schedules": [WARM_UP, COSINE], "milestones": [0]},
    ),
    Rule(
        "stops",
        "The library raises an error before the run is over.",
        {
            "schedule": "torch.SequentialLR",
            "schedules": [WARM_UP, {"schedule": "torch.PolynomialLR", "total_iters": 0}],
            "milestones": [10],
        },
    ),
)
