"""Public suite of minibatches."""

import pytest
import torch

from glassbox.testing import expect


def minibatches(learner, n, batch_size, seed, epochs=1):
    """The results of so many calls in a row with one generator; for what is no list or tuple the name of its type."""
    generator = torch.Generator().manual_seed(seed)
    results = [learner.minibatches(n, batch_size, generator) for _ in range(epochs)]
    return [list(result) if isinstance(result, list | tuple) else type(result).__name__ for result in results]


def torch_random_state(learner, n, batch_size, seed):
    """The state of torch's global random numbers before a call and after it."""
    before = torch.get_rng_state()
    learner.minibatches(n, batch_size, torch.Generator().manual_seed(seed))
    return before, torch.get_rng_state()


def index_tensors(batches, given):
    """The minibatches of one call, each known to be a 1-D int64 tensor."""
    expect.that(batches != "NoneType", "The function returned None. Is there a `return` at its end?", given=given)
    article = "An" if str(batches)[0] in "aeiou" else "A"
    sentence = f"{article} {batches} is returned; a list is asked for: collect the slices in a list."
    cause = "A list comprehension in square brackets makes a list, and so does append in a loop; yield does not."
    if batches == "Tensor":
        cause = "Slice the shuffled indices group by group, and return all the groups, not one of them."
    expect.that(isinstance(batches, list), sentence, cause=cause, given=given)
    for batch in batches:
        tensor = isinstance(batch, torch.Tensor)
        right = tensor and batch.ndim == 1 and batch.dtype == torch.int64
        kind = f"a tensor of shape {tuple(batch.shape)}, {batch.dtype}" if tensor else f"a {type(batch).__name__}"
        cause = "Slice the tensor that torch.randperm returns: each slice is a tensor of indices."
        sentence = f"A minibatch is {kind}; a 1-D int64 tensor of indices is expected."
        expect.that(right, sentence, cause=cause, given=given, yours=batches)
    return batches


def one_epoch(student, n, batch_size, seed=0):
    """The minibatches of one call, each known to be a 1-D int64 tensor."""
    (batches,) = student.run(minibatches, n, batch_size, seed)
    return index_tensors(batches, {"n": n, "batch_size": batch_size})


@pytest.mark.weight(2)
@pytest.mark.parametrize(
    "n, batch_size, sizes",
    [
        (10, 4, [4, 4, 2]),
        (9, 4, [4, 4, 1]),
        (5, 4, [4, 1]),
        (4, 2, [2, 2]),
        (3, 7, [3]),
        (3, 1, [1, 1, 1]),
        (1, 1, [1]),
    ],
)
def test_sizes(student, n, batch_size, sizes):
    """Every minibatch holds `batch_size` indices, and the last one holds what is left, at least one."""
    batches = one_epoch(student, n, batch_size)
    yours = [len(batch) for batch in batches]
    starts = range(0, n, batch_size)
    likely = {
        "The last group is empty. Stop before n: range(0, n, batch_size).": [*sizes, 0],
        "The whole epoch is in one group. Cut it into groups of batch_size.": [n],
        "The groups are made equal. All but the last hold batch_size: cut by size, not by number.": [
            len(part) for part in torch.arange(n).chunk(len(sizes))
        ],
        "The groups are made equal, or cut with a stride. All but the last hold batch_size: cut by size.": [
            len(part) for part in torch.arange(n).tensor_split(len(sizes))
        ],
        "There are batch_size groups. It is the size of a group, not their number: torch.split cuts by size.": [
            len(part) for part in torch.arange(n).chunk(batch_size)
        ],
        "The `return` is inside the loop, which ends after one group. Take it out.": sizes[:1],
        "The last group is filled up to batch_size. Leave it short.": [batch_size] * len(sizes),
        "One index too many is shuffled. torch.randperm(n, …) gives 0 to n − 1.": [
            min(batch_size, n + 1 - i) for i in starts
        ],
        "Neighboring groups overlap by one. A slice leaves out its end: order[i : i + batch_size].": [
            min(batch_size + 1, n - i) for i in starts
        ],
        "One index is lost from each group. A slice leaves out its end: order[i : i + batch_size].": [
            min(batch_size - 1, n - i) for i in starts
        ],
        "One index is lost. The first group starts at 0, and the last one ends at n.": [
            min(batch_size, n - 1 - i) for i in range(0, n - 1, batch_size)
        ],
        "The end of the slice stands still: order[i : i + batch_size].": [
            max(0, min(batch_size, n) - i) for i in starts
        ],
        "The step is missing: range(0, n, batch_size) gives the starts of the groups.": [
            min(batch_size, n - i) for i in range(n)
        ],
    }
    if n // batch_size:
        by_number = [len(part) for part in torch.arange(n).split(n // batch_size)]
        likely["n // batch_size is the number of groups. Cut by their size, batch_size."] = by_number
    if len(sizes) > 1:
        lost = "The last group is missing. It may be short, even of one index, and it belongs to the epoch."
        likely = {lost: sizes[:-1]} | likely
        if len(sizes) == 2:
            likely[lost + " Is the `return` inside the loop?"] = likely.pop(lost)
    everything = torch.cat(batches) if batches else torch.empty(0)
    if batch_size < n and len(everything) and everything.max() < batch_size:
        likely = {"batch_size numbers are shuffled, or n and batch_size are exchanged: torch.randperm(n, …).": yours}
    if sum(yours) > 2 * n + batch_size:
        likely["Far more indices come than there are. Use the parameter n, not a number of your own."] = yours
    if sorted(yours) == sorted(sizes):
        likely = {"The short group is not the last. Shuffle the indices, then cut; do not shuffle groups.": yours}
    expect.close(yours, sizes, what="the list of sizes", given={"n": n, "batch_size": batch_size}, likely=likely)


@pytest.mark.weight(2)
@pytest.mark.parametrize("n, batch_size", [(4, 2), (7, 3)])
def test_every_index_once(student, n, batch_size):
    """In one epoch every index from 0 to n − 1 appears once and only once."""
    batches = one_epoch(student, n, batch_size)
    indices = torch.cat(batches).sort().values if batches else torch.empty(0, dtype=torch.int64)
    given = {"n": n, "batch_size": batch_size, "minibatches": batches}
    everything = torch.arange(n)
    likely = {"The indices are 1 to n. They count from 0 to n − 1.": everything + 1}
    cause = None
    if len(indices) == n and len(indices.unique()) < n:
        cause = "Indices are drawn with replacement, or anew for each group. Cut the order of one torch.randperm."
    expect.that(cause is None, "Some indices come twice, others never.", cause=cause, given=given, yours=indices)
    expect.close(indices, everything, what="the sorted list of all indices", given=given, likely=likely)


def test_seeds(student):
    """The same seed gives the same minibatches, and another seed gives others."""
    given = {"n": 20, "batch_size": 6}
    first, again, other = (torch.cat(one_epoch(student, **given, seed=seed)) for seed in (1, 1, 2))
    cause = "Cut torch.randperm(n, generator=generator)."
    expect.that(not torch.equal(first, torch.arange(20)), "Nothing is shuffled.", given=given, yours=first, cause=cause)
    cause = "Give the generator to torch.randperm: generator=generator. No other source of randomness is used."
    sentence = "Two calls with generators of the same seed gave different orders."
    expect.that(torch.equal(first, again), sentence, given=given, yours=[first, again], cause=cause)
    cause = "Shuffle with the generator as it comes: torch.randperm(n, generator=generator), and set no seed."
    sentence = "Two calls with generators of different seeds gave the same order."
    expect.that(not torch.equal(first, other), sentence, given=given, yours=[first, other], cause=cause)


@pytest.mark.weight(2)
@pytest.mark.parametrize("n, batch_size", [(6, 6), (9, 2)])
def test_order_of_the_generator(student, n, batch_size):
    """Put end to end, the minibatches are the order that torch.randperm(n, generator=generator) gives."""
    order = torch.cat(one_epoch(student, n, batch_size, seed=3))
    generator = torch.Generator().manual_seed(3)
    first, second = (torch.randperm(n, generator=generator) for _ in range(2))
    likely = {
        "The order is turned around. Cut it from the front.": first.flip(0),
        "The order is shuffled twice. One torch.randperm is enough.": first[second],
        "This is the second shuffle of the generator. Call torch.randperm once, before the loop.": second,
        "This is a shuffle of another kind. Use torch.randperm(n, generator=generator), and keep its order.": order,
    }
    given = {"n": n, "batch_size": batch_size, "generator": "torch.Generator().manual_seed(3)"}
    expect.close(order, first, what="the order", given=given, likely=likely)


def test_global_randomness_untouched(student):
    """The global random numbers of torch are neither used nor seeded."""
    before, after = student.run(torch_random_state, 5, 2, 0)
    cause = "Every random number comes from the generator: torch.randperm(n, generator=generator)."
    expect.that(torch.equal(before, after), "The state of torch's global random numbers has changed.", cause=cause)


def test_a_new_order_each_epoch(student):
    """A second epoch with the same generator comes in another order."""
    given = {"n": 20, "batch_size": 6, "generator": "one generator for both calls"}
    epochs = student.run(minibatches, 20, 6, 0, epochs=2)
    first, second = (torch.cat(index_tensors(batches, given)) for batches in epochs)
    cause = "The generator is set back, or another one made from its seed. Use it as it comes."
    sentence = "Two epochs from one generator have the same order."
    expect.that(not torch.equal(first, second), sentence, given=given, yours=[first, second], cause=cause)
