"""Mutants of Python, made by the operators of cosmic-ray.

Left out: annotations, which nothing runs, and `frozen=True`, which only keeps a mistake from being made.
"""

import ast
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.provider import OperatorProvider

from benchmarks.mutation.sql_mutants import Mutant

# One other operator for each, where cosmic-ray would try all: `+` for `<<` dies wherever `+` for `-` does.
_BINARY = (
    "Add_Sub",
    "Sub_Add",
    "Mul_Div",
    "Div_Mul",
    "FloorDiv_Mul",
    "Mod_Add",
    "Pow_Mul",
    "BitOr_BitAnd",
    "BitAnd_BitOr",
)
_COMPARED = ("Eq_NotEq", "NotEq_Eq", "Lt_LtE", "Lt_Gt", "LtE_Lt", "LtE_Gt", "Gt_GtE", "Gt_Lt", "GtE_Gt", "GtE_Lt")
_COMPARED += ("Is_IsNot", "IsNot_Is")
_OPERATORS = [
    *(f"ReplaceBinaryOperator_{each}" for each in _BINARY),
    *(f"ReplaceComparisonOperator_{each}" for each in _COMPARED),
    *("ReplaceUnaryOperator_Delete_USub", "ReplaceUnaryOperator_Delete_Invert", "ReplaceUnaryOperator_Delete_Not"),
    *("AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd"),
    *("ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ExceptionReplacer", "NumberReplacer"),
    *("RemoveDecorator", "ZeroIterationForLoop"),
]


def python_mutants(text: str) -> Iterator[Mutant]:
    """Every mutant of a module."""
    provider, skipped = OperatorProvider(), list(_skipped(ast.parse(text)))
    for name in _OPERATORS:
        operator = provider[name]()
        occurrence = 0
        for node in ast_nodes(get_ast(text)):
            for start, _ in operator.mutation_positions(node):
                if not any(first <= start < last for first, last in skipped):
                    # cosmic-ray cannot replace an exception with a dot in its name.
                    with suppress(AttributeError):
                        yield _mutant(text, operator, name, occurrence, start)
                occurrence += 1


def _mutant(text: str, operator: Any, name: str, occurrence: int, start: tuple[int, int]) -> Mutant:
    mutated = mutate_code(text, operator, occurrence)
    old, new = text.splitlines(), mutated.splitlines()
    line = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), start[0] - 1)
    return Mutant(mutated, line + 1, f"{name}: {new[line].strip() if line < len(new) else ''}")


def _skipped(module: ast.Module) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for node in ast.walk(module):
        for each in (getattr(node, "annotation", None), getattr(node, "returns", None), _frozen(node)):
            if isinstance(each, ast.AST):
                yield (each.lineno, each.col_offset), (each.end_lineno or 0, each.end_col_offset or 0)


def _frozen(node: ast.AST) -> ast.expr | None:
    return node.value if isinstance(node, ast.keyword) and node.arg == "frozen" else None
