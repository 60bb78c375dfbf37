"""Glass Box: learn deep learning by building it, and look inside."""

from glassbox import data, explorers, figures, surfaces
from glassbox.check import check
from glassbox.guide import hint, payoff, solution
from glassbox.progress import progress
from glassbox.runtime import device, seed_everything, warm_up

figures.style()
warm_up()

__all__ = [
    "check",
    "data",
    "device",
    "explorers",
    "figures",
    "hint",
    "payoff",
    "progress",
    "seed_everything",
    "solution",
    "surfaces",
]
