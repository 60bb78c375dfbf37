"""Wrong and right answers to minibatches."""

import math

import torch

from autograder.bugs import right, wrong


@wrong("Nothing is shuffled. Cut the order that torch.randperm(n, generator=generator) gives.")
def not_shuffled(n, batch_size, generator):
    return list(torch.arange(n).split(batch_size))


@wrong("The generator is not used, so a seed fixes nothing. Pass it on: torch.randperm(n, generator=generator).")
def global_randomness(n, batch_size, generator):
    return list(torch.randperm(n).split(batch_size))


@wrong("The global seed is set. Leave it alone and pass the generator on: torch.randperm(n, generator=generator).")
def sets_the_global_seed(n, batch_size, generator):
    torch.manual_seed(generator.initial_seed())
    return list(torch.randperm(n).split(batch_size))


@wrong("The generator is seeded anew in the function, so every epoch has the same order. Use it as it comes.")
def seeds_the_generator(n, batch_size, generator):
    generator.manual_seed(0)
    return list(torch.randperm(n, generator=generator).split(batch_size))


@wrong("The last group is dropped. It is shorter, and it belongs to the epoch.")
def drops_the_last(n, batch_size, generator):
    order = torch.randperm(n, generator=generator)
    return [order[i * batch_size : (i + 1) * batch_size] for i in range(n // batch_size)]


@wrong("An empty group comes last when batch_size divides n. There are ⌈n / batch_size⌉ groups.")
def empty_last_group(n, batch_size, generator):
    order = torch.randperm(n, generator=generator)
    return [order[i * batch_size : (i + 1) * batch_size] for i in range(n // batch_size + 1)]


@wrong("The last group is filled up with indices already used. Leave it short.")
def fills_up_the_last(n, batch_size, generator):
    order = torch.randperm(n, generator=generator)
    filled = order.repeat(1 + batch_size)[: math.ceil(n / batch_size) * batch_size]
    return list(filled.split(batch_size))


@wrong("Each group is a fresh shuffle, so some indices come twice and others never. Shuffle once, before the loop.")
def shuffles_for_each_group(n, batch_size, generator):
    sizes = [min(batch_size, n - i) for i in range(0, n, batch_size)]
    return [torch.randperm(n, generator=generator)[:size] for size in sizes]


@wrong("Indices are drawn with replacement: some come twice, others never. Shuffle them with torch.randperm.")
def with_replacement(n, batch_size, generator):
    return list(torch.randint(n, (n,), generator=generator).split(batch_size))


@wrong("Only the order of the groups is shuffled; neighbors stay together. Shuffle the indices, then cut.")
def shuffles_the_groups(n, batch_size, generator):
    groups = torch.arange(n).split(batch_size)
    return [groups[i] for i in torch.randperm(len(groups), generator=generator).tolist()]


@wrong("Cut first and shuffled later: each group holds neighbors. Shuffle all indices first, then cut.")
def shuffles_within_groups(n, batch_size, generator):
    return [g[torch.randperm(len(g), generator=generator)] for g in torch.arange(n).split(batch_size)]


@wrong("batch_size is taken for the number of groups. It is the size of each: torch.split cuts by size.")
def size_for_number(n, batch_size, generator):
    return list(torch.randperm(n, generator=generator).chunk(batch_size))


@wrong("The groups are made equal. All but the last hold exactly batch_size: torch.split cuts by size.")
def equal_groups(n, batch_size, generator):
    return list(torch.randperm(n, generator=generator).tensor_split(math.ceil(n / batch_size)))


@wrong("The groups are made equal. All but the last hold exactly batch_size: cut by size, not by number.")
def equal_chunks(n, batch_size, generator):
    return list(torch.randperm(n, generator=generator).chunk(math.ceil(n / batch_size)))


@wrong("A generator is returned; a list is asked for: collect the slices in a list.")
def lazily(n, batch_size, generator):
    order = torch.randperm(n, generator=generator)
    for j in range(math.ceil(n / batch_size)):
        yield order[j * batch_size : (j + 1) * batch_size]


@wrong("A map is returned; a list is asked for: collect the slices in a list.")
def mapped(n, batch_size, generator):
    order = torch.randperm(n, generator=generator)
    return map(lambda i: order[i : i + batch_size], range(0, n, batch_size))


@wrong("Neighboring groups share an index: a slice leaves out its end, so no + 1 is needed.")
def overlapping(n, batch_size, generator):
    order = torch.randperm(n, generator=generator)
    return [order[i : i + batch_size + 1] for i in range(0, n, batch_size)]


@wrong("Indices count from 1 here. They count from 0 to n − 1.")
def counts_from_one(n, batch_size, generator):
    return list((torch.randperm(n, generator=generator) + 1).split(batch_size))


@wrong("The groups are lists of numbers. Return int64 tensors: slices of what torch.randperm gives.")
def lists_of_numbers(n, batch_size, generator):
    order = torch.randperm(n, generator=generator).tolist()
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


@wrong("The indices are shuffled twice. One torch.randperm is enough, and a seed then gives the order asked for.")
def shuffled_twice(n, batch_size, generator):
    order = torch.randperm(n, generator=generator)
    return list(order[torch.randperm(n, generator=generator)].split(batch_size))


@wrong("The whole epoch is one tensor. Cut it into groups of batch_size.")
def not_cut(n, batch_size, generator):
    return [torch.randperm(n, generator=generator)]


@right("torch.split, and its tuple")
def with_split(n, batch_size, generator):
    return torch.randperm(n, generator=generator).split(batch_size)


@right("numbers in a list, and a tensor of each group")
def tensors_of_numbers(n, batch_size, generator):
    order = torch.randperm(n, generator=generator).tolist()
    return [torch.tensor(order[i : i + batch_size]) for i in range(0, n, batch_size)]


@right("takes from the front until nothing is left")
def from_the_front(n, batch_size, generator):
    rest, groups = torch.randperm(n, generator=generator), []
    while len(rest):
        groups.append(rest[:batch_size].clone())
        rest = rest[batch_size:]
    return groups
