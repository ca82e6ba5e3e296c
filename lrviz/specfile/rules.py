"""Every kind of finding that the reader of specs has, with an example of each.

An example is the text of a spec file, or a SPEC as typed where only those have the finding, or a
file beside flags.
"""

from __future__ import annotations

from lrviz.core.findings import Rule, Severity
from lrviz.run import RULES as RUN_RULES


def file(
    id: str,  # noqa: A002
    sentence: str,
    text: str,
    severity: Severity = "error",
) -> Rule:
    """Return the rule of a finding in a spec file."""
    return Rule(id, sentence, text, severity)


def typed(
    id: str,  # noqa: A002
    sentence: str,
    spec: str,
    severity: Severity = "error",
) -> Rule:
    """Return the rule of a finding in a SPEC that was typed."""
    return Rule(id, sentence, {"spec": spec}, severity)


RULES: tuple[Rule, ...] = (
    file("invalid", "A value breaks a rule.", "{schedule: lambda, lr_lambda: t.real}"),
    file("not-a-schedule", "A file is neither a spec nor a training config.", "{image: nginx}"),
    file(
        "scale-free",
        "A training config does not fix the run's length.",
        "{learning_rate: 1e-4, num_train_epochs: 3}",
        "note",
    ),
    file(
        "unknown-parameter",
        "Nothing reads a key of a curve.",
        "{schedule: step, step_size: 3, gama: 1}",
    ),
    file(
        "unknown-key",
        "Nothing reads a key beside curves.",
        "{colour: red, curves: [{schedule: step, step_size: 3}]}",
    ),
    file("unknown-schedule", "A schedule's name is not registered.", "{schedule: cosinus}"),
    file("missing-parameter", "A required parameter is missing.", "{schedule: step}"),
    file("out-of-bounds", "A number is out of its bounds.", "{schedule: step, step_size: 0}"),
    file("wrong-type", "A value is of another type.", "{schedule: step, step_size: ten}"),
    file("unusable-metric", "A metric cannot be used.", "{schedule: plateau, metric: [1, worse]}"),
    file(
        "no-file",
        "A file does not exist, or is none.",
        "{schedule: plateau, metric: {csv: none.csv, column: loss}}",
    ),
    file("empty-sweep", "A sweep has no values.", "{schedule: step, sweep: {step_size: []}}"),
    file(
        "too-many-curves",
        "There are more curves than are drawn in one run.",
        "{schedule: step, sweep: {step_size: [" + "1," * 1000 + "1]}}",
    ),
    file(
        "needs-run",
        "A quantity needs more of the run to be a number of steps.",
        "{schedule: step, step_size: 5%}",
    ),
    file(
        "no-warm-up",
        "No warm-up goes before the schedule.",
        "{schedule: lrviz.warmup_stable_decay, total_steps: 9, warmup: 3}",
    ),
    file(
        "zero-rate",
        "The optimizer's rate is 0, so that every rate is.",
        "{schedule: step, step_size: 3, lr: 0}",
        "note",
    ),
    typed(
        "contradiction",
        "A setting contradicts the parameter that it fills.",
        "onecycle:lr=1,max_lr=2",
    ),
    typed("not-inline", "An inline spec is malformed.", "step:step_size"),
    typed("no-such-attribute", "A program has no attribute of that name.", "json:nothing"),
    typed("object-fails", "The code of an object or of its program raises.", "json:loads"),
    typed("unreadable-object", "An object of a program has no rates.", "json:decoder"),
    file("not-yaml", "A file is not YAML.", "{schedule: [}"),
    file("not-toml", "A file in TOML is none.", "[a]\nb = 2 00\n"),
    file(
        "several-calls",
        "A program has several calls that train, each with a rate.",
        "from trl import SFTConfig\nx = SFTConfig(learning_rate=1)\ny = SFTConfig(learning_rate=2)",
    ),
    file("other-file", "A file is an image, an archive or the like.", "<svg></svg>"),
    file("not-text", "A file is not text.", "schedule: \x00"),
    file("empty-file", "A file is empty.", ""),
    file(
        "repeated-key", "A mapping has a key twice.", "{schedule: step, step_size: 3, STEP_SIZE: 3}"
    ),
    file("unknown-tag", "A tag would build an object.", "schedule: !!python/name:os.system x"),
    file(
        "endless-aliases", "Aliases expand without end.", "{schedule: chained, schedules: &a [*a]}"
    ),
    file("too-deep", "A file is nested too deep.", "a: " + "[" * 1000 + "]" * 1000),
    typed("unreadable-file", "A file cannot be read.", "/proc/self/mem"),
    typed("too-large", "A file has more bytes than are read.", "/dev/zero"),
    typed("no-such-curve", "A label names no curve of a file, or several.", "spec.yaml#other"),
    typed("empty-folder", "A folder has no spec files.", "empty"),
    file(
        "ignored-parameter",
        "A parameter of the library has no effect on the rate.",
        "{schedule: step, step_size: 3, last_epoch: -1}",
        "note",
    ),
    typed("example-value", "A parameter takes its declared example.", "cosine", "note"),
    file(
        "stated-value",
        "A parameter that is not given follows from a setting of the run.",
        "{schedule: cosine, steps: 100}",
        "note",
    ),
    file(
        "lr-not-used",
        "The schedule sets its own rate.",
        "{schedule: onecycle, max_lr: 1, total_steps: 9, lr: 1}",
        "note",
    ),
    file(
        "floor-not-used",
        "The schedule has no parameter for a floor.",
        "{schedule: step, step_size: 3, floor: 0}",
        "note",
    ),
    file(
        "other-shape",
        "The schedule is another one than its name suggests, as a line that rises.",
        "{schedule: linear, warmup: 5}",
        "note",
    ),
    file(
        "warmup-in-steps",
        "A warm-up without a unit counts steps, and may be meant in epochs.",
        "{schedule: step, step_size: 3, warmup: 5, epochs: 9, steps_per_epoch: 10}",
        "note",
    ),
    typed(
        "shifted-changes",
        "A warm-up before a schedule moves the steps that this one counts from its own beginning.",
        "multistep:milestones=[30,60],warmup=5",
        "note",
    ),
    Rule(
        "warmup-replaced",
        "A flag's warm-up replaces the one that a file's schedule states itself.",
        {
            "file": "{schedule: wsd, total_steps: 100, warmup_steps: 10}",
            "flags": {"warmup": 5},
        },
    ),
    Rule(
        "floor-replaced",
        "A flag's floor replaces the one that a file's schedule states itself.",
        {
            "file": "{schedule: cosine, T_max: 100, eta_min: 1.0e-4}",
            "flags": {"floor": 1e-6},
        },
    ),
    *RUN_RULES,
)
