import numpy as np
import rich
import typer
from pydantic import BaseModel, Field


class Run(BaseModel):
    t_max: int = Field(100, gt=0)
    lr: float = 0.1


def main(t_max: int = typer.Option(100)) -> None:
    run = Run(t_max=t_max)
    rates = run.lr * (1 + np.cos(np.pi * np.arange(run.t_max) / run.t_max)) / 2
    rich.print("\n".join(f"{step} {rate:.6f}" for step, rate in enumerate(rates)))


typer.run(main)
