"""What the parameter schedulers of Ignite share."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from lrviz.core.schedule import Schedule

OF_THE_HANDLER = ("optimizer", "param_name", "save_history", "param_group_index")
"""Parameters that say where a value goes, not what it is."""


class Ignite(Schedule, abstract=True):
    """A parameter scheduler of Ignite, on the parameter lr.

    The clock counts events, from 0 at the first one: attached to ITERATION_STARTED, as Ignite's
    documentation has it, the rate of event t is that of optimizer step t. Rates are float64.
    """

    dialect = "ignite"
    ignored_parameters: ClassVar[tuple[str, ...]] = OF_THE_HANDLER
    source = "pytorch-ignite 0.5.5, ignite/handlers/param_scheduler.py"

    def first_rate(self, lr: float) -> float:
        """Return what Ignite takes for the rate of event 0 before the run."""
        return float(self.compute(np.array([0]), lr)[0])
