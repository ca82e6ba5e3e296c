"""The findings of timm's schedules, each with an example."""

from __future__ import annotations

from lrviz.core.findings import Rule, shared_rule

RULES: tuple[Rule, ...] = (
    Rule(
        "overlaid-warmup",
        "The decay already runs during the warm-up, so that lr is never reached.",
        {"schedule": "timm.cosine", "t_initial": 100, "warmup_t": 20},
    ),
    Rule(
        "noise",
        "The rate has seeded noise.",
        {"schedule": "timm.constant", "noise_range_t": 5},
    ),
    Rule(
        "no-cycle",
        "There is no cycle, so that the floor holds from step 1 on.",
        {"schedule": "timm.cosine", "t_initial": 100, "cycle_limit": 0},
    ),
    shared_rule(
        "rises",
        {"schedule": "timm.cosine", "t_initial": 100, "lr_min": 0.5, "lr": 0.1},
    ),
    Rule(
        "below-peak",
        "The curve starts well below lr.",
        {"schedule": "timm.tanh", "t_initial": 100, "lb": -1.0},
    ),
    Rule(
        "never-drops",
        "Each drop multiplies by 1, so that the rate never changes.",
        {"schedule": "timm.step", "decay_t": 30},
    ),
    Rule(
        "negative-length",
        "A length is negative, which turns each drop into its inverse.",
        {"schedule": "timm.step", "decay_t": -30, "decay_rate": 0.5},
    ),
    Rule(
        "early-milestones",
        "Drops come one step before their milestones.",
        {"schedule": "timm.multistep", "decay_t": [30, 60], "decay_rate": 0.1},
    ),
    Rule(
        "unsorted-milestones",
        "The milestones do not rise.",
        {"schedule": "timm.multistep", "decay_t": [60, 30], "decay_rate": 0.1},
    ),
    Rule(
        "above-floor",
        "The last step of the run is still well above the floor.",
        {"schedule": "timm.wsd", "t_initial": 20, "decay_t": 5},
    ),
    Rule(
        "wrong-direction",
        "The metric falls, and the mode waits for it to rise.",
        {"schedule": "timm.plateau", "metric": {"simulate": {}}},
    ),
    Rule(
        "ignored-metric",
        "The metric is ignored during the warm-up.",
        {"schedule": "timm.plateau", "warmup_t": 5, "mode": "min", "metric": {"simulate": {}}},
    ),
)
