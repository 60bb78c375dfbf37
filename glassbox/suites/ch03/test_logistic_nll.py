"""Public suite of logistic_nll."""

import math

import pytest
import torch

from glassbox.testing import expect
from glassbox.testing.student import Crashed
from glassbox.testing.tensors import tensor

LN3 = math.log(3)


def number(value, dtype=torch.float64):
    return torch.tensor(value, dtype=dtype)


@pytest.mark.weight(4)
def test_three_examples_by_hand(student):
    """For three examples with σ(z) = 1/28, 0.1 and ¾ both results are means: the loss is (ln 28 + ln 10/9 + ln 4)/3."""
    given = {"theta": tensor(LN3, 2 * LN3), "X": tensor([-5, 1], [0, -1], [-3, 2]), "y": tensor(1, 0, 0)}
    loss, grad = expect.parts(student.logistic_nll(**given), "loss", "gradient")
    likely = {
        "The gradient comes first. Return (loss, gradient), in this order.": tensor(0.8571429, 0.1452381),
        "This is the sum. Take the mean over the examples.": number(4.823859),
        "The sum is divided by d, or by N − 1. Divide it by the number of examples, N.": number(2.41193),
        "The sum is divided by N d. Divide it by the number of examples, N.": number(0.8039766),
        "There is one loss for each example. Take their mean.": tensor(3.332205, 0.1053605, 1.386294),
        "The loss is a vector. Take the mean over all examples, without keepdim: shape ().": tensor(1.607953),
        "The last example is left out. Let the loop reach range(len(y)).": number(1.145855),
        "The first example is left out. Let the loop begin at 0.": number(0.4972183),
        "This formula is for labels −1 and 1. With 0 and 1 the loss of one example is log(1 + exp(z)) − y z.": number(
            1.572833
        ),
        "This is −log σ(z), as if all labels were 1. With label 0 the loss is −log(1 − σ(z)).": number(1.974157),
        "Only the examples with label 1 count. Those with label 0 have the loss −log(1 − σ(z)).": number(1.110735),
        "The labels are exchanged. The loss of one example is log(1 + exp(z)) − y z.": number(0.8755449),
        "The term − y z is missing.": number(0.5093408),
        "The sign of y z is wrong. The loss of one example is log(1 + exp(z)) − y z.": number(-0.5892714),
        "This is the log likelihood. Negate it.": number(-1.607953),
        "log(1 + exp(z)) is negated. The loss of one example is log(1 + exp(z)) − y z.": number(0.5892714),
        "log(1 + exp(|z|)) is there. The identity is max(z, 0) + log(1 + exp(−|z|)).": number(3.805178),
        "max(z, 0) is missing: log(1 + exp(z)) = max(z, 0) + log(1 + exp(−|z|)).": number(1.241749),
        "z stands where max(z, 0) belongs: log(1 + exp(z)) = max(z, 0) + log(1 + exp(−|z|)).": number(-0.2230674),
        "|z| stands where max(z, 0) belongs: log(1 + exp(z)) = max(z, 0) + log(1 + exp(−|z|)).": number(3.438974),
        "max(z, 0) is alone: add log(1 + exp(−|z|)).": number(1.464816),
        "y z is inside the exponential. Subtract it from the logarithm: log(1 + exp(z)) − y z.": number(0.7282674),
        "y stands where y z belongs. The loss of one example is log(1 + exp(z)) − y z.": number(0.1760075),
        "This is the mean probability of the label. Take the logarithm of each, and negate it.": number(0.3952381),
        "The logarithm is to base 2. Nats ask for the natural logarithm, torch.log.": number(2.319786),
        "The sigmoid is applied twice. Give logits, not probabilities, to a function that takes logits.": number(
            0.852239
        ),
        "This is a squared error. The loss is −log p(y), the logarithm of a probability.": number(0.5007823),
        "This is half a squared error. The loss is −log p(y), the logarithm of a probability.": number(0.2503912),
        "Shapes (N, 1) and (N,) met and spread over an (N, N) matrix. Keep logits and labels of shape (N,).": number(
            0.997613
        ),
    }
    expect.close(loss, number(math.log(1120 / 9) / 3), what="the loss", given=given, likely=likely, rtol=1e-6)
    likely = {
        "This is the sum. Divide it by the number of examples, N.": tensor(2.571429, 0.4357143),
        "The sum is divided by d, or by N − 1. Divide it by the number of examples, N.": tensor(1.285714, 0.2178571),
        "The sum is divided by N d. Divide it by the number of examples, N.": tensor(0.4285714, 0.07261905),
        "The mean is divided by N once more. Divide once.": tensor(0.2857143, 0.0484127),
        "The sign is the wrong way round. The error is σ(z) − y, not y − σ(z).": tensor(-0.8571429, -0.1452381),
        "The sigmoid is missing. The error is σ(z) − y, not z − y.": tensor(6.061116, 0.03287076),
        "The labels are missing. The error is σ(z) − y, not σ(z).": tensor(-0.8095238, 0.4785714),
        "The labels are exchanged. The error is σ(z) − y.": tensor(0.1904762, 0.1452381),
        "The sigmoid is that of −z: it is 1/(1 + exp(−z)), with the minus sign.": tensor(-0.1904762, -0.1452381),
        "The sigmoid is applied twice. The error is σ(z) − y.": tensor(0.1392753, 0.1141019),
        "tanh stands where the sigmoid belongs. The error is σ(z) − y.": tensor(2.528767, 0.1927832),
        "softmax makes the examples share one probability. The error is σ(z) − y, with torch.sigmoid.": tensor(
            0.6941176, 0.2941176
        ),
        "Probabilities are rounded to 0 or 1. The error is σ(z) − y, with σ(z) as it is.": tensor(0.6666667, 0.3333333),
        "The labels are subtracted from the logits, then the sigmoid is taken. The error is σ(z) − y.": tensor(
            -0.7724034, 0.4711473
        ),
        "The labels are subtracted twice, once inside the sigmoid. The error is σ(z) − y.": tensor(0.8942633, 0.137814),
        "The error is multiplied by σ(1 − σ), as for a squared error. For the NLL it is σ(z) − y alone.": tensor(
            -0.08527697, 0.07968039
        ),
        "The error is doubled, as for a squared error. For the NLL it is σ(z) − y alone.": tensor(1.714286, 0.2904762),
        "This formula is for labels −1 and 1. With 0 and 1 the error is σ(z) − y.": tensor(1.607143, -0.3214286),
        "The last example is left out. Let the loop reach range(len(y)).": tensor(1.607143, -0.3547619),
        "The first example is left out. Let the loop begin at 0.": tensor(-0.75, 0.4666667),
        "The mean is over the features. Take it over the examples, the rows of X: shape (d,).": tensor(
            1.928571, -0.05, -0.375
        ),
        "Everything is averaged to one number. Average over the examples alone: shape (d,).": number(0.5011905),
        "The features are missing. Each error multiplies the features of its example: Xᵀ(σ(z) − y).": tensor(
            -0.3214286, 0.03333333, 0.25
        ),
        "The features are missing, and the mean. Average the error times the features of each example.": tensor(
            -0.9642857, 0.1, 0.75
        ),
        "The features are missing. Each error multiplies the features of its example, before the mean.": number(
            -0.03809524
        ),
        "The features and the errors are averaged apart. Multiply first, then average.": tensor(0.1015873, -0.02539683),
        "The gradient is a column. Use vectors of shape (N,) and (d,), not (N, 1) and (d, 1).": tensor(
            [0.8571429], [0.1452381]
        ),
        "There is a row for each example. Average over the examples: shape (d,).": tensor(
            [4.821429, -0.9642857], [0, -0.1], [-2.25, 1.5]
        ),
        "There is a row for each example. Sum over the examples: shape (d,).": tensor(
            [1.607143, -0.3214286], [0, -0.03333333], [-0.75, 0.5]
        ),
    }
    expect.close(grad, tensor(6 / 7, 61 / 420), what="the gradient", given=given, likely=likely, rtol=1e-6)


def test_arguments_unchanged(student):
    """The caller's tensors are left as they were."""
    given = {"theta": tensor(LN3, LN3), "X": tensor([3, -2], [1, -2], [4, -2]), "y": tensor(1, 1, 0)}
    expect.unchanged(student, "logistic_nll", given)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.int64, torch.bool])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_labels_of_any_dtype(student, dtype, kind):
    """Labels may be floats, integers or booleans, whatever the dtype of theta."""
    theta, X = tensor(LN3, 2 * LN3).to(dtype), tensor([-5, 1], [0, -1], [-3, 2]).to(dtype)
    given = {"theta": theta, "X": X, "y": tensor(1, 0, 0).to(kind)}
    try:
        result = student.logistic_nll(**given)
    except Crashed as crash:
        cause = "Convert the labels to the dtype of theta first, with y.to(…)."
        raise expect.Mismatch(str(crash), given=given, cause=cause) from None
    loss, grad = expect.parts(result, "loss", "gradient")
    expect.close(loss, number(math.log(1120 / 9) / 3, dtype), what="the loss", given=given, rtol=1e-5)
    expect.close(grad, tensor(6 / 7, 61 / 420).to(dtype), what="the gradient", given=given)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_keeps_dtype(student, dtype):
    """The results have the dtype of theta and carry no autograd graph."""
    theta, X, y = (tensor(*part).to(dtype) for part in ((0.5, -1), ([3, -2], [1, -2], [4, -2]), (1, 1, 0)))
    loss, grad = expect.parts(student.logistic_nll(theta, X, y), "loss", "gradient")
    expect.like(loss, theta, what="the loss")
    expect.like(grad, theta, what="the gradient")


def test_one_example(student):
    """For one example with σ(z) = ¾ and label 1 the loss is ln(4/3), shape (), and the gradient −¼ of its features."""
    given = {"theta": tensor(LN3, LN3), "X": tensor([3, -2]), "y": tensor(1)}
    loss, grad = expect.parts(student.logistic_nll(**given), "loss", "gradient")
    expect.close(loss, number(math.log(4 / 3)), what="the loss", given=given, rtol=1e-6)
    expect.close(grad, tensor(-0.75, 0.5), what="the gradient", given=given)


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
        likely = {cut if math.isfinite(loss) else overflow: loss}
        expect.close(loss, number(expected, dtype), what="the loss", given=given, likely=likely, atol=1e-6)
        slope = tensor(500 if expected else 0).to(dtype)
        likely = {"exp(z)/(1 + exp(z)) is ∞/∞ for large logits. Use torch.sigmoid.": tensor(math.nan)}
        expect.close(grad, slope, what="the gradient", given=given, likely=likely, atol=1e-6)
