"""Public suite of logistic_nll."""

import math

import pytest
import torch

from glassbox.testing import expect
from glassbox.testing.student import Crashed

LN3 = math.log(3)


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


def number(value, dtype=torch.float64):
    return torch.tensor(value, dtype=dtype)


@pytest.mark.weight(2)
def test_one_example_by_hand(student):
    """For one example with σ(z) = ¾ and label 1 the loss is ln(4/3) and the gradient −¼ of its features."""
    given = {"theta": tensor(LN3, LN3), "X": tensor([3, -2]), "y": tensor(1)}
    loss, grad = expect.parts(student.logistic_nll(**given), "loss", "gradient")
    likely = {
        "The gradient comes first. Return (loss, gradient), in this order.": tensor(-0.75, 0.5),
        "This is −log p(y = 0), and the label is 1. Is the term − y z there, and are the labels not exchanged?": number(
            math.log(4)
        ),
        "The sign of y z is wrong. The loss of one example is log(1 + exp(z)) − y z.": number(math.log(12)),
        "This is the log likelihood. Negate it.": number(-math.log(4 / 3)),
        "This is the probability of the label. Take its logarithm and negate it.": number(0.75),
        "The logarithm is to base 2. Nats ask for the natural logarithm, torch.log.": number(math.log2(4 / 3)),
        "The sigmoid is applied twice. Give logits, not probabilities, to a function that takes logits.": number(
            math.log1p(math.exp(-0.75))
        ),
        "This is a squared error. The loss is −log p(y), the logarithm of a probability.": number(1 / 16),
        "The loss is a vector. Take the mean over all examples, without keepdim: shape ().": tensor(math.log(4 / 3)),
    }
    expect.close(loss, number(math.log(4 / 3)), what="the loss", given=given, likely=likely, rtol=1e-6)
    likely = {
        "The sign is the wrong way round. The error is σ(z) − y, not y − σ(z).": tensor(0.75, -0.5),
        "The sigmoid is missing. The error is σ(z) − y, not z − y.": tensor(3 * (LN3 - 1), -2 * (LN3 - 1)),
        "The labels are missing. The error is σ(z) − y, not σ(z).": tensor(2.25, -1.5),
        "The error is multiplied by σ(1 − σ), as for a squared error. For the NLL it is σ(z) − y alone.": tensor(
            -9 / 64, 6 / 64
        ),
        "The gradient is divided by d. Divide by the number of examples, N.": tensor(-0.375, 0.25),
        "The mean is over the features. Take it over the examples, the rows of X: shape (d,).": tensor(-0.125),
        "The features are missing. Each error multiplies the features of its example: Xᵀ(σ(z) − y).": tensor(-0.25),
        "The gradient is a column. Use vectors of shape (N,) and (d,), not (N, 1) and (d, 1).": tensor([-0.75], [0.5]),
        "The gradient has a row for each example. Average over the examples: shape (d,).": tensor([-0.75, 0.5]),
    }
    expect.close(grad, tensor(-0.75, 0.5), what="the gradient", given=given, likely=likely)


@pytest.mark.weight(2)
def test_three_examples_by_hand(student):
    """For three examples with σ(z) = ¾, ¼ and 0.9 both results are means: (ln 4/3 + ln 4 + ln 10)/3 and (0.7, 1/15)."""
    given = {"theta": tensor(LN3, LN3), "X": tensor([3, -2], [1, -2], [4, -2]), "y": tensor(1, 1, 0)}
    loss, grad = expect.parts(student.logistic_nll(**given), "loss", "gradient")
    losses = tensor(math.log(4 / 3), math.log(4), math.log(10))
    all_pairs = (math.log(4) + math.log(4 / 3) + math.log(10)) / 3 - 4 / 9 * LN3
    likely = {
        "This is the sum. Take the mean over the examples.": losses.sum(),
        "The sum is divided by d. Divide it by the number of examples, N.": losses.sum() / 2,
        "There is one loss for each example. Take their mean.": losses,
        "This formula is for labels −1 and 1. With 0 and 1 the loss of one example is log(1 + exp(z)) − y z.": number(
            math.log(32 / 3) / 3
        ),
        "Only the examples with label 1 count. Those with label 0 have the loss −log(1 − σ(z)).": losses[:2].sum() / 3,
        "Only the examples with label 0 count. Those with label 1 have the loss −log σ(z).": losses[2] / 3,
        "Shapes (N, 1) and (N,) met and spread over an (N, N) matrix. Keep logits and labels of shape (N,).": number(
            all_pairs
        ),
    }
    expect.close(loss, losses.mean(), what="the loss", given=given, likely=likely, rtol=1e-6)
    likely = {
        "This is the sum. Divide it by the number of examples, N.": tensor(2.1, 0.2),
        "The sum is divided by d. Divide it by the number of examples, N.": tensor(1.05, 0.1),
        "This formula is for labels −1 and 1. With 0 and 1 the error is σ(z) − y.": tensor(-0.5, 2 / 3),
        "There is a row for each example. Average over the examples: shape (d,).": tensor(
            [-0.75, 0.5], [-0.75, 1.5], [3.6, -1.8]
        ),
    }
    expect.close(grad, tensor(0.7, 1 / 15), what="the gradient", given=given, likely=likely)


def test_knows_nothing_at_zero(student, rng):
    """At θ = 0 the loss is ln 2, whatever the data, and the error of each example is ½ − y."""
    X, y = torch.tensor(rng.normal(size=(5, 3))), tensor(0, 1, 1, 0, 1)
    given = {"theta": tensor(0, 0, 0), "X": X, "y": y}
    loss, grad = expect.parts(student.logistic_nll(**given), "loss", "gradient")
    expect.close(loss, number(math.log(2)), what="the loss", given=given, rtol=1e-6)
    expect.close(grad, ((0.5 - y)[:, None] * X).mean(dim=0), what="the gradient", given=given)


def test_gradient_is_the_slope_of_the_loss(student, rng):
    """Each entry of the gradient is the slope of your loss, measured with a small step in that parameter."""
    X, y, theta = torch.tensor(rng.normal(size=(5, 2))), tensor(1, 0, 0, 1, 0), tensor(0.4, -0.7)
    _, grad = expect.parts(student.logistic_nll(theta, X, y), "loss", "gradient")
    slopes = []
    for step in 1e-5 * torch.eye(2, dtype=torch.float64):
        ahead, _ = student.logistic_nll(theta + step, X, y)
        behind, _ = student.logistic_nll(theta - step, X, y)
        slopes.append(float(ahead - behind) / 2e-5)
    given = {"theta": theta, "X": X, "y": y}
    expect.close(grad, tensor(*slopes), what="the gradient", given=given, rtol=1e-5, atol=1e-7)


def test_like_torch(student, rng):
    """Loss and gradient agree with torch's binary_cross_entropy_with_logits and its autograd."""
    X, theta = torch.tensor(rng.normal(size=(7, 4))), torch.tensor(rng.normal(size=4))
    y = torch.tensor(rng.integers(2, size=7), dtype=torch.float64)
    loss, grad = expect.parts(student.logistic_nll(theta, X, y), "loss", "gradient")
    twin = theta.clone().requires_grad_()
    expected = torch.nn.functional.binary_cross_entropy_with_logits(X @ twin, y)
    given = {"theta": theta, "X": X, "y": y}
    expect.close(loss, expected.detach(), what="the loss", given=given, rtol=1e-6)
    expect.close(grad, torch.autograd.grad(expected, twin)[0], what="the gradient", given=given, rtol=1e-7)


def test_arguments_unchanged(student):
    """The caller's tensors are left as they were."""
    given = {"theta": tensor(LN3, LN3), "X": tensor([3, -2], [1, -2], [4, -2]), "y": tensor(1, 1, 0)}
    expect.unchanged(student, "logistic_nll", given)


@pytest.mark.weight(2)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_large_logits(student, dtype):
    """For logits of ±1000 the loss is 1000 where the label is wrong and 0 where it is right, and nothing overflows."""
    theta = tensor(2).to(dtype)
    for x, y, expected in ((500, 0, 1000.0), (-500, 1, 1000.0), (500, 1, 0.0), (-500, 0, 0.0)):
        given = {"theta": theta, "X": tensor([x]).to(dtype), "y": tensor(y).to(dtype)}
        loss, grad = expect.parts(student.logistic_nll(**given), "loss", "gradient")
        overflow = (
            "exp(z) has overflowed, or a probability was rounded to 0 before its logarithm. Work with the logits: "
            "log(1 + exp(z)) = max(z, 0) + log(1 + exp(−|z|)), or torch.logaddexp."
        )
        cut = "The logarithm or the probability is cut off. Work with the logits, and cut nothing."
        if not math.isfinite(loss) or 1 < loss < 999:
            given_number = number(expected, dtype)
            cause = cut if math.isfinite(loss) else overflow
            raise expect.Mismatch("The loss is wrong.", given=given, yours=loss, expected=given_number, cause=cause)
        expect.close(loss, number(expected, dtype), what="the loss", given=given, atol=1e-6)
        slope = tensor(500 if expected else 0).to(dtype)
        likely = {"exp(z)/(1 + exp(z)) is ∞/∞ for large logits. Use torch.sigmoid.": tensor(math.nan)}
        expect.close(grad, slope, what="the gradient", given=given, likely=likely, atol=1e-6)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.int64, torch.bool])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_labels_of_any_dtype(student, dtype, kind):
    """Labels may be floats, integers or booleans; both results have the dtype of theta."""
    theta, X = tensor(LN3, LN3).to(dtype), tensor([3, -2], [1, -2], [4, -2]).to(dtype)
    given = {"theta": theta, "X": X, "y": tensor(1, 1, 0).to(kind)}
    try:
        result = student.logistic_nll(**given)
    except Crashed as crash:
        cause = "Convert the labels to the dtype of theta first, with y.to(…)."
        raise expect.Mismatch(str(crash), given=given, cause=cause) from None
    loss, grad = expect.parts(result, "loss", "gradient")
    expect.close(loss, number(math.log(160 / 3) / 3, dtype), what="the loss", given=given, rtol=1e-5)
    expect.close(grad, tensor(0.7, 1 / 15).to(dtype), what="the gradient", given=given)
    expect.like(loss, theta, what="the loss")
    expect.like(grad, theta, what="the gradient")
