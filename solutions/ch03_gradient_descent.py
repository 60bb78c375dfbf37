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
# # Chapter 3 · Gradient descent
#
# Training a network means walking downhill on its loss.
# In this chapter you write the walkers: gradient descent, Newton's method, momentum, RMSProp, AdaGrad and Adam, and the minibatches that feed them.
# At the end they race each other on a picture you can read, and then on real handwritten digits.
#
# The chapter follows chapter 3 of the notes of Berkeley's CS182 (Spring 2021), called *the notes* below. Where they slip, a box marked **Erratum** says so.
#
# **You need** partial derivatives, the gradient and the Hessian, the matrix-vector product, the likelihood of chapter 2, and tensors in PyTorch.
# You do not need backpropagation: it is chapter 4, and every gradient here has a formula.
#
# **Time:** about four hours. Eight functions of one to six lines (34 points) and two written questions (6 points).
#
# Each section goes the same way.
# A method fails, and you see the failure.
# The mathematics of the repair follows.
# **Predict** asks for your guess: write it down before you run anything.
# Then you write one function, and `check("name")` tests it at once and says what is wrong.
# Hints fold open below each exercise. `hint("name")` shows the same steps, and `solution("name")` shows an answer when you study alone.
# Last, a figure made with your function, and **Notice**: what to look for in it.
# A figure that needs a function you have not written yet says so in one line, so the whole notebook always runs.

# %% setup=true
import math
import time
from collections.abc import Callable

import matplotlib.pyplot as plt
import torch
from IPython.display import display
from torch import Tensor

from glassbox import check, data, explorers, figures, hint, payoff, progress, solution, surfaces

# %% [markdown]
# ## What you will build
#
# Five optimizers start at one point (the ring) of a surface with two minima and a saddle between them. A star marks a minimum; the upper one lies under the ends of the walks.
# Some walk along the ridge, are slowed by the saddle and turn late. Others leave the ridge at once. Why, you will know in section 7.
#
# The optimizers of this picture come from `torch.optim`. By the end of the chapter you will have written each of them, and you will race your own.

# %%
saddle = surfaces.SURFACES["saddle"]
library = {
    "gradient descent": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9),
    "RMSProp": lambda p: torch.optim.RMSprop(p, lr=0.05, alpha=0.9),
    "AdaGrad": lambda p: torch.optim.Adagrad(p, lr=0.3),
    "Adam": lambda p: torch.optim.Adam(p, lr=0.1),
}
fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4.4))
figures.contour(left, saddle)
for name, make in library.items():
    point = torch.tensor(saddle.start, dtype=torch.float64, requires_grad=True)
    optimizer, visited = make([point]), torch.empty(101, 2, dtype=torch.float64)
    for row in visited:
        row.copy_(point.detach())
        point.grad = saddle.gradient(point)
        optimizer.step()
    figures.path(left, visited, label=name)
    right.semilogy(saddle.loss(visited), label=name, color=figures.color(name))
left.set_title("five ways down")
right.set(xlabel="steps", ylabel="loss", title="the same walks, by loss", ylim=(1e-6, 4))
right.legend(loc="lower left")
plt.show()

# %% [markdown]
# ## Symbols
#
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | $\theta$ | `theta` | $(d,)$ | the parameters; $d$ is their number |
# | $\theta_k$ | | $(d,)$ | the parameters after $k$ updates; $\theta_0$ is the start |
# | $\mathcal{L}(\theta)$ | | a number | the loss, to be made small |
# | $\nabla\mathcal{L}(\theta)$ | `grad` | $(d,)$ | the gradient: the partial derivatives $\partial\mathcal{L}/\partial\theta_j$ |
# | $\nabla^2\mathcal{L}(\theta)$ | `hessian` | $(d, d)$ | the Hessian: the second derivatives $\partial^2\mathcal{L}/\partial\theta_i\partial\theta_j$ |
# | $\alpha$ | `alpha` | a number | the learning rate, positive |
# | $h$, $L$ | | numbers | a curvature (an eigenvalue of the Hessian), and the largest of them |
# | $N$, $B$ | `n`, `batch_size` | numbers | examples in the data set, examples in a minibatch |
#
# All tensors are `torch` tensors. Your functions never change an argument: they return new tensors, with the dtype and on the device of `theta`.
# No exercise uses autograd.

# %% [markdown]
# ## 1 · Walk against the gradient
#
# ### Why
#
# In chapter 2 the best line had a formula. Most losses have none, so the minimum has to be searched for.
# The search that needs no idea at all: guess points at random, keep the best.
# The cell below looks for the minimum of the bowl $\tfrac12\lVert\theta\rVert^2$ with ten thousand guesses from the box $[-1, 1]^d$, and compares the loss of the best guess with the average.

# %%
generator = torch.Generator().manual_seed(0)
for d in (1, 2, 8, 32, 128):
    guesses = 2 * torch.rand(10_000, d, generator=generator) - 1
    losses = 0.5 * guesses.square().sum(dim=1)
    share = losses.min() / losses.mean()
    print(f"d = {d:3}:  the best of 10 000 guesses keeps {share:8.4%} of the average loss")

# %% [markdown]
# With one or two parameters, guessing works. With more than a hundred, ten thousand guesses remove less than half of the loss, and a small network has a hundred thousand parameters.
# A guess uses the height of the loss and nothing else. The slope tells more: in which direction to go.
#
# ### The mathematics
#
# Take a small step $\delta$, shape $(d,)$. To first order
#
# $$\mathcal{L}(\theta + \delta) \approx \mathcal{L}(\theta) + \nabla\mathcal{L}(\theta)^\top \delta .$$
#
# Among all $\delta$ of one length, the inner product is smallest when $\delta$ points exactly against $\nabla\mathcal{L}(\theta)$.
# So go there, by an amount set by the learning rate $\alpha$:
#
# $$\theta_{k+1} = \theta_k - \alpha\,\nabla\mathcal{L}(\theta_k).$$
#
# How large may $\alpha$ be? Look at one dimension, $\mathcal{L}(\theta) = \tfrac12h\theta^2$ with curvature $h > 0$. Its gradient is $h\theta$, so
#
# $$\theta_{k+1} = (1 - \alphah)\,\theta_k .$$
#
# Each step multiplies the distance to the minimum by $1 - \alphah$. The walk converges when $|1 - \alphah| < 1$, that is when $0 < \alpha < 2/h$.
# In $d$ dimensions every eigenvalue of the Hessian has its own factor. If no eigenvalue is ever above $L$, a convex loss that has a minimum is safe with
#
# $$0 < \alpha < \frac{2}{L}.$$
#
# The steepest direction sets the limit, and the flat directions have to live with it.
#
# > **Erratum.** The notes say that gradient descent on a convex loss always converges to the global minimum for some small enough rate.
# > Two conditions are missing. "Small enough" is $\alpha < 2/L$. And the minimum has to exist: $e^{-\theta}$ is convex and goes down forever.
# > You will meet a real case of this in section 2.
#
# **Predict.** Let $h = 4$ and $\theta_0 = 1$. Where is $\theta_1$ for $\alpha = 0.25$? For $\alpha = 0.4$? For $\alpha = 0.5$? And what happens in the long run for $\alpha = 0.6$?
#
# ### Exercise 1
#
# Write the loop. `gradient` is a function: `gradient(theta)` is the gradient at `theta`.
# Return **all** points of the walk, the start included. Call `gradient` once for each update, so never at the last point; with `steps = 0` it is not called at all, and the path is the start alone.


# %% exercise="gradient_descent" points=4
def gradient_descent(
    gradient: Callable[[Tensor], Tensor], theta0: Tensor, alpha: float, steps: int
) -> Tensor:
    """Walk against the gradient and return every point visited (course notes, Algorithm 1).

    gradient: maps a point, shape (d,), to the gradient of the loss there, shape (d,).
    theta0: the start, shape (d,); it is not changed.
    alpha: learning rate, positive. steps: number of updates, 0 or more.
    Returns the path, shape (steps + 1, d), with the dtype and device of theta0.
    Row 0 is theta0, row k is the point after k updates.
    """
    ### BEGIN SOLUTION
    path = [theta0]
    for _ in range(steps):
        path.append(path[-1] - alpha * gradient(path[-1]))
    return torch.stack(path)
    ### END SOLUTION


# %% [markdown] hint="gradient_descent"
# The next point depends on the present one and on nothing else. Keep the points as you go, and put them together at the end.
#
# ***
#
# $\theta_{k+1} = \theta_k - \alpha\,\nabla\mathcal{L}(\theta_k)$ for $k = 0, \dots, \text{steps} - 1$. That is `steps` updates and `steps + 1` points.
#
# ***
#
# - Start a Python list that holds `theta0`.
# - `steps` times: take the list's last point, ask `gradient` for its gradient, append the new point. A new tensor each time: `-=` would change the points already stored.
# - `torch.stack` turns a list of $(d,)$ tensors into one tensor of shape (points, $d$).

# %% check="gradient_descent" keep="Downhill is against the gradient, and the steepest direction decides how large a step may be: α < 2/L."
check("gradient_descent")

# %% [markdown]
# ### Your descent on five surfaces
#
# Move the start point, the learning rate and the number of steps. The ravine's largest curvature is 18, the bowl's is 2. Find the rate at which the bowl's path swings forever, a rate at which the ravine's runs away, and a start from which the saddle never lets go.

# %%
with payoff("gradient_descent"):
    display(explorers.descent(gradient_descent))

# %% [markdown]
# Now measure the limit $2/L$. Each dot is one of your walks, 50 steps long, at one rate. The horizontal axis is $\alpha L$, where $L$ is the largest eigenvalue of the surface's Hessian at its minimum.

# %%
with payoff("gradient_descent"):
    fig, ax = plt.subplots(figsize=(7, 3.8))
    for name, marker in (("bowl", "o"), ("ravine", "s")):
        surface = surfaces.SURFACES[name]
        start = torch.tensor(surface.start, dtype=torch.float64)
        minimum = torch.tensor(surface.minima[0], dtype=torch.float64)
        largest = torch.linalg.eigvalsh(surface.hessian(minimum)).max().item()
        ratios = torch.linspace(0.05, 2.2, 44).tolist()
        ends = [gradient_descent(surface.gradient, start, r / largest, 50)[-1] for r in ratios]
        excess = [surface.loss(end) - surface.loss(minimum) for end in ends]
        ax.semilogy(ratios, excess, marker, markersize=4, label=f"{name}, L = {largest:.3g}")
    ax.axvline(2, color="0.4", linestyle="--", label="αL = 2")
    ax.set(
        xlabel="learning rate × largest curvature, αL",
        ylabel="loss after 50 steps",
        ylim=(1e-16, 1e10),
    )
    ax.legend()
    plt.show()

# %% [markdown]
# **Notice.**
# - The predictions: at $h = 4$ the factors are $0$, $-0.6$, $-1$ and $-1.4$. The first walk lands on the minimum in one step, the second swings across it and closes in, the third swings forever, the fourth runs away.
# - Both surfaces have their wall at the same place, $\alpha L = 2$. To its right the loss grows by a factor at every step.
# - Left of the wall the ravine is far worse than the bowl (part of the bowl's dots lie below the picture). The ravine's rate is set by its steep side, and that rate is tiny for its flat side.
# - In the explorer: on the plateau the gradient is almost zero, so the walker hardly moves. Near the saddle it slows down, then leaves along the downhill side, unless it starts exactly on the ridge, at $\theta_2 = 0$. On the two valleys the start decides where it ends.

# %% [markdown]
# ## 2 · A loss on which every start is right
#
# ### Why
#
# How much does the start matter? Run your `gradient_descent` from a grid of starts on the surface with two valleys, and ask in which valley each walk ends.

# %%
with payoff("gradient_descent"):
    surface = surfaces.SURFACES["two valleys"]
    valleys = torch.tensor(surface.minima, dtype=torch.float64)
    across, up = (torch.linspace(*side, 9, dtype=torch.float64) for side in surface.limits)
    starts = torch.cartesian_prod(across, up)
    ends = torch.stack([gradient_descent(surface.gradient, s, 0.05, 60)[-1] for s in starts])
    valley = torch.cdist(ends, valleys).argmin(dim=1)
    print(f"{(valley == 1).float().mean():.0%} of the starts end in the higher valley")
    fig, ax = plt.subplots(figsize=(6.5, 4))
    figures.contour(ax, surface)
    for index, label in enumerate(("to the deep valley", "to the higher valley")):
        label += f", loss {surface.loss(valleys[index]).abs():.2f}"
        ax.scatter(
            *starts[valley == index].T, s=30, marker="o^"[index], label=label, clip_on=False
        )
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    plt.show()

# %% [markdown]
# Almost half of the starts end in the wrong valley, and nothing in the walk says so: the gradient is zero there too. Is there a useful loss with only one valley? There is: the negative log likelihood of logistic regression.
#
# ### The mathematics
#
# Each example has features $x_i$, shape $(d,)$, and a label $y_i \in \{0, 1\}$. Stacked as rows they are $X$, shape $(N, d)$, and $y$, shape $(N,)$.
# The model turns a **logit** $z_i = x_i^\top\theta$ into a probability by the sigmoid $\sigma(z) = 1/(1 + e^{-z})$:
#
# $$p(y_i = 1 \mid x_i, \theta) = \sigma(z_i), \qquad p(y_i = 0 \mid x_i, \theta) = 1 - \sigma(z_i) = \sigma(-z_i).$$
#
# The loss is the mean negative log likelihood (NLL), measured in nats:
#
# $$\mathcal{L}(\theta) = -\frac1N\sum_{i=1}^{N}\log p(y_i \mid x_i, \theta) = \frac1N\sum_{i=1}^{N}\Big[\log\!\big(1 + e^{z_i}\big) - y_i z_i\Big].$$
#
# The derivative of $\log(1 + e^{z})$ is $\sigma(z)$, and the chain rule brings out $x_i$:
#
# $$\nabla\mathcal{L}(\theta) = \frac1N\sum_{i=1}^{N}\big(\sigma(z_i) - y_i\big)\,x_i = \frac1N X^\top\big(\sigma(X\theta) - y\big), \qquad \text{shape } (d,).$$
#
# Each example pulls $\theta$ along its own features, as hard as the model is wrong about it.
# One more derivative gives the Hessian $\frac1N X^\top S X$, where $S$ is the diagonal matrix of $\sigma(z_i)(1 - \sigma(z_i)) > 0$.
# For every vector $u$, $u^\top X^\top S X u = \sum_i S_{ii}(x_i^\top u)^2 \ge 0$: no eigenvalue is negative anywhere, so the loss is **convex**. It has no second valley.
# And $S_{ii} \le \tfrac14$, so $L$ is at most a quarter of the largest eigenvalue of $X^\top X / N$.
#
# One warning about numbers. Where the model is sure, logits are large, and then the formula as written breaks down:

# %%
for z in (10.0, 100.0, 1000.0):
    up, probability = torch.exp(torch.tensor(z)), torch.sigmoid(torch.tensor(z))
    log = torch.log(1 - probability)
    print(
        f"z = {z:6}:  exp(z) = {up:.3g},  σ(z) = {probability:.6f},  log(1 - σ(z)) = {log:.4f}"
    )

# %% [markdown]
# The sigmoid is fine. The exponential overflows, and the logarithm of a rounded zero is $-\infty$, while the true value is close to $-z$.
# Both come from the same term, and an identity saves it: $\log(1 + e^{z}) = \max(z, 0) + \log\!\big(1 + e^{-|z|}\big)$, where no exponent is positive.
#
# **Predict.** Before training, $\theta = 0$. What is the loss, whatever the data? And what does a single example cost whose logit is $+20$ and whose label is 0?
#
# ### Exercise 2
#
# Return the loss and its gradient. `y` may come as booleans, integers or floats, and holds only zeros and ones.
# The loss is a tensor of shape `()`. Both results are finite and right for logits as large as $\pm 1000$, in `float32` too.


# %% exercise="logistic_nll" points=6
def logistic_nll(theta: Tensor, X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Mean negative log likelihood of logistic regression, in nats, and its gradient (course notes, 3.1).

    theta: parameters, shape (d,). X: features, shape (N, d), N >= 1, dtype of theta.
    y: labels 0 or 1, shape (N,), of any dtype.
    Returns (loss, gradient): shapes () and (d,), dtype of theta. Finite for logits of +-1000.
    """
    ### BEGIN SOLUTION
    z = X @ theta  # (N,)
    y = y.to(theta.dtype)
    loss = (torch.logaddexp(z, torch.zeros_like(z)) - y * z).mean()
    grad = X.T @ (torch.sigmoid(z) - y) / len(y)
    return loss, grad
    ### END SOLUTION


# %% [markdown] hint="logistic_nll"
# Compute all logits at once. Both results are short expressions in the logits, the labels and `X`. Convert the labels to the dtype of `theta` first.
#
# ***
#
# Loss: the mean of $\log(1 + e^{z_i}) - y_i z_i$, with $\log(1 + e^{z}) = \max(z, 0) + \log(1 + e^{-|z|})$. Gradient: $\frac1N X^\top(\sigma(z) - y)$.
#
# ***
#
# - Logits: a matrix-vector product, shape $(N,)$.
# - `torch.logaddexp(a, b)` is $\log(e^a + e^b)$ without overflow, for two tensors, and $1 = e^0$. Or use `torch.clamp`, `torch.abs` and `torch.log1p` with the identity.
# - `torch.sigmoid` is already stable. `X.T @ errors` sums over the examples, then divide by $N$.

# %% check="logistic_nll" keep="The gradient is the features weighted by the errors: Xᵀ(σ(Xθ) − y)/N. Convex means one valley."
check("logistic_nll")

# %% [markdown]
# ### Real digits: 3 against 8
#
# The data are 1797 handwritten digits of 8 × 8 pixels, grey values from 0 to 1. Take the threes and the eights. The label is 1 for an eight.
# A constant feature gives the model its bias: $X$ gets a 65th column of ones, and the 65th entry of $\theta$ is the bias.
# A quarter of the examples is kept for testing.

# %%
images, digit = data.digits()
pair = (digit == 3) | (digit == 8)
pixels = images[pair].double()
X = torch.cat([pixels, torch.ones(len(pixels), 1, dtype=torch.float64)], dim=1)  # (N, 65)
y = (digit[pair] == 8).double()
origin = torch.zeros(65, dtype=torch.float64)
order = torch.randperm(len(y), generator=torch.Generator().manual_seed(0))
test, train = order[: len(y) // 4], order[len(y) // 4 :]
X_train, y_train, X_test, y_test = X[train], y[train], X[test], y[test]
L = torch.linalg.eigvalsh(X_train.T @ X_train).max().item() / (4 * len(train))
print(f"{len(train)} examples to train on, {len(test)} to test on")
print(f"L is at most {L:.2f}, so α is safe below {2 / L:.2f}")
fig, axes = plt.subplots(1, 10, figsize=(10, 1.3))
for ax, image in zip(axes, torch.cat([pixels[y == 0][:5], pixels[y == 1][:5]]), strict=True):
    ax.imshow(image.reshape(8, 8), cmap="gray_r")
    ax.axis("off")
plt.show()

# %% [markdown]
# Train with your two functions, and watch the length of $\theta$.

# %%
with payoff("gradient_descent", "logistic_nll"):
    path = gradient_descent(
        lambda theta: logistic_nll(theta, X_train, y_train)[1], origin, 1 / L, 10_000
    )
    for k in (0, 10, 100, 1000, 10_000):
        right = ((X_train @ path[k] > 0) == (y_train == 1)).double().mean().item()
        loss = logistic_nll(path[k], X_train, y_train)[0]
        print(
            f"step {k:6}:  loss {loss:.4f} nats   length of θ {path[k].norm():6.2f}   right {right:.1%}"
        )

# %% [markdown]
# The loss of a model that knows nothing is $\log 2 \approx 0.693$. It falls, all training digits come out right, and $\theta$ grows and grows.
# These threes and eights can be **separated** by a plane. Once every example is on its right side, doubling $\theta$ makes the model more certain and the loss smaller. The infimum is 0, and no finite $\theta$ reaches it.
# This is the convex loss without a minimum from the erratum of section 1: with separable data logistic regression has no finite optimum.
#
# The repair is the Gaussian prior of chapter 2, a penalty on the length of $\theta$ (here on the bias too, to keep the code short):
#
# $$\mathcal{L}_\lambda(\theta) = \mathcal{L}(\theta) + \tfrac{\lambda}{2}\lVert\theta\rVert^2, \qquad \nabla\mathcal{L}_\lambda(\theta) = \nabla\mathcal{L}(\theta) + \lambda\theta .$$
#
# Now every eigenvalue of the Hessian is at least $\lambda$. The minimum exists and there is only one. We take $\lambda = 0.01$.

# %%
lam = 0.01


def penalized(theta: Tensor, X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The learner's logistic_nll with the penalty lam/2 |theta|²: loss () and gradient (d,)."""
    loss, grad = logistic_nll(theta, X, y)
    return loss + 0.5 * lam * theta @ theta, grad + lam * theta


def train_loss(theta: Tensor) -> float:
    """Penalized loss on the training digits, in nats."""
    return penalized(theta, X_train, y_train)[0].item()


def train_slope(theta: Tensor) -> Tensor:
    """Its gradient, shape (65,)."""
    return penalized(theta, X_train, y_train)[1]


# %% [markdown]
# Start from six points on a circle around the optimum. The circle lies in a plane through the 65-dimensional space, spanned by a direction of large curvature and one of small curvature; the contours show the loss on that plane. The walks may leave the plane, so their shadows on it are drawn.

# %%
with payoff("gradient_descent", "logistic_nll"):
    best = gradient_descent(train_slope, origin, 1.9 / (L + lam), 2000)[-1]
    lowest = train_loss(best)
    plane = torch.linalg.eigh(X_train.T @ X_train).eigenvectors[:, [-1, -9]]  # (65, 2)
    angle = torch.arange(6, dtype=torch.float64) * math.pi / 3 + 0.4
    starts = best + 5 * torch.stack([angle.cos(), angle.sin()], dim=1) @ plane.T  # (6, 65)
    paths = [gradient_descent(train_slope, start, 1.5 / (L + lam), 2000) for start in starts]
    ends = torch.stack([path[-1] for path in paths])
    apart = [torch.cdist(points, points).max().item() for points in (starts, ends)]
    print(f"starts up to {apart[0]:.1f} apart, ends at most {apart[1]:.0e} apart")

    fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4.4))
    side = torch.linspace(-6, 6, 31, dtype=torch.float64)
    heights = [
        [train_loss(best + a * plane[:, 0] + b * plane[:, 1]) for a in side] for b in side
    ]
    left.contour(side, side, heights, levels=24, colors="0.75", linewidths=0.8)
    for path, color in zip(
        paths, plt.rcParams["axes.prop_cycle"].by_key()["color"], strict=False
    ):
        figures.path(left, (path - best) @ plane, color=color)
        right.loglog(
            range(1, 1002), [train_loss(theta) - lowest for theta in path[:1001]], color=color
        )
    left.set(xlabel="distance along the steep direction", ylabel="along the flat direction")
    left.set(aspect="equal", title="six starts, one end")
    right.set(xlabel="steps + 1", ylabel="loss above the optimum (nats)")
    plt.show()

# %% [markdown]
# And what has been learned? Each pixel has one weight, so the weights are a picture.

# %%
with payoff("gradient_descent", "logistic_nll"):
    best = gradient_descent(train_slope, origin, 1.9 / (L + lam), 2000)[-1]
    wrong = ((X_test @ best > 0) != (y_test == 1)).nonzero().flatten()
    print(
        f"test accuracy {1 - len(wrong) / len(test):.1%}: {len(wrong)} of {len(test)} digits wrong"
    )
    fig, axes = plt.subplots(
        1, 1 + len(wrong), figsize=(3.8 + 2.2 * len(wrong), 3), squeeze=False
    )
    reach = best[:64].abs().max()
    shown = axes[0, 0].imshow(best[:64].reshape(8, 8), cmap="RdBu_r", vmin=-reach, vmax=reach)
    axes[0, 0].set_title("weights: red 8, blue 3")
    fig.colorbar(shown, ax=axes[0, 0], label="weight of the pixel")
    for ax, i in zip(axes[0, 1:], wrong, strict=True):
        ax.imshow(X_test[i, :64].reshape(8, 8), cmap="gray_r")
        ax.set_title(f"a {8 if y_test[i] else 3}, taken for {8 if X_test[i] @ best > 0 else 3}")
    for ax in axes.flat:
        ax.axis("off")
    plt.show()

# %% [markdown]
# **Notice.**
# - The predictions: at $\theta = 0$ every probability is ½ and the loss is $\log 2$. A confident wrong answer costs about its logit, 20 nats: being sure and wrong is expensive.
# - Six starts, one end. That is what convexity (with the penalty) buys, and no network in the later chapters has it.
# - Every walk first drops along the steep direction and then crawls along the flat one. About ten steps are enough for the drop; the rest takes a thousand.
# - The weights show where an 8 has ink and a 3 has none: the left half of the two loops. You can read this model. Most models to come cannot be read like this, which is why so much of the course is about looking inside.

# %% [markdown]
# ## 3 · Newton's method: use the curvature
#
# ### Why
#
# Why does it crawl? Your own function can tell. Take the quadratic $\tfrac12(\theta_1^2 + \kappa\,\theta_2^2)$, whose Hessian has the eigenvalues 1 and $\kappa$. Their ratio $\kappa$ is the **condition number**.
# Give gradient descent its best rate, $\alpha = 2/(1 + \kappa)$, and count the steps until the loss has fallen by a factor of a million.

# %%
conditions = [3, 10, 30, 100, 300, 1000]


def steps_needed(path: Tensor, kappa: float) -> int:
    """Steps until the quadratic with eigenvalues 1 and kappa is a millionth of its first value."""
    loss = 0.5 * (path[:, 0] ** 2 + kappa * path[:, 1] ** 2)
    return int((loss < 1e-6 * loss[0]).nonzero()[0])


with payoff("gradient_descent"):
    for kappa in conditions:
        scale = torch.tensor(
            [1.0, kappa], dtype=torch.float64
        )  # the quadratic's gradient is scale * θ
        path = gradient_descent(scale.mul, 1 / scale, 2 / (1 + kappa), 5 * kappa + 20)
        print(f"condition number {kappa:5}:  {steps_needed(path, kappa):5} steps")

# %% [markdown]
# The number of steps grows in proportion to $\kappa$. A gradient knows the slope and not how soon the slope changes. The Hessian knows.
#
# ### The mathematics
#
# To second order around $\theta_k$,
#
# $$\mathcal{L}(\theta) \approx \mathcal{L}(\theta_k) + \nabla\mathcal{L}(\theta_k)^\top(\theta - \theta_k) + \tfrac12(\theta - \theta_k)^\top\nabla^2\mathcal{L}(\theta_k)\,(\theta - \theta_k).$$
#
# Set the derivative with respect to $\theta$ to zero and solve for $\theta$. With a rate $\alpha$ in front ($\alpha = 1$ is the full step):
#
# $$\theta_{k+1} = \theta_k - \alpha\,\big(\nabla^2\mathcal{L}(\theta_k)\big)^{-1}\nabla\mathcal{L}(\theta_k).$$
#
# The inverse stands in the formula only. A program solves the linear system $\nabla^2\mathcal{L}(\theta_k)\,\delta = \nabla\mathcal{L}(\theta_k)$ for $\delta$, shape $(d,)$: fewer operations, smaller rounding errors.
#
# > **Erratum.** The notes write the linear term as $\nabla\mathcal{L}(\theta_0)(\theta - \theta_0)$; with a column gradient it needs the transpose, as above.
# > They also give the cost as $O(n)$ for gradient descent and $O(n^3)$ for Newton, where their $n$ is our $d$, the number of parameters. Both are costs **of one step**, on top of computing the derivatives: $O(d)$ and $O(d^3)$.
# > Newton also needs $O(d^2)$ memory for the Hessian, which for networks runs out first.
#
# **Predict.** How many Newton steps with $\alpha = 1$ does a quadratic with $\kappa = 1000$ take? Does the answer depend on the start?
#
# ### Exercise 3
#
# One Newton step, from the gradient and the Hessian at `theta`. The Hessian is symmetric, and its eigenvalues may have either sign: at a saddle they do. Solve the system and do not form the inverse: the check measures the rounding error. If the Hessian is singular there is no such step: let the error of the solver through.


# %% exercise="newton_step" points=4
def newton_step(theta: Tensor, grad: Tensor, hessian: Tensor, alpha: float = 1.0) -> Tensor:
    """One step of Newton's method (course notes, Algorithm 2).

    theta, grad: the point and the gradient there, shape (d,). hessian: shape (d, d).
    alpha: learning rate; 1 goes to the critical point of the local quadratic.
    Returns the new point, shape (d,). Raises torch.linalg.LinAlgError where the Hessian is singular.
    """
    ### BEGIN SOLUTION
    return theta - alpha * torch.linalg.solve(hessian, grad)
    ### END SOLUTION


# %% [markdown] hint="newton_step"
# Newton's step is the gradient step with the gradient replaced by the solution of a linear system.
#
# ***
#
# Find $\delta$ with $\nabla^2\mathcal{L}\,\delta = \nabla\mathcal{L}$; then $\theta_{k+1} = \theta_k - \alpha\,\delta$.
#
# ***
#
# - `torch.linalg.solve(A, b)` returns the $x$ with $Ax = b$, for a right-hand side of shape $(d,)$ too.
# - Return a new tensor.

# %% check="newton_step" keep="Newton divides each direction by its own curvature. On a quadratic one full step is enough."
check("newton_step")

# %% [markdown]
# ### One step against a hundred

# %%
ravine = surfaces.SURFACES["ravine"]
with payoff("gradient_descent", "newton_step"):
    start = torch.tensor(ravine.start, dtype=torch.float64)
    minimum = torch.tensor(ravine.minima[0], dtype=torch.float64)
    largest = torch.linalg.eigvalsh(ravine.hessian(minimum)).max().item()
    walk = gradient_descent(ravine.gradient, start, 1.9 / largest, 100)
    jump = torch.stack(
        [start, newton_step(start, ravine.gradient(start), ravine.hessian(start))]
    )
    before, slow, fast = (ravine.loss(theta).item() for theta in (start, walk[-1], jump[-1]))
    print(
        f"loss {before:.3g} at the start, {slow:.1e} after 100 gradient steps, {fast:.1e} after 1 Newton step"
    )
    fig, ax = plt.subplots(figsize=(5, 4.4))
    figures.contour(ax, ravine)
    figures.path(ax, walk, label="gradient descent, 100 steps")
    figures.path(ax, jump, label="Newton, 1 step", color=figures.color("Newton"))
    ax.legend()
    plt.show()

# %% [markdown]
# The ravine is a quadratic, where Newton's model of the loss is exact. The digits are not. Their Hessian is $\frac1N X^\top S X + \lambda I$, shape $(65, 65)$; the cell computes it anew for each step.


# %%
def digits_hessian(theta: Tensor) -> Tensor:
    """Hessian of the penalized NLL on the training digits, shape (65, 65)."""
    p = torch.sigmoid(X_train @ theta)
    return (X_train.T * (p * (1 - p))) @ X_train / len(p) + lam * torch.eye(
        65, dtype=torch.float64
    )


with payoff("gradient_descent", "logistic_nll", "newton_step"):
    newton_step(origin, origin, digits_hessian(origin))  # once before the clock starts
    began = time.perf_counter()
    walk = gradient_descent(train_slope, origin, 1.9 / (L + lam), 2000)
    walk_seconds, began = time.perf_counter() - began, time.perf_counter()
    newton = [origin]
    for _ in range(8):
        newton.append(
            newton_step(newton[-1], train_slope(newton[-1]), digits_hessian(newton[-1]))
        )
    newton_seconds = time.perf_counter() - began

    fig, ax = plt.subplots(figsize=(7, 3.8))
    for name, points in (("gradient descent", walk), ("Newton", newton)):
        norms = [train_slope(theta).norm().item() for theta in points]
        ax.loglog(range(1, len(norms) + 1), norms, label=name, color=figures.color(name))
        print(f"{name:16}: {len(norms) - 1:5} steps, length of the gradient {norms[-1]:.1e}")
    slow, fast = 1e6 * walk_seconds / 2000, 1e6 * newton_seconds / 8
    print(f"a gradient step takes {slow:.0f} µs, a Newton step {fast:.0f} µs")
    ax.set(xlabel="steps + 1", ylabel="length of the gradient")
    ax.legend()
    plt.show()

# %% [markdown]
# Two failures remain. The first is the cost. Solve random systems of growing size, and count bytes:

# %%
for size in (250, 500, 1000, 2000):
    matrix = torch.eye(size) + 0.01 * torch.randn(size, size, generator=generator)
    vector = torch.ones(size)
    seconds = []
    for _ in range(4):
        began = time.perf_counter()
        torch.linalg.solve(matrix, vector)
        seconds.append(time.perf_counter() - began)
    print(
        f"d = {size:5}:  one solve {1e3 * min(seconds):6.1f} ms,  Hessian {4 * size**2 / 1e6:5.2f} MB"
    )
print(f"d = 1 000 000 (a small network):  Hessian {4 * 1_000_000**2 / 1e12:.0f} TB in float32")

# %% [markdown]
# The second is worse, because it is silent. Start both methods at the same point near a saddle:

# %%
with payoff("gradient_descent", "newton_step"):
    start = torch.tensor(saddle.start, dtype=torch.float64)
    walk = gradient_descent(saddle.gradient, start, 0.1, 120)
    newton = [start]
    for _ in range(10):
        newton.append(
            newton_step(newton[-1], saddle.gradient(newton[-1]), saddle.hessian(newton[-1]))
        )
    fig, ax = plt.subplots(figsize=(5, 4.4))
    figures.contour(ax, saddle)
    for name, points in (("gradient descent", walk), ("Newton", torch.stack(newton))):
        figures.path(ax, points, label=name)
        end = points[-1]
        curvatures = [round(c, 2) for c in torch.linalg.eigvalsh(saddle.hessian(end)).tolist()]
        slope = saddle.gradient(end).norm()
        print(
            f"{name:16}: loss {saddle.loss(end):.3f}, gradient {slope:.1e}, curvatures {curvatures}"
        )
    ax.legend()
    plt.show()

# %% [markdown]
# **Notice.**
# - The prediction: one step, from anywhere. On the digits a handful of steps reaches the rounding error, and near the end each step roughly doubles the number of correct digits. Two thousand gradient steps get less far.
# - A Newton step costs more than a gradient step. With 65 parameters that can pay, since so few are needed. When $d$ doubles, the arithmetic of a solve grows eightfold and the memory fourfold. The printed times follow only roughly: a machine works on large systems more efficiently than on small ones, and other programs share it.
# - At the saddle Newton's gradient is zero and it stops, on a point with a negative eigenvalue: a direction in which the loss goes down.
# - In many dimensions this matters: a critical point with all eigenvalues positive becomes rare, and saddles are what an optimizer meets (Dauphin et al. 2014). The claim rests on random-matrix arguments and on measurements of small networks; it is not a theorem about yours.
# - Gradient descent is slowed by a saddle, and not caught: from almost every start it gets away (Lee et al. 2016).

# %% [markdown] question="newton_saddle" points=3
# **Question 1 (3 points).** Let $\theta^*$ be a saddle: $\nabla\mathcal{L}(\theta^*) = 0$, and the Hessian there has eigenvalues $h_1 > 0$ and $h_2 < 0$. Near $\theta^*$ the loss is its second-order expansion. Write a point as $\theta^* + u_1 e_1 + u_2 e_2$ in the eigenvectors $e_1, e_2$.
#
# (a) Where does one full Newton step go, and why does the sign of $h_2$ not matter to it?
#
# (b) Where does one gradient step of rate $\alpha$ go, along $e_1$ and along $e_2$?
#
# (c) Change Newton's step so that it leaves the saddle and still takes long steps along flat directions. Give the new step along $e_j$.

# %% [markdown] rubric="newton_saddle"
# **Model answer.** The gradient at the point has the components $h_1 u_1$ and $h_2 u_2$.
#
# (a) Newton divides each component by its eigenvalue: the step is $-h_j u_j/h_j = -u_j$ along each $e_j$. It lands on $\theta^*$. The sign cancels: setting the derivative of the quadratic to zero finds its critical point, whether minimum, maximum or saddle.
#
# (b) Gradient descent multiplies $u_j$ by $1 - \alphah_j$. Along $e_1$ this shrinks (for $\alpha < 2/h_1$); along $e_2$ it is $1 + \alpha|h_2| > 1$: the walker leaves the saddle, slowly when $|h_2|$ is small.
#
# (c) Divide by $|h_j|$: the step is $-h_j u_j/|h_j|$, towards $\theta^*$ along $e_1$ and away from it along $e_2$ (saddle-free Newton, Dauphin et al. 2014). Also right: add a multiple $\mu I$ to the Hessian with $\mu > |h_2|$ (damping, trust region), which gives $-h_j u_j/(h_j + \mu)$.
#
# **Rubric.** 1 point: (a) the step is $-u_j$ and the sign cancels, or in words, Newton solves for a critical point of any kind. 1 point: (b) the factor $1 - \alphah_j$ with the growth along $e_2$. 1 point: (c) a change that makes every divisor positive, with its step; half a point for "use gradient descent there" or for a fix without a formula.

# %% [markdown]
# ## 4 · Momentum: remember where you were going
#
# ### Why
#
# Newton is too expensive, and gradient descent swings. How badly? Run your function down the ravine at a rate of $1.95/L$ and measure the angle between each gradient and the next.

# %%
with payoff("gradient_descent"):
    start = torch.tensor(ravine.start, dtype=torch.float64)
    curvatures, directions = torch.linalg.eigh(
        ravine.hessian(start)
    )  # (2,), (2, 2): a direction a column
    walk = gradient_descent(ravine.gradient, start, 1.95 / curvatures[1].item(), 12)
    grads = torch.stack([ravine.gradient(theta) for theta in walk])
    cosines = torch.nn.functional.cosine_similarity(grads[1:], grads[:-1])
    print(
        "cosine of the angle between successive gradients:",
        [round(c, 2) for c in cosines.tolist()],
    )
    for name, parts in zip(("floor", "walls"), (grads @ directions).T.tolist(), strict=True):
        print(f"gradient along the {name}:", [round(g, 2) for g in parts[:8]])

# %% [markdown]
# One step undoes most of the step before it. Between the walls the sign flips every time, along the floor it never does.
# Where successive gradients disagree they should cancel, and where they agree they should add up.
#
# ### The mathematics
#
# Keep a running direction $g_k$, shape $(d,)$, that blends the old direction into the new gradient (Polyak 1964):
#
# $$g_k = \nabla\mathcal{L}(\theta_k) + \mu\, g_{k-1}, \qquad \theta_{k+1} = \theta_k - \alpha\, g_k ,$$
#
# with momentum $0 \le \mu < 1$, and $g = 0$ before the first step. Write the recursion out: $g_k = \sum_{j \le k} \mu^{k-j}\,\nabla\mathcal{L}(\theta_j)$.
# A gradient $c$ that never changes adds up to $c\,(1 + \mu + \mu^2 + \dots) = c/(1 - \mu)$.
# A gradient that flips, $c, -c, c, \dots$, cancels down to a size of $c\,(1 - \mu + \mu^2 - \dots) = c/(1 + \mu)$.
#
# > **Erratum.** The notes reuse the letter $g_k$. In momentum it is the running direction, not the gradient; in their minibatch formula it is the estimate of the gradient. They also leave out the beginning: $g$ starts at zero.
#
# **Predict.** For $\mu = 0.9$: by what factor does momentum speed up a constant gradient? By what factor does it shrink an alternating one? What does $\mu = 0$ give?
#
# ### Exercise 4
#
# One step. From here on, every step function takes the state it needs and returns the new state next to the new parameters; it works element by element, on a tensor of any shape.


# %% exercise="momentum_step" points=3
def momentum_step(
    theta: Tensor, grad: Tensor, g: Tensor, alpha: float, mu: float
) -> tuple[Tensor, Tensor]:
    """One step of gradient descent with momentum (course notes, Algorithm 3; Polyak 1964).

    theta, grad: parameters and the gradient there, of one shape.
    g: running direction, the same shape, zeros at the start.
    alpha: learning rate. mu: momentum, 0 <= mu < 1.
    Returns (theta, g): the new parameters and the new direction.
    """
    ### BEGIN SOLUTION
    g = grad + mu * g
    return theta - alpha * g, g
    ### END SOLUTION


# %% [markdown] hint="momentum_step"
# First bring the direction up to date, then step along the new direction.
#
# ***
#
# $g \leftarrow \nabla\mathcal{L} + \mu g$, then $\theta \leftarrow \theta - \alpha g$ with the new $g$.
#
# ***
#
# - Two lines. The new gradient enters with weight 1, not $1 - \mu$; the old direction with weight $\mu$; the learning rate comes in the second line only.
# - Return both new tensors, parameters first. `g *= mu` would change the caller's tensor.

# %% check="momentum_step" keep="Gradients that agree add up to 1/(1 − μ) of one; gradients that alternate cancel to 1/(1 + μ)."
check("momentum_step")

# %% [markdown]
# A step function needs a loop around it. This helper serves all of them for the rest of the chapter: `update(k, theta, grad, *state)` returns `(theta, *state)`, the state starts as zeros, and `k` counts from 1.


# %%
def follow(
    update: Callable, gradient: Callable, start: Tensor, states: int, steps: int
) -> Tensor:
    """The points of a walk of `steps` updates with `states` tensors of state: (steps + 1, *start.shape)."""
    theta, state, visited = (start, [torch.zeros_like(start) for _ in range(states)], [start])
    for k in range(1, steps + 1):
        theta, *state = update(k, theta, gradient(theta), *state)
        visited.append(theta)
    return torch.stack(visited)


# %%
with payoff("gradient_descent", "momentum_step"):
    start = torch.tensor(ravine.start, dtype=torch.float64)
    curvatures, directions = torch.linalg.eigh(ravine.hessian(start))
    alpha = 1.95 / curvatures[1].item()
    heavy = lambda k, t, grad, g: momentum_step(t, grad, g, alpha, 0.65)
    walks = {
        "gradient descent": gradient_descent(ravine.gradient, start, alpha, 60),
        "momentum": follow(heavy, ravine.gradient, start, 1, 60),
    }
    fig, axes = plt.subplots(1, 3, figsize=(12, 3.6))
    figures.contour(axes[0], ravine)
    for name, walk in walks.items():
        figures.path(axes[0], walk, label=name)
        for ax, place in zip(axes[1:], (walk @ directions).T, strict=True):
            ax.plot(place, color=figures.color(name), label=name)
        print(f"{name:16}: loss {ravine.loss(walk[-1]):.1e} after 60 steps")
    axes[1].set(xlabel="steps", ylabel="distance from the minimum", title="along the floor")
    axes[2].set(xlabel="steps", title="between the walls")
    axes[2].legend()
    plt.show()

# %% [markdown]
# The notes say that momentum brings some benefits of Newton's method. How much is "some"? Count steps on the quadratics of section 3 again, with the best $\alpha$ and $\mu$ for each condition number (Polyak's, for quadratics).

# %%
with payoff("gradient_descent", "newton_step", "momentum_step"):
    counts = {"gradient descent": [], "momentum": [], "Newton": []}
    for kappa in conditions:
        scale, root = torch.tensor([1.0, kappa], dtype=torch.float64), math.sqrt(kappa)
        start, alpha, mu = (1 / scale, 4 / (root + 1) ** 2, ((root - 1) / (root + 1)) ** 2)
        tuned = lambda k, t, grad, g, alpha=alpha, mu=mu: momentum_step(t, grad, g, alpha, mu)
        walks = {
            "gradient descent": gradient_descent(
                scale.mul, start, 2 / (1 + kappa), 5 * kappa + 20
            ),
            "momentum": follow(tuned, scale.mul, start, 1, 20 * int(root) + 40),
            "Newton": torch.stack(
                [start, newton_step(start, scale * start, torch.diag(scale))]
            ),
        }
        for name, walk in walks.items():
            counts[name].append(steps_needed(walk, kappa))
    fig, ax = plt.subplots(figsize=(7, 3.8))
    for name, steps in counts.items():
        ax.loglog(conditions, steps, "o-", label=name, color=figures.color(name))
        print(f"{name:16}:", steps)
    ax.set(xlabel="condition number κ", ylabel="steps to a millionth of the loss")
    ax.legend()
    plt.show()

# %% [markdown]
# **Notice.**
# - The predictions: ten times faster, about half (1/1.9), and plain gradient descent.
# - Both walks of the first figure have the same $\alpha$. Between the walls momentum's swings die out; along the floor it runs ahead.
# - Gradient descent needs steps in proportion to $\kappa$, momentum in proportion to about $\sqrt\kappa$, Newton one. That is the benefit: real, at the price of one more tensor, and short of Newton.
# - The square root is proved for quadratics with $\alpha$ and $\mu$ tuned to the curvature. For a network it is a hope. Momentum knows nothing about curvature: it remembers gradients.
# - The sister method, Nesterov's, takes the gradient a little ahead, at the point where the running direction is about to lead (Sutskever et al. 2013).

# %% [markdown]
# ## 5 · RMSProp: forget the magnitude
#
# ### Why
#
# Momentum still uses one rate for all coordinates, and the gradient's own size. Put it far out on the plateau and the size misleads:

# %%
plateau, far = (surfaces.SURFACES["plateau"], torch.tensor([-1.8, 1.7], dtype=torch.float64))
with payoff("momentum_step"):
    walk = follow(
        lambda k, t, grad, g: momentum_step(t, grad, g, 0.05, 0.9),
        plateau.gradient,
        far,
        1,
        100,
    )
    print(f"length of the gradient at the start {plateau.gradient(far).norm():.1e}")
    print(f"distance to the minimum {(far - torch.tensor(plateau.minima[0])).norm():.2f}")
    print(f"moved in 100 steps {(walk[-1] - far).norm():.3f}")

# %% [markdown]
# It happens on real data too. Here is the first gradient of the digits, one value for each pixel, on a logarithmic scale:

# %%
with payoff("logistic_nll"):
    grad = logistic_nll(origin, X_train, y_train)[1]
    size = grad[:64].abs()
    blank = int((size == 0).sum())
    print(
        f"from {size[size > 0].min():.1e} to {size.max():.1e}, and exactly zero for {blank} pixels"
    )
    fig, ax = plt.subplots(figsize=(4.5, 3.4))
    shown = ax.imshow(size.log10().reshape(8, 8), cmap="viridis")
    ax.set_facecolor("white")
    fig.colorbar(shown, label="log₁₀ of the gradient's size")
    ax.set(title="white: always blank, gradient 0", xticks=[], yticks=[])
    plt.show()

# %% [markdown]
# The sizes span three orders of magnitude, in a model of 65 parameters. No single rate suits all of them. The sign of each entry says which way to go; the size is a poor guide to how far.
#
# ### The mathematics
#
# Estimate the typical squared size of each coordinate's gradient by a running average $s_k$, shape of $\theta$, and divide it out (Hinton, lecture 6e; Tieleman & Hinton 2012):
#
# $$s_k = \beta s_{k-1} + (1 - \beta)\,\big(\nabla\mathcal{L}(\theta_k)\big)^2, \qquad \theta_{k+1} = \theta_k - \alpha\,\frac{\nabla\mathcal{L}(\theta_k)}{\sqrt{s_k} + \epsilon} .$$
#
# Square, root and division are element-wise. The decay $0 \le \beta < 1$ sets the memory: about $1/(1 - \beta)$ steps. $s = 0$ before the first step.
# While a gradient keeps its size, $\sqrt{s_k}$ comes close to it, and the step has length $\alpha$ whatever that size is.
#
# > **Erratum.** The notes divide by $\sqrt{s_k}$ alone. A coordinate whose gradient has always been zero then gives $0/0$, which is NaN, and the pixels that are always blank are such coordinates. A small $\epsilon$ belongs in the denominator. Here it is added **after** the root, as in `torch.optim`; some texts write $\sqrt{s_k + \epsilon}$.
#
# **Predict.** Multiply the whole loss by 1000. What happens to the first RMSProp step? To the first gradient step?
#
# ### Exercise 5
#
# Update $s$ first, and divide by the updated one. A coordinate with zero gradient and zero state stays where it is.


# %% exercise="rmsprop_step" points=4
def rmsprop_step(
    theta: Tensor, grad: Tensor, s: Tensor, alpha: float, beta: float, eps: float = 1e-8
) -> tuple[Tensor, Tensor]:
    """One step of RMSProp (course notes, Algorithm 4, with epsilon; Tieleman & Hinton 2012).

    theta, grad: parameters and the gradient there, of one shape.
    s: running average of the squared gradient, the same shape, zeros at the start.
    alpha: learning rate. beta: decay, 0 <= beta < 1. eps: added to the root, not under it.
    Returns (theta, s): the new parameters and the new average.
    """
    ### BEGIN SOLUTION
    s = beta * s + (1 - beta) * grad**2
    return theta - alpha * grad / (s.sqrt() + eps), s
    ### END SOLUTION


# %% [markdown] hint="rmsprop_step"
# Each coordinate gets its own rate: $\alpha$ divided by the typical size of its gradient.
#
# ***
#
# $s \leftarrow \beta s + (1 - \beta)\nabla\mathcal{L}^2$; then $\theta \leftarrow \theta - \alpha\,\nabla\mathcal{L}/(\sqrt{s} + \epsilon)$, all element-wise.
#
# ***
#
# - Average the squares, not the gradients: the square is inside, the root comes later.
# - Divide the gradient by (root of the new `s`, plus `eps`).
# - Return parameters and new average; leave the arguments as they are.

# %% check="rmsprop_step" keep="Dividing by the running root mean square leaves the sign and drops the magnitude: every coordinate walks at about α."
check("rmsprop_step")

# %%
with payoff("momentum_step", "rmsprop_step"):
    steppers = {
        "momentum": lambda k, t, grad, g: momentum_step(t, grad, g, 0.05, 0.9),
        "RMSProp": lambda k, t, grad, s: rmsprop_step(t, grad, s, 0.05, 0.9),
    }
    fig, axes = plt.subplots(1, 3, figsize=(12, 3.6))
    figures.contour(axes[0], plateau)
    for name, stepper in steppers.items():
        walk = follow(stepper, plateau.gradient, far, 1, 60)
        figures.path(axes[0], walk, label=name)
        slopes = [plateau.gradient(theta).norm() for theta in walk]
        axes[1].semilogy(slopes, label=name, color=figures.color(name))
        axes[2].semilogy(walk.diff(dim=0).norm(dim=1), label=name, color=figures.color(name))
    axes[1].set(xlabel="steps", ylabel="length of the gradient", ylim=(1e-4, 2))
    axes[2].set(xlabel="steps", ylabel="length of the step", ylim=(1e-5, 1))
    axes[2].legend()
    plt.show()

# %% [markdown]
# And on the digits, with the loss multiplied by a constant $c$. Both methods keep their rate for 100 steps; the loss shown is the true one.

# %%
with payoff("gradient_descent", "logistic_nll", "rmsprop_step"):
    for c in (0.001, 1, 1000):
        scaled = lambda theta, c=c: c * train_slope(theta)
        descent = gradient_descent(scaled, origin, 0.5, 100)[-1]
        rms = follow(
            lambda k, t, grad, s: rmsprop_step(t, grad, s, 0.01, 0.9), scaled, origin, 1, 100
        )[-1]
        losses = [train_loss(theta) for theta in (descent, rms)]
        print(
            f"loss times {c:5}:  gradient descent ends at {losses[0]:.3g} nats, RMSProp at {losses[1]:.3g}"
        )
    blank = X_train[:, :64].sum(dim=0) == 0
    print(
        f"weights of the {int(blank.sum())} blank pixels after RMSProp: {rms[:64][blank].tolist()}"
    )

# %% [markdown]
# **Notice.**
# - The prediction: RMSProp's step does not change (apart from $\epsilon$), the gradient step becomes a thousand times longer.
# - While RMSProp crosses the plateau, the gradient grows more than a thousandfold and the length of the step changes little. Momentum has not moved.
# - The steps on the plateau are longer than $\alpha$, since the average lags behind a growing gradient. At the very start it also still holds the zero it began with. Keep that in mind for section 7.
# - The weights of blank pixels are 0 and not NaN. That is $\epsilon$ at work.

# %% [markdown]
# ## 6 · AdaGrad: let the steps shrink
#
# ### Why
#
# Does RMSProp stay where it arrives? Let it run on the bowl for a long time, at $\alpha = 0.1$.

# %%
with payoff("rmsprop_step"):
    bowl = surfaces.SURFACES["bowl"]
    start = torch.tensor(bowl.start, dtype=torch.float64)
    walk = follow(
        lambda k, t, grad, s: rmsprop_step(t, grad, s, 0.1, 0.9), bowl.gradient, start, 1, 1000
    )
    distance = (walk - torch.tensor(bowl.minima[0], dtype=torch.float64)).norm(dim=1)
    for k in (0, 50, 200, 500, 1000):
        print(f"step {k:5}:  distance to the minimum {distance[k]:.4f}")

# %% [markdown]
# At step 50 it had arrived, and then it was thrown out again. As the gradient goes to zero, $s$ forgets the large gradients of the way, and the effective rate $\alpha/(\sqrt{s} + \epsilon)$ grows until it is above the $2/L$ of section 1.
# From then on the walker jumps across the minimum, half its rate away on either side in each coordinate, forever. To come to rest, the rate must not grow back.
#
# ### The mathematics
#
# Replace the average of the squared gradients by their **sum** (Duchi, Hazan & Singer 2011):
#
# $$s_k = s_{k-1} + \big(\nabla\mathcal{L}(\theta_k)\big)^2, \qquad \theta_{k+1} = \theta_k - \alpha\,\frac{\nabla\mathcal{L}(\theta_k)}{\sqrt{s_k} + \epsilon} .$$
#
# A sum never falls. With gradients of constant size $c$ it is $k c^2$, and the step is $\alpha/\sqrt{k}$: the effective rate falls like $1/\sqrt{k}$.
# For convex losses on a bounded region this comes with a guarantee: the average excess of the loss along the walk falls like $1/\sqrt{k}$, also when the gradients are noisy.
# The sum is kept for each coordinate, so a feature that is seldom seen keeps a large rate for when it comes. That was the method's first purpose: rare words in text.
# AdaGrad is the older of the two; RMSProp came a year later and turned its sum into an average.
#
# > **Erratum.** Here too the notes leave out $\epsilon$, and $0/0$ waits at every coordinate that has had no gradient yet.
#
# **Predict.** A coordinate's gradient is 2 at every step, and $\alpha = 0.1$. How long is the first step? The 100th? How far has the walker come after 100 steps: 10, about 2, or about 0.2?
#
# ### Exercise 6
#
# The same shape as RMSProp, with another memory. Add first, then divide.


# %% exercise="adagrad_step" points=3
def adagrad_step(
    theta: Tensor, grad: Tensor, s: Tensor, alpha: float, eps: float = 1e-10
) -> tuple[Tensor, Tensor]:
    """One step of AdaGrad (course notes, Algorithm 5, with epsilon; Duchi, Hazan & Singer 2011).

    theta, grad: parameters and the gradient there, of one shape.
    s: sum of the squared gradients so far, the same shape, zeros at the start.
    alpha: learning rate. eps: added to the root, not under it.
    Returns (theta, s): the new parameters and the new sum.
    """
    ### BEGIN SOLUTION
    s = s + grad**2
    return theta - alpha * grad / (s.sqrt() + eps), s
    ### END SOLUTION


# %% [markdown] hint="adagrad_step"
# Everything is as in RMSProp, except that nothing is forgotten.
#
# ***
#
# $s \leftarrow s + \nabla\mathcal{L}^2$; then $\theta \leftarrow \theta - \alpha\,\nabla\mathcal{L}/(\sqrt{s} + \epsilon)$.
#
# ***
#
# - A new tensor for the sum: `s += ...` would change the caller's.
# - The present gradient is already in the sum when you divide, so the first step has length $\alpha$.

# %% check="adagrad_step" keep="A sum never forgets: AdaGrad's effective rate falls like 1/√k. Good at the end of a convex walk, bad in the middle of a long one."
check("adagrad_step")

# %% [markdown]
# First the bowl again, now with noise added to every gradient, as in section 8. Step functions work on any shape, so 200 walkers go at once, a tensor of shape $(200, 2)$.
# Then the ravine, where a steep wall comes first and a long floor after it. Both methods use $\alpha = 0.1$.

# %%
with payoff("rmsprop_step", "adagrad_step"):
    steppers = {
        "RMSProp": lambda theta, grad, s: rmsprop_step(theta, grad, s, 0.1, 0.9),
        "AdaGrad": lambda theta, grad, s: adagrad_step(theta, grad, s, 0.1),
    }
    bowl_gradient = torch.tensor([1.0, 2.0], dtype=torch.float64).mul
    noise = torch.randn(
        3000, 200, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64
    )
    fig, axes = plt.subplots(1, 3, figsize=(12, 3.6))
    for name, stepper in steppers.items():
        theta = torch.tensor(surfaces.SURFACES["bowl"].start, dtype=torch.float64).repeat(
            200, 1
        )
        s, distances, rates = torch.zeros_like(theta), [], []
        for shake in noise:
            theta, s = stepper(theta, bowl_gradient(theta) + shake, s)
            distances.append(theta.square().sum(dim=1).mean().sqrt())
            rates.append(0.1 / s.sqrt().mean())
        start = torch.tensor(ravine.start, dtype=torch.float64)
        walk = follow(
            lambda k, *now, stepper=stepper: stepper(*now), ravine.gradient, start, 1, 300
        )
        for ax, curve in zip(axes, (distances, rates, walk.norm(dim=1)), strict=True):
            ax.plot(range(1, len(curve) + 1), curve, label=name, color=figures.color(name))
        print(
            f"{name} on the noisy bowl: {distances[99]:.3f} away at step 100, {distances[-1]:.3f} at 3000"
        )
        print(
            f"{name} in the ravine: {walk[60].norm():.2f} away at step 60, {walk[-1].norm():.2f} at 300"
        )
    for ax, label in ((axes[0], "distance to the minimum"), (axes[1], "effective rate α/√s")):
        ax.set(xscale="log", yscale="log", xlabel="steps", ylabel=label, title="noisy bowl")
    axes[1].plot([30, 3000], [0.02, 0.002], "--", color="0.4", label="slope of 1/√k")
    axes[2].set(xlabel="steps + 1", ylabel="distance to the minimum", title="ravine")
    axes[1].legend(loc="lower left")
    plt.show()

# %% [markdown]
# On the digits every pixel has its own sum. After 200 steps the effective rates $\alpha/(\sqrt{s} + \epsilon)$ are these:

# %%
with payoff("logistic_nll", "adagrad_step"):
    theta, total = origin, torch.zeros_like(origin)
    for _ in range(200):
        theta, total = adagrad_step(theta, train_slope(theta), total, 0.1)
    ink, rate = X_train[:, :64].mean(dim=0), 0.1 / (total[:64].sqrt() + 1e-10)
    fig, ax = plt.subplots(figsize=(6.5, 3.6))
    ax.loglog(ink[ink > 0], rate[ink > 0], "o", color=figures.color("AdaGrad"))
    ax.set(xlabel="mean ink of the pixel (0 to 1)", ylabel="effective rate after 200 steps")
    ax.set_title("pixels with little ink keep a large rate")
    plt.show()

# %% [markdown]
# **Notice.**
# - The predictions: 0.1, then 0.01, and about $0.1\,(1 + 1/\sqrt2 + \dots + 1/\sqrt{100}) \approx 0.2\sqrt{100} \approx 2$.
# - On the noisy bowl RMSProp arrives first and then stays at its distance. AdaGrad comes later and keeps coming closer: its rate falls like $1/\sqrt{k}$, and the noise is averaged out.
# - In the ravine the first gradients are large. They stay in AdaGrad's sum forever, and it creeps along the floor. RMSProp crosses it in about fifty steps; the spike after that is the throw you saw at the start of this section. The notes say when AdaGrad works: if the optimum is found before the rate has decayed.
# - On the digits each pixel has a rate of its own, larger where there is little ink.
# - In a network the surface changes as you walk, and old gradients say little about the present place. There the average of RMSProp serves better than the sum.

# %% [markdown]
# ## 7 · Adam: momentum and RMSProp, with a correction
#
# ### Why
#
# RMSProp forgets the magnitude and momentum smooths the direction. Why not both? One thing is in the way. RMSProp's average starts at zero, and your own function shows what that does to the first steps. The gradient is 1 and $\alpha = 1$, so every step ought to have length 1:

# %%
with payoff("rmsprop_step"):
    for beta in (0.9, 0.99, 0.999):
        stepper = lambda k, t, grad, s, beta=beta: rmsprop_step(t, grad, s, 1.0, beta)
        walk = follow(stepper, torch.ones_like, torch.zeros(1, dtype=torch.float64), 1, 1000)
        lengths = {
            k: round((walk[k] - walk[k - 1]).abs().item(), 2) for k in (1, 10, 100, 1000)
        }
        print(f"β = {beta}:  length of each step: {lengths}")

# %% [markdown]
# With a memory of a thousand steps the first step is more than thirty times too long.
#
# ### The mathematics
#
# Adam (Kingma & Ba 2015) keeps two running averages, each with the shape of $\theta$ and zero at first: $m$ of the gradient (like momentum) and $v$ of its square (like RMSProp). Steps count from $k = 1$.
#
# $$m_k = \beta_1 m_{k-1} + (1 - \beta_1)\,\nabla\mathcal{L}(\theta_k), \qquad v_k = \beta_2 v_{k-1} + (1 - \beta_2)\,\big(\nabla\mathcal{L}(\theta_k)\big)^2$$
#
# How far off is an average that began at zero? If the gradient is a constant $c$, then $m_k = (1 - \beta_1)(1 + \beta_1 + \dots + \beta_1^{k-1})\,c = (1 - \beta_1^k)\,c$. So divide by $1 - \beta_1^k$, and the same for $v$:
#
# $$\hat m_k = \frac{m_k}{1 - \beta_1^k}, \qquad \hat v_k = \frac{v_k}{1 - \beta_2^k}, \qquad \theta_{k+1} = \theta_k - \alpha\,\frac{\hat m_k}{\sqrt{\hat v_k} + \epsilon} .$$
#
# The paper's settings are $\alpha = 0.001$, $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\epsilon = 10^{-8}$. As $k$ grows, $\beta^k$ vanishes and so does the correction.
#
# > **Erratum.** The notes say that without the correction the first steps would be very small. $m$ is too small, that is true. But $v$ is too small as well, it stands under a root in the denominator, and with the usual settings it wins: for a constant gradient the uncorrected step $k$ has length $\alpha\,(1 - \beta_1^k)/\sqrt{1 - \beta_2^k}$, which begins at $0.1/\sqrt{0.001}$ times $\alpha$, **larger** than $\alpha$. The paper says the same. You will see it below.
# > Also: with $k$ from 0 the correction divides by $1 - \beta^0 = 0$. Count $k$ from 1.
#
# **Predict.** What is the first Adam step in a coordinate with gradient 0.02? With gradient $-300$?
#
# ### Exercise 7
#
# `k` is the number of the present step: 1 on the first call. Return the plain averages $m$ and $v$, not the corrected ones: the next call needs them.


# %% exercise="adam_step" points=6
def adam_step(
    theta: Tensor,
    grad: Tensor,
    m: Tensor,
    v: Tensor,
    k: int,
    alpha: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Tensor, Tensor, Tensor]:
    """One step of Adam (course notes, Algorithm 6; Kingma & Ba 2015, Algorithm 1).

    theta, grad: parameters and the gradient there, of one shape.
    m, v: running averages of the gradient and of its square, the same shape, zeros at the start.
    k: number of this step, 1 for the first. eps: added to the root of the corrected average.
    Returns (theta, m, v): the new parameters and the new averages, without the correction.
    """
    ### BEGIN SOLUTION
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**k)
    v_hat = v / (1 - beta2**k)
    return theta - alpha * m_hat / (v_hat.sqrt() + eps), m, v
    ### END SOLUTION


# %% [markdown] hint="adam_step"
# Two running averages, two corrections, one step: a line for each line of the formulas.
#
# ***
#
# $\hat m = m/(1 - \beta_1^k)$ and $\hat v = v/(1 - \beta_2^k)$; the step is $\alpha\,\hat m/(\sqrt{\hat v} + \epsilon)$. Check it by hand for $k = 1$: $\hat m = \nabla\mathcal{L}$ and $\hat v = \nabla\mathcal{L}^2$.
#
# ***
#
# - New `m` with $\beta_1$ and the gradient; new `v` with $\beta_2$ and its square.
# - Corrected copies under other names, so that the plain ones can be returned.
# - `eps` is added after the root of the corrected `v`.
# - Return parameters, `m`, `v`.

# %% check="adam_step" keep="Adam's step is a signal-to-noise ratio: the mean of the gradient over its root mean square, both freed of their start at zero."
check("adam_step")

# %% [markdown]
# ### With and without the correction
#
# A constant gradient once more. The correction switched off is your function with a huge `k`, since then $\beta^k = 0$.

# %%
with payoff("adam_step"):
    zero = torch.zeros(1, dtype=torch.float64)
    fig, ax = plt.subplots(figsize=(7, 3.6))
    for label, late in (("with the correction", 0), ("without", 10**9)):
        stepper = lambda k, t, grad, m, v, late=late: adam_step(t, grad, m, v, k + late, 1.0)
        walk = follow(stepper, torch.ones_like, zero, 2, 3000)
        lengths = walk.diff(dim=0).abs().flatten()
        ax.semilogx(range(1, 3001), lengths, label=label)
        first, longest, last = lengths[0], lengths.max(), lengths[-1]
        print(
            f"{label:20}: step 1 {first:.2f} α, longest {longest:.2f} α, step 3000 {last:.2f} α"
        )
    ax.set(xlabel="steps", ylabel="length of the step, in units of α", ylim=(0, None))
    ax.legend()
    plt.show()

# %% [markdown]
# ### The race
#
# All six, with your functions, on the surface of the chapter's first picture. Press play, or drag the slider. Newton takes full steps. Each of the others runs at a rate that suits it here; another surface would call for others, so do not read the finishing order as a law.
#
# **Predict.** You have seen five of these walks at the top of the chapter. Where does the sixth, Newton, end? And who is first below a loss of 0.001 for good?

# %%
updates = {
    "momentum": (lambda k, t, grad, g: momentum_step(t, grad, g, 0.02, 0.9), 1),
    "RMSProp": (lambda k, t, grad, s: rmsprop_step(t, grad, s, 0.05, 0.9), 1),
    "AdaGrad": (lambda k, t, grad, s: adagrad_step(t, grad, s, 0.3), 1),
    "Adam": (lambda k, t, grad, m, v: adam_step(t, grad, m, v, k, alpha=0.1), 2),
}
with payoff(
    "gradient_descent",
    "newton_step",
    "momentum_step",
    "rmsprop_step",
    "adagrad_step",
    "adam_step",
):
    start = torch.tensor(saddle.start, dtype=torch.float64)
    paths = {"gradient descent": gradient_descent(saddle.gradient, start, 0.1, 100)}
    for name, (update, states) in updates.items():
        paths[name] = follow(update, saddle.gradient, start, states, 100)
    newton = lambda k, t, grad: (newton_step(t, grad, saddle.hessian(t)),)
    paths["Newton"] = follow(newton, saddle.gradient, start, 0, 100)
    for name, path in paths.items():
        losses = saddle.loss(path)
        above = int((losses >= 1e-3).nonzero().max())
        first = f"from step {above + 1} on" if above < 100 else "never for good"
        print(f"{name:16}: loss below 0.001 {first}; after 100 steps {losses[-1]:.1e}")
    display(explorers.race(paths, saddle))

# %% [markdown]
# ### Where Adam goes wrong
#
# Adam has no general guarantee of convergence, not even for convex losses. Reddi, Kale & Kumar (2018) give a loss with one parameter in $[-1, 1]$: the gradient is 3 in every third step and $-1$ in the other two.
# On average it is $+\tfrac13$, so the best point is $-1$. They take $\beta_1 = 0$, $\beta_2 = 0.1$ and a rate that falls like $1/\sqrt{k}$.

# %%
with payoff("adam_step", "adagrad_step"):
    theta_adam, theta_ada = (
        torch.zeros(1, dtype=torch.float64),
        torch.zeros(1, dtype=torch.float64),
    )
    m, v, s = (torch.zeros(1, dtype=torch.float64) for _ in range(3))
    seen = []
    for k in range(1, 1001):
        grad = torch.tensor([3.0 if k % 3 == 1 else -1.0], dtype=torch.float64)
        theta_adam, m, v = adam_step(theta_adam, grad, m, v, k, 0.5 / math.sqrt(k), 0.0, 0.1)
        theta_ada, s = adagrad_step(theta_ada, grad, s, alpha=0.5)
        theta_adam, theta_ada = theta_adam.clamp(-1, 1), theta_ada.clamp(-1, 1)
        seen.append((theta_adam.item(), theta_ada.item()))
    fig, ax = plt.subplots(figsize=(7, 3.2))
    for name, points in zip(("Adam", "AdaGrad"), zip(*seen, strict=True), strict=True):
        ax.plot(points, label=name, color=figures.color(name))
    ax.axhline(-1, color="0.4", linestyle="--", label="best point")
    ax.set(xlabel="steps", ylabel="θ")
    ax.legend()
    plt.show()
    print(
        f"after 1000 steps: Adam at {theta_adam.item():+.2f}, AdaGrad at {theta_ada.item():+.2f}"
    )

# %% [markdown]
# **Notice.**
# - The prediction: $-\alpha$ and $+\alpha$. The first corrected step is $\alpha$ times the sign of the gradient, against it.
# - Without the correction Adam starts at about three times its rate and grows from there before it settles. "Very small" it is not.
# - In the race gradient descent and momentum follow the ridge to the saddle, since the gradient across it is tiny. RMSProp, AdaGrad and Adam leave at once, along the diagonal: for them a tiny gradient counts as much as a large one. Newton walks to the saddle and stays.
# - Momentum and Adam overshoot and swing around the minimum. That is the price of memory. RMSProp is lowest after 100 steps; let it run on and it is thrown out again, as in section 6.
# - The diagonal depends on the axes. Turn the surface by 45° and the per-coordinate methods take other paths, while gradient descent, momentum and Newton turn with it.
# - In the last figure Adam walks to the worst point. The rare large gradient is right, but dividing by its own root mean square makes it count hardly more than a small one, and the two small wrong gradients outvote it. The example is built for this, with a very short memory $\beta_2$. AMSGrad, in the same paper, repairs it by keeping the largest $v$ so far. In practice Adam works well on most networks; no theorem says that it must.

# %% [markdown]
# ## 8 · Minibatches: a cheaper gradient
#
# ### Why
#
# Every gradient so far used all training examples. Is that a good use of them? Take the digits once more, all 1797, and ask whether the digit is even: no plane separates these, and a finite optimum exists.
# Compare the gradient of the first $B$ examples with that of all $N$.

# %%
mixed = torch.randperm(len(digit), generator=torch.Generator().manual_seed(0))
X_all = torch.cat([images.double(), torch.ones(len(images), 1, dtype=torch.float64)], dim=1)[
    mixed
]  # (N, 65)
even = (digit[mixed] % 2 == 0).double()
N = len(even)
with payoff("logistic_nll"):
    full = penalized(origin, X_all, even)[1]
    for B in (1, 10, 100, 1000, N):
        part = penalized(origin, X_all[:B], even[:B])[1]
        cosine = torch.nn.functional.cosine_similarity(part, full, dim=0)
        print(
            f"B = {B:4}:  {B / N:7.2%} of the work,  cosine with the full gradient {cosine:.3f}"
        )

# %% [markdown]
# A twentieth of the work gives a direction with a cosine of 0.9 to the full one. The full gradient spends the rest on improving a direction that is thrown away after one step.
#
# ### The mathematics
#
# The loss is a mean over examples, $\mathcal{L}(\theta) = \frac1N\sum_i \ell_i(\theta)$ with $\ell_i(\theta) = -\log p_\theta(y_i \mid x_i)$, and so is its gradient.
# Draw a minibatch $\mathcal{B}$ of $B$ examples at random and use
#
# $$g_k = \frac1B\sum_{i \in \mathcal{B}} \nabla\ell_i(\theta_k) = -\frac1B\sum_{i \in \mathcal{B}} \nabla_\theta \log p_\theta(y_i \mid x_i) \Big|_{\theta = \theta_k}, \qquad \theta_{k+1} = \theta_k - \alpha\, g_k .$$
#
# Its expectation is the full gradient: $g_k$ is **unbiased** (Robbins & Monro 1951). Its spread is that of a mean: if $\tau$ is the standard deviation of one example's gradient, then $g_k$ has
#
# $$\frac{\tau}{\sqrt{B}}\,\sqrt{\frac{N - B}{N - 1}} .$$
#
# The second root appears because a batch contains no example twice; it is close to 1 until $B$ nears $N$, where it reaches 0. $B = 1$ is **stochastic** gradient descent, $B = N$ **batch** gradient descent.
# In practice one does not draw afresh each time: shuffle once at the start of an **epoch** (one pass over the data), and cut the shuffled list into consecutive groups.
# Each batch by itself is a random sample. Within one epoch the batches depend on each other, since what one has used the next cannot.
#
# > **Erratum.** The notes write the minibatch estimate as $g_k \leftarrow -\frac1B\sum\log p_\theta(y_i \mid x_i)$. That is the loss of the batch. Its gradient is meant: the $\nabla_\theta$ is missing.
#
# **Predict.** You raise $B$ from 32 to 128. By what factor does the spread of $g_k$ fall? What happens to the work for each step, and for each epoch?
#
# ### Exercise 8
#
# Cut one epoch into minibatches of indices. Shuffle `range(n)` **once**, with `torch.randperm(n, generator=generator)` and nothing else random, so that a seed fixes the result.
# Then cut consecutive groups in that order. The last group holds what is left and may be shorter; it is never empty and never dropped. If `batch_size` is larger than `n`, there is one group.


# %% exercise="minibatches" points=4
def minibatches(n: int, batch_size: int, generator: torch.Generator) -> list[Tensor]:
    """One epoch: the indices 0..n-1, shuffled once, cut into consecutive minibatches (course notes, 3.4.3).

    n: number of examples, at least 1. batch_size: at least 1.
    generator: the source of randomness, used for one torch.randperm and for nothing else.
    Returns a list of int64 tensors of shape (batch_size,); the last may be shorter. Every index appears once.
    """
    ### BEGIN SOLUTION
    order = torch.randperm(n, generator=generator)
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]
    ### END SOLUTION


# %% [markdown] hint="minibatches"
# Shuffle the indices, not the data. Then slice.
#
# ***
#
# Group $j$ holds the shuffled positions $jB, \dots, (j+1)B - 1$, as far as they exist. There are $\lceil n/B \rceil$ groups.
#
# ***
#
# - `torch.randperm(n, generator=generator)` is a shuffled `range(n)` as an int64 tensor.
# - Starts of the groups: `range(0, n, batch_size)`. A slice past the end stops at the end by itself. `torch.split` does the same in one call.

# %% check="minibatches" keep="A minibatch gradient is right on average, and its noise falls like 1/√B: half the noise costs four times the work."
check("minibatches")

# %% [markdown]
# ### The noise
#
# For each batch size: 200 gradients at the same point $\theta = 0$, each from the first batch of a fresh shuffle, around the full gradient. Move the slider.

# %%
with payoff("logistic_nll", "minibatches"):

    def noisy_gradients(size: int) -> Tensor:
        """200 minibatch gradients at the origin, shape (200, 65)."""
        shuffles = torch.Generator().manual_seed(size)
        batches = [minibatches(N, size, shuffles)[0] for _ in range(200)]
        return torch.stack([penalized(origin, X_all[b], even[b])[1] for b in batches])

    full = penalized(origin, X_all, even)[1]
    display(explorers.batch_noise(noisy_gradients, [1, 4, 16, 64, 256, 1024], full))

# %% [markdown]
# ### The price: by epoch, by second
#
# Train with batches of 1, 32 and all. A long run of your `newton_step` gives the optimum, so the figure can show how far above it each run is. Each batch size has a rate that suits it: noisier gradients need smaller steps.

# %%
with payoff("logistic_nll", "newton_step", "minibatches"):
    best = origin
    for _ in range(12):
        p = torch.sigmoid(X_all @ best)
        curvature = (X_all.T * (p * (1 - p))) @ X_all / N + lam * torch.eye(
            65, dtype=torch.float64
        )
        best = newton_step(best, penalized(best, X_all, even)[1], curvature)
    lowest = penalized(best, X_all, even)[0].item()
    right_share = ((X_all @ best > 0) == (even == 1)).double().mean()
    print(
        f"the optimum: {lowest:.4f} nats with the penalty, {right_share:.1%} of the digits right"
    )

    fig, (left, right) = plt.subplots(1, 2, figsize=(11, 4), sharey=True)
    for size, alpha, epochs in ((1, 0.02, 10), (32, 0.1, 60), (N, 0.6, 600)):
        shuffles, theta, spent = torch.Generator().manual_seed(0), origin, 0.0
        seconds, above = [], []
        for _ in range(epochs):
            began = time.perf_counter()
            for batch in minibatches(N, size, shuffles):
                theta = theta - alpha * penalized(theta, X_all[batch], even[batch])[1]
            spent += time.perf_counter() - began
            seconds.append(spent)
            above.append(penalized(theta, X_all, even)[0].item() - lowest)
        left.loglog(range(1, epochs + 1), above, label=f"B = {size}, α = {alpha}")
        right.loglog(seconds, above)
        step = 1e6 * spent / epochs / math.ceil(N / size)
        print(
            f"B = {size:4}: {1e3 * spent / epochs:6.2f} ms an epoch, {step:5.0f} µs a step, ",
            end="",
        )
        print(
            f"{above[0]:.4f} nats above the optimum after 1 epoch, {above[-1]:.1e} after {epochs}"
        )
        reached = next(i for i, value in enumerate(above) if value <= 0.01)
        print(
            f"          first within 0.01 nats after {reached + 1} epochs, {seconds[reached]:.3f} s"
        )
    left.set(
        xlabel="epochs",
        ylabel="loss above the optimum (nats)",
        title="by epoch",
        ylim=(1e-6, None),
    )
    right.set(xlabel="seconds", title="by second")
    left.legend()
    plt.show()

# %% [markdown]
# ### All your optimizers on real data
#
# Last, the question everyone has: which one, at which rate? Five epochs of batches of 32 on the even-or-odd digits, for five methods and eleven rates each.

# %%
makers = {
    "gradient descent": (lambda alpha: lambda k, t, grad: (t - alpha * grad,), 0),
    "momentum": (lambda alpha: lambda k, t, grad, g: momentum_step(t, grad, g, alpha, 0.9), 1),
    "RMSProp": (lambda alpha: lambda k, t, grad, s: rmsprop_step(t, grad, s, alpha, 0.9), 1),
    "AdaGrad": (lambda alpha: lambda k, t, grad, s: adagrad_step(t, grad, s, alpha), 1),
    "Adam": (
        lambda alpha: lambda k, t, grad, m, v: adam_step(t, grad, m, v, k, alpha=alpha),
        2,
    ),
}


def slope_of_next(batches: list[Tensor]) -> Callable[[Tensor], Tensor]:
    """A gradient function that uses the next minibatch at every call."""
    rest = iter(batches)

    def slope(theta: Tensor) -> Tensor:
        batch = next(rest)
        return penalized(theta, X_all[batch], even[batch])[1]

    return slope


with payoff(
    "logistic_nll", "momentum_step", "rmsprop_step", "adagrad_step", "adam_step", "minibatches"
):
    shuffles, rates = (torch.Generator().manual_seed(0), torch.logspace(-4, 1, 11).tolist())
    batches = [batch for _ in range(5) for batch in minibatches(N, 32, shuffles)]
    fig, ax = plt.subplots(figsize=(7.5, 4))
    for name, (make, states) in makers.items():
        walks = [
            follow(make(r), slope_of_next(batches), origin, states, len(batches)) for r in rates
        ]
        losses = [penalized(walk[-1], X_all, even)[0].item() for walk in walks]
        ax.semilogx(rates, losses, "o-", markersize=4, label=name, color=figures.color(name))
        print(
            f"{name:16}: best {min(losses):.3f} nats, at α = {rates[losses.index(min(losses))]:.2g}"
        )
    ax.set(xlabel="learning rate α", ylabel="loss after five epochs (nats)", ylim=(0.3, 0.8))
    ax.legend()
    plt.show()

# %% [markdown]
# **Notice.**
# - The predictions: from 32 to 128 the spread halves, the work for a step is four times as much, and the work for an epoch stays the same, in a quarter of the steps.
# - With $B = 1$ the noise explorer shows two clouds, one of even digits and one of odd ones: they pull opposite ways. The full gradient lies between them. At the largest batch the spread is below the dashed $1/\sqrt{B}$ line; that is the factor $\sqrt{(N - B)/(N - 1)}$.
# - By epoch the smallest batch is far ahead at first: it has made 1797 steps where the full batch has made one.
# - By second the order changes. A step with one example takes about as long as a step with 32: the time goes into starting each operation, not into arithmetic. A step with all 1797 takes longer, and how much longer your machine decides. On so few examples the full batch can win.
# - Both small batches stop improving at a level above the optimum. There the noise throws the walker back as far as a step brings it, and the level falls with $\alpha$. To converge, the rate has to shrink: $\sum_k \alpha_k = \infty$ and $\sum_k \alpha_k^2 < \infty$ are enough under mild conditions (Robbins & Monro 1951; Bottou, Curtis & Nocedal 2018).
# - The full batch converges. For millions of examples, though, a single full step can cost more than a whole minibatch run needs (Bottou 2010).
# - In the last figure all five reach about the same loss, each at its own best rate. The rates differ by a factor of ten or more, so compare methods only after tuning each. On this small convex problem Adam has no advantage, and its usual 0.001 is too slow for five epochs: each step moves a weight by about $\alpha$, and there are 285 steps.

# %% [markdown] question="batch_size" points=3
# **Question 2 (3 points).** Answer with your figures of section 8.
#
# (a) You want gradients with half the noise. How much larger must the batch be, and what does this do to the cost of one step and to the number of steps in an epoch?
#
# (b) Which batch size is best after one epoch? In which order do the three first come within 0.01 nats of the optimum by the clock, on your machine (the printed seconds)? Explain from the printed time of a step why the two rankings differ.
#
# (c) You move to ten million examples, on a GPU that handles 1024 examples in the time of one. Which batch size would you try first, and what do you do when the loss stops falling at the noise level?

# %% [markdown] rubric="batch_size"
# **Model answer.**
#
# (a) The spread is $\tau/\sqrt{B}$, so half the noise takes four times the batch. A step then costs four times the arithmetic, and an epoch has a quarter of the steps. The noise falls more slowly than the cost rises.
#
# (b) After one epoch $B = 1$ has the lowest loss: it has updated 1797 times. By the clock it falls behind $B = 32$: its steps take about as long, and it needs many more of them. Counting epochs charges for examples only; the clock also charges the fixed cost of each step. Between 32 and the full batch the machine decides. The full step uses 56 times as many examples; where it takes only a few times as long, the full batch is first, where it takes tens of times as long, $B = 32$ is.
#
# (c) About 1024: up to there a larger batch is free in time and has less noise; beyond it a step's time grows with $B$ and the noise falls only as $1/\sqrt{B}$. The full batch is out of the question, a step would cost about ten thousand times as much. At the noise level, lower the learning rate (a schedule, as Robbins and Monro ask); raising the batch size or averaging the last iterates also lowers it.
#
# **Rubric.** 1 point: (a) four times, with the cost of a step or the number of steps. 1 point: (b) a ranking for each figure as the learner's own figures show it, and the reason: fixed cost of a step against number of updates. 1 point: (c) a batch near what the hardware does at once, with the reason, **and** a smaller rate (or larger batch, or averaging) at the noise level; half a point for one of the two.

# %% [markdown]
# ## What to keep
#
# $d$ is the number of parameters; the cost is that of one step on top of the gradient.
#
# | method | update | state | cost of a step | when |
# |---|---|---|---|---|
# | gradient descent | $\theta \leftarrow \theta - \alpha\nabla\mathcal{L}$ | none | $O(d)$ | smooth, well-conditioned losses; needs $\alpha < 2/L$ |
# | Newton | $\theta \leftarrow \theta - \alpha\,(\nabla^2\mathcal{L})^{-1}\nabla\mathcal{L}$ | none, but a $d \times d$ Hessian | $O(d^3)$ time, $O(d^2)$ memory | few parameters and a convex loss, such as logistic regression |
# | momentum | $g \leftarrow \nabla\mathcal{L} + \mu g$; $\theta \leftarrow \theta - \alpha g$ | $g$: $d$ numbers | $O(d)$ | ravines; with minibatches and a schedule, the standard for vision networks |
# | RMSProp | $s \leftarrow \beta s + (1-\beta)\nabla\mathcal{L}^2$; $\theta \leftarrow \theta - \alpha\nabla\mathcal{L}/(\sqrt{s}+\epsilon)$ | $s$: $d$ numbers | $O(d)$ | gradients of very different size; non-convex losses |
# | AdaGrad | $s \leftarrow s + \nabla\mathcal{L}^2$; $\theta \leftarrow \theta - \alpha\nabla\mathcal{L}/(\sqrt{s}+\epsilon)$ | $s$: $d$ numbers | $O(d)$ | convex losses, rare features |
# | Adam | averages $m$, $v$, corrected for their start; $\theta \leftarrow \theta - \alpha\,\hat m/(\sqrt{\hat v}+\epsilon)$ | $m$, $v$: $2d$ numbers | $O(d)$ | a first choice for most networks, with the rate tuned |
# | minibatches | $\nabla\mathcal{L}$ replaced by the mean over $B$ examples | one shuffle | $B/N$ of a full gradient | always, when $N$ is large |
#
# ### Papers
#
# - H. Robbins, S. Monro. A stochastic approximation method. *Annals of Mathematical Statistics* 22, 1951.
# - B. T. Polyak. Some methods of speeding up the convergence of iteration methods. *USSR Computational Mathematics and Mathematical Physics* 4, 1964.
# - I. Sutskever, J. Martens, G. Dahl, G. Hinton. On the importance of initialization and momentum in deep learning. *ICML* 2013.
# - J. Duchi, E. Hazan, Y. Singer. Adaptive subgradient methods for online learning and stochastic optimization. *Journal of Machine Learning Research* 12, 2011.
# - T. Tieleman, G. Hinton. Lecture 6e, RMSProp: divide the gradient by a running average of its recent magnitude. *Neural Networks for Machine Learning*, Coursera, 2012.
# - D. P. Kingma, J. Ba. Adam: a method for stochastic optimization. *ICLR* 2015.
# - S. J. Reddi, S. Kale, S. Kumar. On the convergence of Adam and beyond. *ICLR* 2018.
# - Y. N. Dauphin, R. Pascanu, C. Gulcehre, K. Cho, S. Ganguli, Y. Bengio. Identifying and attacking the saddle point problem in high-dimensional non-convex optimization. *NeurIPS* 2014.
# - J. D. Lee, M. Simchowitz, M. I. Jordan, B. Recht. Gradient descent only converges to minimizers. *COLT* 2016.
# - L. Bottou. Large-scale machine learning with stochastic gradient descent. *COMPSTAT* 2010.
# - L. Bottou, F. E. Curtis, J. Nocedal. Optimization methods for large-scale machine learning. *SIAM Review* 60, 2018.
#
# Next: chapter 4 computes the gradient itself, for any network.

# %%
progress("ch03")
