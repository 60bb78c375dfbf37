# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Glass Box
#
# Here you build deep learning by hand, and look inside what you have built. Each notebook is one chapter of the notes of
# Berkeley's CS182, *Designing, Visualizing and Understanding Deep Neural Networks*.
#
# | chapter | you build | hours |
# |---|---|---|
# | [3 · Gradient descent](ch03_gradient_descent.ipynb) | every optimizer from plain descent to Adam, and race them | 4 to 6 |
#
# More chapters follow.

# %% [markdown]
# ## How a chapter works
#
# You read, you answer a **Predict** question in your head, and you write a short function where the notebook says
# `raise NotImplementedError`. Then you run the cell below it:
#
# ```python
# check("adam_step")
# ```
#
# It tests your function at once. When a property does not hold, it shows the smallest input that fails, your result, the
# expected one, and the likeliest cause. Fix, run, check again. No count is kept of tries.
#
# Three helpers:
#
# - `hint("adam_step")` gives one hint at a time: the idea, then the formula, then the outline.
# - `progress("ch03")` shows what you have solved. It is kept in `progress.json`, beside the notebook.
# - `solution("adam_step")` shows the reference solution, if this copy of the course has it.
#
# After each check comes a **payoff**: a figure or a number made with your own function, on real data. A payoff whose
# exercise is not written yet says so and waits.

# %% [markdown]
# ## Is everything there?
#
# Run this cell (Shift-Enter). It names the versions and the device that the notebooks will use. A GPU is used where there
# is one; nothing needs it.

# %%
import platform

import torch

from glassbox import device

print(f"Python {platform.python_version()}, torch {torch.__version__}, device: {device}")
