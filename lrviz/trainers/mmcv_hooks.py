"""The `lr_config` of mmcv 1.x, which MMDetection 2 and its like had before MMEngine.

Formulas and defaults: mmcv/runner/hooks/lr_updater.py, epoch_based_runner.py and
iter_based_runner.py of 1.7.2. A policy gives the rate at an epoch or an iteration; a warm-up
multiplies it, counted in iterations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from lrviz.core.text import format_value
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total

VERSION = "mmcv 1.7.2"
KEY = "lr_config"
POLICY = f"{KEY}.policy"
ENDING = "lrupdaterhook"
"""How the class of a policy ends, which may be given instead of its name."""
EPOCH_KEYS = ("runner.max_epochs", "total_epochs")
ITERATION_KEYS = ("runner.max_iters", "total_iters")
WARM_UPS = ("constant", "linear", "exp")


class Policy(NamedTuple):
    """The keys of a policy as it reads them: the rate at first, its clock, and its whole length.

    `clock` is an expression in the step.
    """

    reading: Reading
    lr: float
    clock: str
    length: int

    def number(self, name: str, default: float | None = None) -> Any:
        """Return a number. Raises SpecError where there is neither it nor a default."""
        key = f"{KEY}.{name}"
        return self.reading.require(self.reading.number(key, default=default), key)

    def optional(self, name: str) -> Any:
        """Return a number, or None where there is none."""
        return self.reading.number(f"{KEY}.{name}")

    def floor(self) -> float:
        """Return the floor as a share of the first rate, of `min_lr` or of `min_lr_ratio`."""
        rate, share = self.optional("min_lr"), self.optional("min_lr_ratio")
        if (rate is None) == (share is None):
            message = f"{KEY} needs one of min_lr and min_lr_ratio"
            self.reading.fault(KEY, message)
        return float(share or 0.0) if rate is None else self.share_of(rate)

    def share_of(self, lowest: float) -> float:
        """Return `min_lr` as a share of the first rate; a rate of 0 has none."""
        if lowest and not self.lr:
            self.reading.fault(f"{KEY}.min_lr", f"{KEY}.min_lr is no share of a rate of 0")
        return lowest / self.lr if self.lr else 0.0

    @property
    def share(self) -> str:
        """The share of the run that is over, as an expression."""
        return f"{self.clock} / {self.length}"


def fixed(_: Policy) -> str:
    """Return the factor of a rate that stays."""
    return "1"


def step(policy: Policy) -> str:
    """Return the factor that falls every so many steps, or at each step of a list."""
    gamma, steps = policy.number("gamma", 0.1), policy.reading.numbers(f"{KEY}.step")
    policy.reading.require(steps, f"{KEY}.step")
    if isinstance(policy.reading.source.get(f"{KEY}.step"), list):
        text = " * ".join(f"({gamma!r} if {policy.clock} >= {at} else 1)" for at in steps) or "1"
    else:
        text = f"{gamma!r} ** floor({policy.clock} / {steps[0]})"
    lowest = policy.optional("min_lr")
    return text if lowest is None else f"max({text}, {policy.share_of(lowest)!r})"


def exponential(policy: Policy) -> str:
    """Return the factor that falls by a factor at every step."""
    return f"{policy.number('gamma')!r} ** {policy.clock}"


def power(policy: Policy) -> str:
    """Return the factor that falls along a power of what is left of the run."""
    exponent, lowest = policy.number("power", 1.0), policy.share_of(policy.number("min_lr", 0.0))
    return f"{lowest!r} + (1 - {lowest!r}) * (1 - {policy.share}) ** {exponent!r}"


def inverse(policy: Policy) -> str:
    """Return the factor that falls along a power of the steps."""
    gamma, exponent = policy.number("gamma"), policy.number("power", 1.0)
    return f"(1 + {gamma!r} * {policy.clock}) ** -{exponent!r}"


def cosine(policy: Policy) -> str:
    """Return the factor that falls along half a cosine."""
    return wave(1.0, policy.floor(), policy.share)


def flat_cosine(policy: Policy) -> str:
    """Return the factor that stays, and then falls along half a cosine."""
    start, lowest = policy.number("start_percent", 0.75), policy.floor()
    length = policy.length
    first = round(length * start)
    progress = f"({policy.clock} - {first}) / {max(length - first, 1)}"
    return f"1 if {policy.clock} < {first} else {wave(1.0, lowest, progress)}"


def line(policy: Policy) -> str:
    """Return the factor that falls along a line."""
    lowest = policy.floor()
    return f"1 + ({lowest!r} - 1) * {policy.share}"


def restarts(policy: Policy) -> str:
    """Return the factor that falls along half a cosine in each period."""
    periods = policy.reading.numbers(f"{KEY}.periods")
    policy.reading.require(periods, f"{KEY}.periods")
    weights = policy.reading.numbers(f"{KEY}.restart_weights", default=[1] * len(periods))
    lowest, text, end = policy.floor(), "", sum(periods)
    for period, weight in reversed([*zip(periods, weights, strict=False)]):
        begin = end - period
        share = f"min(({policy.clock} - {begin}) / {period}, 1)"
        fall = wave(lowest + weight * (1 - lowest), lowest, share)
        text = f"{fall} if {policy.clock} < {end} else ({text})" if text else fall
        end = begin
    return text


def cycles(policy: Policy) -> str:
    """Return the factor of cycles, each up and down along half a cosine."""
    for name, value in (("gamma", 1), ("anneal_strategy", "cos")):
        key = f"{KEY}.{name}"
        if policy.reading.source.get(key, value) != value:
            policy.reading.fault(key, f"{key}: only {value} is drawn")
    ratios = policy.reading.numbers(f"{KEY}.target_ratio", default=(10, 1e-4))
    top, last = ratios if len(ratios) > 1 else (ratios[0], ratios[0] / 1e5)
    length = max(policy.length // int(policy.number("cyclic_times", 1)), 1)
    up = int(policy.number("step_ratio_up", 0.4) * length)
    own = f"{policy.clock} % {length}"
    rise, fall = f"({own}) / {max(up, 1)}", f"({own} - {up}) / {max(length - up, 1)}"
    return f"{wave(1.0, top, rise)} if {own} < {up} else {wave(top, last, fall)}"


def wave(first: float, last: float, share: str) -> str:
    """Return half a cosine from one factor to another over a share that goes from 0 to 1."""
    return f"{last!r} + {(first - last) / 2!r} * (1 + cos(pi * {share}))"


POLICIES: dict[str, Callable[[Policy], str]] = {
    "fixed": fixed,
    "step": step,
    "exp": exponential,
    "poly": power,
    "inv": inverse,
    "CosineAnnealing": cosine,
    "FlatCosineAnnealing": flat_cosine,
    "LinearAnnealing": line,
    "CosineRestart": restarts,
    "cyclic": cycles,
}
BY_STEPS = ("step", "exp", "inv")
"""The policies whose rate depends on the count of steps, and not on the run's length."""


def read_lr_config(reading: Reading, lr: float) -> Plan:
    """Return the plan of a config whose rate `lr` follows its `lr_config`."""
    name = reading.choice(
        POLICY,
        choices=POLICIES,
        aliases={f"{policy}{ENDING}": policy for policy in POLICIES},
        default="fixed",
    )
    reading.default_version = VERSION
    iterations = reading.integer(*ITERATION_KEYS)
    epochs = None if iterations else reading.epochs(*EPOCH_KEYS)
    in_epochs = name != "cyclic" and reading.flag(f"{KEY}.by_epoch", default=not iterations)
    if in_epochs and iterations:
        reading.oddity("a policy by_epoch does not act in a run that counts iterations")
        return reading.plan("transformers.constant", lr=lr, total=reading.total(iterations))
    length = None if iterations else reading.epoch_steps(reading.integer("data.samples_per_gpu"))
    if in_epochs:
        epochs = reading.require(epochs, *EPOCH_KEYS, "--epochs")
        if not length:
            return over_epochs(reading, name, lr, epochs)
    total = reading.total(iterations or (epochs * length if epochs and length else None))
    if name in BY_STEPS and not in_epochs and not total.is_known:
        reading.needs(f"the policy {name} by iteration")
        return reading.plan("transformers.constant", lr=lr, total=total)
    policy = Policy(reading, lr, "t", total.steps)
    if in_epochs and epochs:
        policy = policy._replace(clock=f"floor(t / {length})", length=epochs)
    factor = POLICIES[name](policy)
    warmup = warmup_factor(reading, total, length)
    text = f"({factor}) * ({warmup})" if warmup else factor
    return reading.plan("torch.LambdaLR", {"lr_lambda": text}, lr=lr, total=total)


def over_epochs(reading: Reading, name: str, lr: float, epochs: int) -> Plan:
    """Return the plan of a policy that acts once per epoch, without its warm-up."""
    factor = POLICIES[name](Policy(reading, lr, "t", epochs))
    if reading.value(f"{KEY}.warmup") is not None:
        reading.needs("the warm-up by iteration", "--steps-per-epoch", "--dataset-size")
    return reading.plan("torch.LambdaLR", {"lr_lambda": factor}, lr=lr, epochs=epochs)


def warmup_factor(reading: Reading, total: Total, length: int | None) -> str:
    """Return the factor of the warm-up, empty where there is none or it cannot be drawn."""
    if not reading.has(f"{KEY}.warmup"):
        return ""
    shape = reading.choice(f"{KEY}.warmup", choices=WARM_UPS, default="linear")
    count = reading.require(reading.number(f"{KEY}.warmup_iters"), f"{KEY}.warmup_iters")
    start = reading.number(f"{KEY}.warmup_ratio", default=0.1)
    if reading.flag(f"{KEY}.warmup_by_epoch", default=False) and length:
        reading.convert(f"warmup_iters: {format_value(count)} epochs x {length:,} iterations")
        count *= length
    elif not total.is_known:
        reading.needs(f"the warm-up of {format_value(count)} iterations")
        return ""
    rise = {
        "constant": repr(start),
        "linear": f"1 - (1 - t / {count}) * (1 - {start!r})",
        "exp": f"{start!r} ** (1 - t / {count})",
    }[shape]
    return f"{rise} if t < {count} else 1"
