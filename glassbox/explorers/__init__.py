"""Interactive pictures: controls above a figure that is drawn again at every change."""

from glassbox.explorers.batch_noise import batch_noise
from glassbox.explorers.descent import descent
from glassbox.explorers.explorer import Explorer
from glassbox.explorers.race import race

__all__ = ["Explorer", "batch_noise", "descent", "race"]
