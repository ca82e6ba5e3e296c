"""Stand-ins of PyTorch's schedulers, and the schedules that they follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.objects.calls import required_parameters
from lrviz.objects.copying import Copier
from lrviz.objects.reader import Inputs, Match, ObjectReader, Rows, StandIn, Unwrapped

MODULE = "torch.optim.lr_scheduler"
OF_FUNCTIONS = ("LambdaLR", "MultiplicativeLR")
"""Classes whose curve is a function that the user wrote."""


class StandInOptimizer:
    """An optimizer's parameter groups without its parameters and its state."""

    def __init__(self, optimizer: Any, copier: Copier) -> None:
        copier.put(optimizer, self)
        self.original_class = type(optimizer)
        self.defaults = copier.copy(dict(getattr(optimizer, "defaults", {})))
        self.state: dict[Any, Any] = {}
        self.param_groups = copier.put(
            optimizer.param_groups, [group_of(group, copier) for group in optimizer.param_groups]
        )
        self._opt_called = True  # so that torch does not warn of a step without the optimizer's

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """The optimizer's class, for schedulers that ask with isinstance."""
        return self.original_class

    def step(self, *_: Any) -> None:
        """Do nothing: there is nothing to optimize."""

    step._wrapped_by_lr_sched = True  # type: ignore[attr-defined]  # as torch marks it


def group_of(group: Mapping[str, Any], copier: Copier) -> Any:
    """Return a parameter group without its parameters."""
    others = {key: copier.copy(value) for key, value in group.items() if key != "params"}
    return copier.put(group, {"params": [], **others})


def copy_tensor(tensor: Any, _: Copier) -> Any:
    """Return a copy of a rate that is a tensor; tensors with dimensions are shared."""
    return tensor.detach().clone() if tensor.dim() == 0 else tensor


def share(value: Any, _: Copier) -> Any:
    """Return the value itself."""
    return value


def unwrap(value: Any) -> Unwrapped | None:
    """Return the scheduler in an object that is no scheduler itself, as one of Accelerate."""
    scheduler = getattr(value, "scheduler", None)
    is_wrapper = is_scheduler(scheduler) and not is_scheduler(value)
    return Unwrapped(scheduler) if is_wrapper else None


def is_scheduler(value: Any) -> bool:
    """Return whether an object is a scheduler bound to an optimizer."""
    groups = getattr(getattr(value, "optimizer", None), "param_groups", None)
    return isinstance(groups, list) and callable(getattr(value, "step", None))


def metric_parameter(step: Callable[..., Any]) -> str | None:
    """Return the first parameter that a call of `step` must have, or None."""
    return next(iter(required_parameters(step)), None)


def title_of(value: Any) -> str:
    """Return the name of a scheduler's class, with the dialect for one of the library."""
    name = type(value).__name__
    return f"torch.{name}" if type(value).__module__ == MODULE else name


def stand_in_of(scheduler: Any, inputs: Inputs) -> StandIn | None:
    """Return the stand-in of a scheduler. Raises SpecError where it lacks its metric."""
    if not is_scheduler(scheduler):
        return None
    name = metric_parameter(scheduler.step)
    if name and inputs.metric is None:
        message = f"{title_of(scheduler)} needs its {name} at each step: give metric=[...]"
        raise SpecError.of("", message, "needs-metric")
    copier = Copier()
    optimizer = StandInOptimizer(scheduler.optimizer, copier)
    twin = copier.copy(scheduler)
    return StandIn(
        title_of(scheduler),
        step_rates(twin, optimizer, inputs if name else Inputs()),
        groups=group_names(optimizer),
        notes=position_notes(scheduler),
    )


def group_names(optimizer: Any) -> tuple[str, ...]:
    """Return the names of an optimizer's parameter groups, each once."""
    groups = optimizer.param_groups
    names = [str(group.get("name", f"group {index}")) for index, group in enumerate(groups)]
    if len(set(names)) == len(names):
        return tuple(names)
    return tuple(f"group {index}" for index in range(len(names)))


def step_rates(scheduler: Any, optimizer: Any, inputs: Inputs) -> Rows:
    """Yield the rates of all groups now, and after each step."""
    feed = inputs.metric.feed() if inputs.metric is not None else None
    while True:
        row = tuple(group["lr"] for group in optimizer.param_groups)
        yield row
        scheduler.step(*([] if feed is None else [feed(float(row[0]))]))


def steps_taken(scheduler: Any) -> int:
    """Return how often a scheduler was stepped; for a chain, which has no count, its children."""
    children = getattr(scheduler, "_schedulers", [])
    children_steps = max(map(steps_taken, children), default=0)
    return int(getattr(scheduler, "last_epoch", children_steps))


def position_notes(scheduler: Any) -> tuple[Finding, ...]:
    """Return the note on a scheduler in the middle of its run."""
    steps = steps_taken(scheduler)
    if not steps:
        return ()
    message = f"the scheduler has taken {steps:,} steps: step 0 is its step {steps:,}"
    return (Finding("goes-on", message),)


def identify(scheduler: Any, group: int, inputs: Inputs) -> Match | None:
    """Return the schedule of a scheduler of torch that has not taken a step."""
    if not is_scheduler(scheduler) or steps_taken(scheduler):
        return None
    schedule = schedule_of(scheduler, group, inputs)
    settings = scheduler.optimizer.param_groups[group]
    return Match(schedule, float(settings.get("initial_lr", settings["lr"]))) if schedule else None


def schedule_of(scheduler: Any, group: int, inputs: Inputs) -> Schedule | None:
    """Return the schedule of a scheduler's class and parameters, or None where there is none."""
    name = type(scheduler).__name__
    cls = register.find(f"torch.{name}") if type(scheduler).__module__ == MODULE else None
    if cls is None or name in OF_FUNCTIONS:
        return None
    read = PARAMETERS.get(name)
    parameters = read(scheduler, group) if read else attributes_of(scheduler, cls)
    if "schedules" in cls.model_fields:
        schedules = [schedule_of(child, group, inputs) for child in scheduler._schedulers]
        if None in schedules:
            return None
        parameters |= {"schedules": schedules}
    if "metric" in cls.model_fields:
        parameters |= {"metric": inputs.metric}
    return cls.model_validate(parameters)


def attributes_of(scheduler: Any, cls: type[Schedule]) -> dict[str, Any]:
    """Return the parameters that are attributes of a scheduler by the same names."""
    return {name: getattr(scheduler, name) for name in cls.model_fields if hasattr(scheduler, name)}


def multi_step(scheduler: Any, _: int) -> dict[str, Any]:
    """Return the parameters of MultiStepLR, which counts its milestones."""
    return {"milestones": sorted(scheduler.milestones.elements()), "gamma": scheduler.gamma}


def sequential(scheduler: Any, _: int) -> dict[str, Any]:
    """Return the milestones of SequentialLR."""
    return {"milestones": list(scheduler._milestones)}


def warm_restarts(scheduler: Any, _: int) -> dict[str, Any]:
    """Return the parameters of CosineAnnealingWarmRestarts."""
    names = ("T_0", "T_mult", "eta_min")
    return {name: getattr(scheduler, name) for name in names}


def cyclic(scheduler: Any, group: int) -> dict[str, Any]:
    """Return the parameters of CyclicLR, which keeps the size of a cycle and its rising share."""
    if scheduler._scale_fn_custom is not None:
        raise ValueError("a custom scale_fn is a function")
    up = scheduler.total_size * scheduler.step_ratio
    return {
        "base_lr": float(scheduler.base_lrs[group]),
        "max_lr": float(scheduler.max_lrs[group]),
        "step_size_up": up,
        "step_size_down": scheduler.total_size - up,
        "mode": scheduler.mode,
        "gamma": scheduler.gamma,
    }


def one_cycle(scheduler: Any, group: int) -> dict[str, Any]:
    """Return the parameters of OneCycleLR, which keeps its rates in the parameter groups."""
    settings, phases = scheduler.optimizer.param_groups[group], scheduler._schedule_phases
    rates = {name: float(settings[name]) for name in ("max_lr", "initial_lr", "min_lr")}
    return {
        "max_lr": rates["max_lr"],
        "total_steps": scheduler.total_steps,
        "pct_start": (phases[0]["end_step"] + 1) / scheduler.total_steps,
        "anneal_strategy": scheduler._anneal_func_type,
        "div_factor": rates["max_lr"] / rates["initial_lr"],
        "final_div_factor": rates["initial_lr"] / rates["min_lr"],
        "three_phase": len(phases) == 3,
    }


def plateau(scheduler: Any, group: int) -> dict[str, Any]:
    """Return the parameters of ReduceLROnPlateau, which has a floor for each group."""
    names = ("mode", "factor", "patience", "threshold", "threshold_mode", "cooldown", "eps")
    return {
        **{name: getattr(scheduler, name) for name in names},
        "min_lr": scheduler.min_lrs[group],
    }


PARAMETERS: Mapping[str, Callable[[Any, int], dict[str, Any]]] = {
    "MultiStepLR": multi_step,
    "SequentialLR": sequential,
    "ChainedScheduler": lambda *_: {},
    "CosineAnnealingWarmRestarts": warm_restarts,
    "CyclicLR": cyclic,
    "OneCycleLR": one_cycle,
    "ReduceLROnPlateau": plateau,
}
"""The readers of parameters of the classes that do not keep them all as attributes."""

READER = ObjectReader(
    stand_in_of,
    unwrap,
    identify,
    copies={
        "torch.optim.optimizer.Optimizer": StandInOptimizer,
        "torch.Tensor": copy_tensor,
        "torch.nn.modules.module.Module": share,
    },
)
