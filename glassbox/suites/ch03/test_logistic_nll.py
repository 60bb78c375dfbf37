"""Public suite of logistic_nll."""

import math

import pytest
import torch

from glassbox.testing import expect

LN3 = math.log(3)


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


def scalar(value, dtype=torch.float64):
    return torch.tensor(value, dtype=dtype)


@pytest.mark.weight(2)
def test_one_example_by_hand(student):
    """For one example with logit ln 3, so σ = ¾, and label 1 the loss is ln(4/3) and the gradient −¼ of its features."""
    given = {"theta": tensor(LN3, LN3), "X": tensor([3, -2]), "y": tensor(1)}
    loss, grad = expect.parts(student.logistic_nll(**given), "loss", "gradient")
    likely = {
        "The gradient came first: return (loss, gradient).": tensor(-0.75, 0.5),
        "The labels are exchanged, or the term − y z is missing: this is −log p of label 0.": scalar(math.log(4)),
        "The sign of y z is wrong: log(1 + exp(z)) − y z.": scalar(math.log(12)),
        "This is the log likelihood. The loss is its negative.": scalar(-math.log(4 / 3)),
        "This is the probability. The loss is minus its logarithm.": scalar(0.75),
        "The logarithm is to base 2. Use the natural one, torch.log.": scalar(math.log2(4 / 3)),
        "The sigmoid is taken twice: the function you call takes logits, not probabilities.": scalar(
            math.log1p(math.exp(-0.75))
        ),
        "The logit has the wrong sign: z = X θ.": scalar(math.log(4) + LN3 - LN3 + 1e-300),
        "The loss is one for each example. Take the mean over the examples.": tensor(math.log(4 / 3)),
    }
    expect.close(loss, scalar(math.log(4 / 3)), what="the loss", given=given, likely=likely)
    likely = {
        "The sign is the wrong way round: σ(z) − y is meant, not y − σ(z).": tensor(0.75, -0.5),
        "The sigmoid is missing: the error is σ(z) − y, not z − y.": tensor(3 * (LN3 - 1), -2 * (LN3 - 1)),
        "The label is missing: the error is σ(z) − y.": tensor(2.25, -1.5),
        "The error is multiplied by σ(1 − σ), as for a squared error. With the NLL it is σ(z) − y alone.": tensor(
            -0.75 * 3 / 16, 0.5 * 3 / 16
        ),
        "The gradient is divided by d. With one example nothing is divided.": tensor(-0.375, 0.25),
        "The features are missing: Xᵀ(σ(z) − y) has shape (d,).": tensor(-0.25),
        "The gradient has shape (d, 1): make the error a vector of shape (N,).": tensor([-0.75], [0.5]),
        "Each example has a row of its own. Sum over the examples.": tensor([-0.75, 0.5]),
    }
    expect.close(grad, tensor(-0.75, 0.5), what="the gradient", given=given, likely=likely)
