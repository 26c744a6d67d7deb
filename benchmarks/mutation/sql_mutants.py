"""Mutants of SQL: in dbt models and macros (with their Jinja), and in the SQL strings of Python modules.

A mutant is the text with one token changed. Comments, references to models, error messages and what only other engines
run (`default__…` macros) are left alone.
"""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# (what is found, what it becomes). Case is ignored, and a space in a pattern is any white space.
_RULES = [
    (r"(?<![<>=!:|])=(?![=>])", "<>"),
    (r"<>", "="),
    (r"!=", "=="),
    (r"==", "!="),
    (r"<=", "<"),
    (r"<=", ">"),
    (r">=", ">"),
    (r">=", "<"),
    (r"(?<![<>=-])<(?![>=])", "<="),
    (r"(?<![<>=-])<(?![>=])", ">"),
    (r"(?<![<>=-])>(?!=)", ">="),
    (r"(?<![<>=-])>(?!=)", "<"),
    (r"\band\b(?! unbounded)", "or"),
    (r"\bor\b(?! replace)", "and"),
    (r"\bis null\b", "is not null"),
    (r"\bis not null\b", "is null"),
    (r"\bis not distinct\b", "is distinct"),
    (r"\bnot (?=in\b)", ""),
    (r"(?<!\bis )(?<!if )\bnot (?!in\b|null\b|distinct\b)", " "),
    (r"(?<!not )(?<!for )(?<!\w )\bin(?= \()", "not in"),
    (r"\bbetween\b", "not between"),
    (r"(?<=[\w)}\]']) \+ ", " - "),
    (r"(?<=[\w)}\]']) - ", " + "),
    (r"(?<=[\w)}\]']) \* ", " / "),
    (r"(?<=[\w)}\]']) //? ", " * "),
    (r"(?<=[\w)}\]']) % ", " + "),
    (r"\bmin\(", "max("),
    (r"\bmax\(", "min("),
    (r"\bsum\(", "max("),
    (r"\bcount\(\*\)", "(count(*) + 1)"),
    (r"\bcount\(distinct ", "count("),
    (r"\bselect distinct\b", "select"),
    (r"\blag\(", "lead("),
    (r"\blead\(", "lag("),
    (r"\bmin_by\(", "max_by("),
    (r"\barg_min\(", "arg_max("),
    (r"\bgreatest\(", "least("),
    (r"\bfloor\(", "ceil("),
    (r"\bupper\(", "lower("),
    (r"\blower\(", "upper("),
    (r"\btrim\(", "("),
    (r"\bleft join\b", "inner join"),
    (r"\binner join\b", "left join"),
    (r"\bsemi join\b", "anti join"),
    (r"\banti join\b", "semi join"),
    (r"\bnot exists\b", "exists"),
    (r"\bunion all\b", "union"),
    (r"\b(?:where|having)\b", r"\g<0> true or"),
    (r"\btrue\b", "false"),
    (r"\bfalse\b", "true"),
    (r"\belse(?= [\w'])", "else null and"),
]
_COMPILED = [(re.compile(find.replace(" ", r"\s+") if "(?<" not in find else find, re.I), to) for find, to in _RULES]
_NUMBER = re.compile(r"(?<![\w.$\\{,])\d+(?:\.\d+)?(?![\w.}])")
_LITERAL = re.compile(r"'[^'\n]*'")
_LEFT_ALONE = re.compile(
    r"\{#.*?#\}|--[^\n]*|\{% macro default__.*?endmacro %\}|\{%-? macro [^%]*%\}|raise_compiler_error\(.*?\) \}\}"
    r"|\b(?:ref|config|env_var|dispatch)\([^)]*\)|dbt\.type_\w+\(\)|\{%-|-%\}|\{\{-|-\}\}",
    re.S,
)
_JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S)
_IS_SQL = re.compile(r"\b(SELECT|FROM|WHERE|AND|IS|NULL|CASE|NOT|CREATE|CAST|TRY_CAST|NULLIF)\b|regexp_|concat_ws| \* ")


@dataclass(frozen=True)
class Mutant:
    """A file's whole text with one change; `line` and `change` say where and what."""

    text: str
    line: int
    change: str


def sql_mutants(text: str) -> Iterator[Mutant]:
    """Every mutant of a dbt model or macro."""
    spans = [match.span() for match in _JINJA.finditer(text)]

    def wanted(at: int, found: str) -> bool:
        return found.strip() != "=" or not any(start <= at < end for start, end in spans)

    yield from _changes(text, 0, len(text), _LEFT_ALONE, wanted)


def sql_in_python(text: str) -> Iterator[Mutant]:
    """Every mutant of the SQL in a module's strings; what stands between the braces of an f-string is Python's."""
    starts = [0]
    for each in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(each))
    docstrings = {n.value.lineno for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Expr) and _is_text(n.value)}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        body = re.match(r"""[rbfRBF]*("{3}|"|')""", token.string) if token.type == tokenize.STRING else None
        if body and token.start[0] not in docstrings and _IS_SQL.search(token.string):
            first = starts[token.start[0] - 1] + token.start[1]
            braces = re.compile(r"\{[^{}]*\}|\$\w+|\\.") if "{" in token.string else re.compile(r"\$\w+|\\.")
            yield from _changes(
                text, first + body.end(), first + len(token.string) - len(body[1]), braces, lambda *_: True
            )


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _changes(
    text: str, first: int, last: int, left_alone: re.Pattern[str], wanted: Callable[[int, str], bool]
) -> Iterator[Mutant]:
    """Mutants of text[first:last]."""
    seen = _masked(text[first:last], left_alone)
    bare = _masked(seen, _LITERAL)
    found = [(m, m.expand(to)) for rule, to in _COMPILED for m in rule.finditer(bare)]
    found += [(m, str(int(float(m[0])) + 1)) for m in _NUMBER.finditer(bare)]
    found += [(m, _other(text[first + m.start() : first + m.end()])) for m in _LITERAL.finditer(seen)]
    for match, new in sorted(found, key=lambda each: each[0].start()):
        at, end = first + match.start(), first + match.end()
        before = bare[: match.start()].rstrip().lower()
        if match[0].lower() == "and" and re.search(r"between\s+[\w.' ]+$", before):
            continue
        if wanted(at, match[0]):
            change = f"{' '.join(text[at:end].split())} → {new.strip() or 'nothing'}"
            yield Mutant(text[:at] + new + text[end:], text.count("\n", 0, at) + 1, change)


def _masked(text: str, what: re.Pattern[str]) -> str:
    return what.sub(lambda match: re.sub(r"[^\n]", "\x00", match[0]), text)


def _other(literal: str) -> str:
    inner = literal[1:-1]
    return f"'{float(inner) + 1}'" if re.fullmatch(r"\d+\.\d+", inner) else f"'{inner}!'"
