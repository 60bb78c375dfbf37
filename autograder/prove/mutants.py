"""Generated wrong answers: the reference solution with one small change.

Operators, comparisons, constants (and so axes), booleans, breaks and loops are changed by cosmic-ray; here are
added: a statement removed, two arguments of a call swapped.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.operators.provider import OperatorProvider
from parso.python.tree import PythonNode

from autograder.source import Exercise

# These need arguments of their own and put in random numbers, or change what no solution has.
LEFT_OUT = {"VariableReplacer", "VariableInserter", "RemoveDecorator", "ExceptionReplacer"}


class RemoveStatement(Operator):
    """Replace a simple statement by pass."""

    def mutation_positions(self, node: Any) -> Iterator[tuple[Any, Any]]:
        if node.type == "simple_stmt" and node.children[0].type not in (
            "import_name",
            "import_from",
            "string",
        ):
            yield (node.start_pos, node.end_pos)

    def mutate(self, node: Any, index: int) -> Any:
        first = node.get_first_leaf()
        leaf = type(first)("pass", first.start_pos, prefix=first.prefix)
        node.children = [leaf, node.children[-1]]
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("x = 1\ny = 2\n", "pass\ny = 2\n"),)


class SwapArguments(Operator):
    """Exchange two neighbouring positional arguments of a call."""

    def mutation_positions(self, node: Any) -> Iterator[tuple[Any, Any]]:
        for left, right in self._pairs(node):
            yield (left.start_pos, right.end_pos)

    def mutate(self, node: Any, index: int) -> Any:
        left, right = list(self._pairs(node))[index]
        i, j = node.children.index(left), node.children.index(right)
        left_prefix, right_prefix = left.get_first_leaf().prefix, right.get_first_leaf().prefix
        left.get_first_leaf().prefix, right.get_first_leaf().prefix = right_prefix, left_prefix
        node.children[i], node.children[j] = right, left
        return node

    @staticmethod
    def _pairs(node: Any) -> Iterator[tuple[Any, Any]]:
        if not (isinstance(node, PythonNode) and node.type == "arglist" and _type(node.parent) == "trailer"):
            return
        plain = [child for child in node.children if child.type not in ("operator", "argument")]
        yield from pairwise(plain)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("f(a, b)", "f(b, a)"),)


def _type(node: Any) -> str | None:
    return getattr(node, "type", None)


@dataclass(frozen=True)
class Mutant:
    """One changed solution. line: the changed line as it now stands; before: as it stood."""

    line: str
    before: str
    source: str


def mutants(exercise: Exercise) -> list[Mutant]:
    """Every distinct mutant of an exercise's solution that still compiles and means something else."""
    text = exercise.code.text
    provider = OperatorProvider()
    operators = [provider[name]() for name in provider if name not in LEFT_OUT] + [
        RemoveStatement(),
        SwapArguments(),
    ]
    seen, found = {_meaning(text)}, []
    for operator in operators:
        for changed in _occurrences(text, operator):
            try:
                meaning = _meaning(changed)
            except SyntaxError:
                continue
            if meaning not in seen:
                seen.add(meaning)
                found.append(_mutant(text, changed))
    return found


def _occurrences(text: str, operator: Operator) -> Iterator[str]:
    count = 0
    while (changed := mutate_code(text, operator, count)) is not None:
        yield changed
        count += 1


class _Bare(ast.NodeTransformer):
    """Without docstrings and annotations, which no suite can see."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node


def _meaning(text: str) -> str:
    return ast.unparse(_Bare().visit(ast.parse(text)))


def _mutant(text: str, changed: str) -> Mutant:
    pairs = zip(text.splitlines(), changed.splitlines(), strict=False)
    before, line = next((a.strip(), b.strip()) for a, b in pairs if a != b)
    return Mutant(line, before, changed)
