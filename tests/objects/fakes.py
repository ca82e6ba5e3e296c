"""Small classes with the names and attributes of the libraries' own."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any


def of(module: str) -> Callable[[Any], Any]:
    """Return a decorator that puts a class or a function into a module by name only."""

    def rename(item: Any) -> Any:
        item.__module__ = module
        item.__qualname__ = item.__name__
        return item

    return rename


TORCH = of("torch.optim.lr_scheduler")
TIMM = of("timm.scheduler.scheduler")


@of("torch")
class Tensor:
    """A tensor, which nobody may copy attribute by attribute."""

    def __init__(self, value: float, dimensions: int = 0) -> None:
        self.value, self.dimensions = value, dimensions

    def dim(self) -> int:
        return self.dimensions

    def detach(self) -> Tensor:
        return self

    def clone(self) -> Tensor:
        return Tensor(self.value, self.dimensions)

    def __float__(self) -> float:
        return self.value


@of("torch.nn.modules.module")
class Module:
    """A model."""


@of("torch.optim.optimizer")
class Optimizer:
    """An optimizer of parameters that must not be touched."""

    def __init__(self, *rates: float, **settings: Any) -> None:
        self.defaults = {"lr": rates[0]}
        self.state = {"exp_avg": Tensor(0.0, 1)}
        self.param_groups = [{"params": [Tensor(1.0, 2)], "lr": lr, **settings} for lr in rates]

    def step(self) -> None:
        raise AssertionError("an optimizer must not be stepped")


class Scheduler:
    """What the schedulers of torch share; `factor` is the factor on the initial rate."""

    def __init__(self, optimizer: Any) -> None:
        self.optimizer, self.last_epoch = optimizer, 0
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.update()

    def factor(self, step: int, group: int) -> float:
        raise NotImplementedError

    def update(self) -> None:
        for index, group in enumerate(self.optimizer.param_groups):
            group["lr"] = self.base_lrs[index] * self.factor(self.last_epoch, index)

    def step(self) -> None:
        self.last_epoch += 1
        self.update()


@TORCH
class StepLR(Scheduler):
    def __init__(self, optimizer: Any, step_size: int, gamma: float = 0.1) -> None:
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer)

    def factor(self, step: int, group: int) -> float:
        return float(self.gamma ** (step // self.step_size))


@TORCH
class MultiStepLR(Scheduler):
    def __init__(self, optimizer: Any, milestones: list[int], gamma: float = 0.1) -> None:
        self.milestones, self.gamma = Counter(milestones), gamma
        super().__init__(optimizer)

    def factor(self, step: int, group: int) -> float:
        return float(self.gamma ** sum(step >= each for each in self.milestones.elements()))


@TORCH
class CosineAnnealingLR(Scheduler):
    def __init__(self, optimizer: Any, T_max: int) -> None:
        self.T_max, self.eta_min = T_max, 0.0
        super().__init__(optimizer)

    def factor(self, step: int, group: int) -> float:
        return (1 + math.cos(math.pi * step / self.T_max)) / 2


@TORCH
class LambdaLR(Scheduler):
    def __init__(self, optimizer: Any, *functions: Callable[[int], float]) -> None:
        self.lr_lambdas = [*functions] * (len(optimizer.param_groups) // len(functions))
        super().__init__(optimizer)

    def factor(self, step: int, group: int) -> float:
        return self.lr_lambdas[group](step)


@TORCH
class ReduceLROnPlateau:
    """Halves the rate each time it is stepped with more than 1."""

    def __init__(self, optimizer: Any) -> None:
        self.optimizer, self.last_epoch, self.min_lrs = optimizer, 0, [0.0]
        self.mode, self.factor, self.patience = "min", 0.5, 0
        self.threshold, self.threshold_mode, self.cooldown, self.eps = 1e-4, "rel", 0, 1e-8
        self.best = math.inf

    def step(self, metrics: float) -> None:
        self.last_epoch += 1
        if metrics < self.best * (1 - self.threshold):
            self.best = metrics
        else:
            self.optimizer.param_groups[0]["lr"] *= self.factor


class WarmUp(Scheduler):
    """A user's own scheduler: warm-up, then a square root; it keeps a list of what it did."""

    def __init__(self, optimizer: Any, warmup: int) -> None:
        self.warmup, self.history = warmup, [0]
        super().__init__(optimizer)

    def factor(self, step: int, group: int) -> float:
        self.history.append(step)
        return min((step + 1) / self.warmup, math.sqrt(self.warmup / (step + 1)))


@TIMM
class TimmScheduler:
    """What timm's schedulers share."""

    def __init__(self, optimizer: Any, t_in_epochs: bool = True) -> None:
        self.optimizer, self.t_in_epochs = optimizer, t_in_epochs
        self.param_group_field, self.noise_type = "lr", "normal"
        self.base_values = [group["lr"] for group in optimizer.param_groups]

    def update_groups(self, values: Any) -> None:
        groups = self.optimizer.param_groups
        values = values if isinstance(values, list) else [values] * len(groups)
        for group, value in zip(groups, values, strict=True):
            group["lr"] = value * group.get("lr_scale", 1)

    def step(self, epoch: int, metric: float | None = None) -> None:
        if self.t_in_epochs:
            self.update_groups([base * self.factor(epoch) for base in self.base_values])

    def step_update(self, num_updates: int, metric: float | None = None) -> None:
        if not self.t_in_epochs:
            self.update_groups([base * self.factor(num_updates) for base in self.base_values])

    def factor(self, time: int) -> float:
        raise NotImplementedError


TimmScheduler.__qualname__ = "Scheduler"


@of("timm.scheduler.step_lr")
class StepLRScheduler(TimmScheduler):
    def __init__(self, optimizer: Any, decay_t: int, warmup_t: int = 0, **clock: bool) -> None:
        super().__init__(optimizer, **clock)
        self.decay_t, self.decay_rate, self.warmup_t = decay_t, 0.5, warmup_t
        self.warmup_lr_init, self.warmup_prefix = 0.0, True
        self.noise_range_t, self.noise_pct, self.noise_std, self.noise_seed = None, 0.67, 1.0, 42
        if warmup_t:
            self.update_groups(self.warmup_lr_init)

    def factor(self, time: int) -> float:
        if time < self.warmup_t:
            return time / self.warmup_t
        return float(self.decay_rate ** ((time - self.warmup_t) // self.decay_t))


@of("timm.scheduler.plateau_lr")
class PlateauLRScheduler(TimmScheduler):
    def __init__(self, optimizer: Any) -> None:
        super().__init__(optimizer)
        self.warmup_t, self.seen = 0, 1.0

    def step(self, epoch: int, metric: float | None = None) -> None:
        assert metric is not None
        self.seen *= metric
        self.update_groups([base * self.seen for base in self.base_values])


@of("transformers.optimization")
def _get_linear_schedule_with_warmup_lr_lambda(
    current_step: int, *, num_warmup_steps: int, num_training_steps: int
) -> float:
    if current_step < num_warmup_steps:
        return current_step / max(1, num_warmup_steps)
    rest = num_training_steps - current_step
    return max(0.0, rest / max(1, num_training_steps - num_warmup_steps))


@of("keras.src.optimizers.schedules.learning_rate_schedule")
class LearningRateSchedule:
    """What keras' schedules share."""


@of("keras.src.optimizers.schedules.learning_rate_schedule")
class ExponentialDecay(LearningRateSchedule):
    """Computes with an error of its own, as float32 does."""

    def __init__(self, rate: float, steps: int, error: float = 1e-8) -> None:
        self.rate, self.steps, self.error = rate, steps, error

    def __call__(self, step: int) -> float:
        return self.rate * 0.5 ** (step / self.steps) * (1 + self.error)

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.rate,
            "decay_steps": self.steps,
            "decay_rate": 0.5,
            "staircase": False,
            "name": "ExponentialDecay",
        }


def optax_closure(qualified: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a closure as one of optax' functions returns it."""
    function.__module__ = "optax.schedules._schedule"
    function.__qualname__ = qualified
    return function


def polynomial_schedule(
    init_value: float, end_value: float, power: float, transition_steps: int
) -> Callable[[int], float]:
    transition_begin = 0

    def schedule(count: int) -> float:
        share = 1 - min(max(count - transition_begin, 0), transition_steps) / transition_steps
        return float((init_value - end_value) * share**power + end_value)

    return optax_closure("polynomial_schedule.<locals>.schedule", schedule)


def cosine_decay_schedule(
    init_value: float, decay_steps: int, alpha: float = 0.0, exponent: float = 1.0
) -> Callable[[int], float]:
    def schedule(count: int) -> float:
        nonlocal decay_steps
        decay_steps = float(decay_steps)  # type: ignore[assignment]  # as optax does
        cosine = 0.5 * (1 + math.cos(math.pi * min(count, decay_steps) / decay_steps))
        return float(init_value * ((1 - alpha) * cosine**exponent + alpha))

    return optax_closure("cosine_decay_schedule.<locals>.schedule", schedule)


def constant_schedule(value: float) -> Callable[[int], float]:
    return optax_closure("constant_schedule.<locals>.<lambda>", lambda count: value)


def join_schedules(
    schedules: list[Callable[[int], float]], boundaries: list[int]
) -> Callable[[int], float]:
    def schedule(step: int) -> float:
        output = schedules[0](step)
        for boundary, following in zip(boundaries, schedules[1:], strict=True):
            output = output if step < boundary else following(step - boundary)
        return output

    return optax_closure("join_schedules.<locals>.schedule", schedule)


@of("pl_bolts.optimizers.lr_scheduler")
class LinearWarmupCosineAnnealingLR(Scheduler):
    def __init__(self, optimizer: Any, warmup_epochs: int, max_epochs: int) -> None:
        self.warmup_epochs, self.max_epochs = warmup_epochs, max_epochs
        self.warmup_start_lr = self.eta_min = 0.0
        super().__init__(optimizer)

    def factor(self, step: int, group: int) -> float:
        if step < self.warmup_epochs:
            return step / (self.warmup_epochs - 1)
        share = (step - self.warmup_epochs) / (self.max_epochs - self.warmup_epochs)
        return (1 + math.cos(math.pi * share)) / 2


@of("lightning.pytorch.utilities.types")
class LRSchedulerConfig:
    def __init__(self, scheduler: Any, interval: str = "epoch") -> None:
        self.scheduler, self.interval = scheduler, interval
