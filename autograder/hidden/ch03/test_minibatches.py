"""Hidden suite of minibatches."""

import pytest
import torch

from glassbox.testing import expect


def minibatches(learner, n, batch_size, seed, epochs=1):
    """The results of so many calls in a row with one generator; for what is no list or tuple the name of its type."""
    generator = torch.Generator().manual_seed(seed)
    results = [learner.minibatches(n, batch_size, generator) for _ in range(epochs)]
    return [list(result) if isinstance(result, list | tuple) else type(result).__name__ for result in results]


def same_seed_twice(learner, n, batch_size, seed, global_seeds):
    """Whether two calls with generators of one seed agree, whatever the global random numbers of torch."""
    orders = []
    with torch.random.fork_rng(devices=[]):
        for global_seed in global_seeds:
            torch.manual_seed(global_seed)
            orders.append(torch.cat(learner.minibatches(n, batch_size, torch.Generator().manual_seed(seed))))
    return torch.equal(*orders)


def global_numbers_stay(learner, n, batch_size, seed):
    """Whether a call leaves the state of torch's global random numbers as it was."""
    with torch.random.fork_rng(devices=[]):
        before = torch.get_rng_state()
        learner.minibatches(n, batch_size, torch.Generator().manual_seed(seed))
        return torch.equal(before, torch.get_rng_state())


def state_after(learner, n, batch_size, seed):
    """The state of the generator after a call."""
    generator = torch.Generator().manual_seed(seed)
    learner.minibatches(n, batch_size, generator)
    return generator.get_state()


@pytest.fixture
def seed(rng):
    """A seed for the generators of one test."""
    return int(rng.integers(1, 2**31))


def test_list(student, seed):
    """The minibatches come in a list, or in a tuple."""
    (batches,) = student.run(minibatches, 11, 4, seed)
    expect.that(isinstance(batches, list), f"A list is asked for; {batches} is returned.")


@pytest.mark.weight(2)
@pytest.mark.parametrize(
    "n, batch_size", [(1, 1), (14, 5), (13, 4), (12, 4), (9, 4), (5, 4), (3, 8), (6, 6), (5, 1), (40, 7)]
)
def test_sizes(student, seed, n, batch_size):
    """Every minibatch holds `batch_size` indices, and the last one holds what is left, at least one."""
    (batches,) = student.run(minibatches, n, batch_size, seed)
    expected = [batch_size] * (n // batch_size) + [n % batch_size] * (n % batch_size > 0)
    expect.close([len(batch) for batch in batches], expected, what="the list of sizes")


@pytest.mark.parametrize("n, batch_size", [(12, 4), (13, 5), (3, 8), (4, 1)])
def test_index_tensors(student, seed, n, batch_size):
    """Each minibatch is a 1-D int64 tensor."""
    (batches,) = student.run(minibatches, n, batch_size, seed)
    for batch in batches:
        expect.that(isinstance(batch, torch.Tensor), "A minibatch is no tensor.")
        expect.that(batch.ndim == 1 and batch.dtype == torch.int64, "A minibatch is no 1-D int64 tensor.")


@pytest.mark.weight(2)
@pytest.mark.parametrize("n, batch_size", [(1, 3), (12, 4), (13, 5), (100, 9)])
def test_every_index_once(student, seed, n, batch_size):
    """In one epoch every index from 0 to n − 1 appears once and only once."""
    (batches,) = student.run(minibatches, n, batch_size, seed)
    expect.close(torch.cat(batches).sort().values, torch.arange(n), what="the sorted list of all indices")


@pytest.mark.weight(2)
@pytest.mark.parametrize("n, batch_size", [(12, 4), (31, 5)])
def test_order_of_the_generator(student, seed, n, batch_size):
    """Put end to end, the minibatches are the order of one torch.randperm with the generator."""
    (batches,) = student.run(minibatches, n, batch_size, seed)
    expected = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    expect.close(torch.cat(batches), expected, what="the order")


def test_epochs(student, seed):
    """Three epochs with one generator follow three torch.randperm in a row."""
    generator = torch.Generator().manual_seed(seed)
    for batches in student.run(minibatches, 23, 6, seed, epochs=3):
        expect.close(torch.cat(batches), torch.randperm(23, generator=generator), what="the order of an epoch")


def test_same_seed_same_minibatches(student, seed):
    """The seed of the generator fixes the minibatches, whatever the global random numbers."""
    expect.that(student.run(same_seed_twice, 50, 8, seed, (1, 2)), "Two calls with one seed gave different orders.")


def test_another_seed_other_minibatches(student, seed):
    """Another seed gives another order."""
    (first,), (second,) = (student.run(minibatches, 50, 8, seed + i) for i in range(2))
    expect.that(not torch.equal(torch.cat(first), torch.cat(second)), "Two seeds gave the same order.")


def test_global_randomness_untouched(student, seed):
    """The global random numbers of torch are neither used nor seeded."""
    expect.that(student.run(global_numbers_stay, 11, 4, seed), "The global random numbers of torch have changed.")


def test_one_draw_from_the_generator(student, seed):
    """The generator is used for one torch.randperm and for nothing else."""
    expected = torch.Generator().manual_seed(seed)
    torch.randperm(17, generator=expected)
    expect.close(student.run(state_after, 17, 4, seed), expected.get_state(), what="the state of the generator")
