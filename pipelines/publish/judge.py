"""May this statement run? Judged on DuckDB's own parse tree, never on the text, so comments and quoting hide nothing.

Allowed: one SELECT (also WITH, FROM first, VALUES, DESCRIBE, SUMMARIZE, SHOW TABLES, PIVOT with IN) whose tables are
the version's own, whose table functions are in a short list, and which calls nothing that reads the machine. DuckDB's
locked configuration and the limits of the child process stand behind this; each is tested on its own.
"""

import json
from collections.abc import Iterator
from typing import Any

import duckdb

from pipelines.publish.errors import SqlFailed, SqlRefused

MAX_STATEMENT_CHARACTERS = 100_000

_QUERY_NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
_TABLE_FUNCTIONS = {
    "as_known_on",
    "generate_series",
    "range",
    "unnest",
    "json_each",
    "json_tree",
    "generate_subscripts",
}
_INFORMATION_SCHEMA = {"tables", "columns"}
_SHOWABLE = {'"tables"', "__show_tables_expanded"}
# Functions that read settings, environment, log or other statements, or that take DuckDB's internal bytes on trust.
_REFUSED_FUNCTIONS = {
    "combine",
    "current_setting",
    "finalize",
    "getenv",
    "getvariable",
    "json_execute_serialized_sql",
    "json_serialize_plan",
    "pg_get_viewdef",
    "pg_sleep",
    "query",
    "query_table",
    "setval",
    "sleep_ms",
    "to_aggregate_state",
    "variant_bytes_to_variant",
    "write_log",
}


def judge(con: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Pass a statement that may run on `con`, a version's connection.

    Raises SqlRefused saying which part may not be used and what can be, or SqlFailed when it does not parse.
    """
    if len(statement) > MAX_STATEMENT_CHARACTERS:
        raise SqlRefused(f"The statement is longer than {MAX_STATEMENT_CHARACTERS:,} characters.")
    try:
        statements = duckdb.extract_statements(statement)
    except duckdb.Error as fault:
        raise SqlFailed(str(fault)) from None
    if len(statements) != 1:
        raise SqlRefused(f"Give one SELECT statement; this holds {len(statements)}.")
    kind = statements[0].type
    if kind == duckdb.StatementType.MULTI:
        raise SqlRefused("PIVOT needs its values spelt out here: PIVOT … ON column IN ('a', 'b').")
    if kind != duckdb.StatementType.SELECT:
        raise SqlRefused(f"Only SELECT can run here; this is {kind.name}. The figures cannot be changed by SQL.")
    own = {row[0] for row in con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
    system = {row[0] for row in con.execute("SELECT view_name FROM duckdb_views() WHERE internal").fetchall()}
    for node, ctes in _walk(_parse_tree(con, statement)):
        _judge_node(node, ctes, own, system)


def _parse_tree(con: duckdb.DuckDBPyConnection, statement: str) -> dict[str, Any]:
    rows = con.execute("SELECT json_serialize_sql(?::VARCHAR)", [statement]).fetchall()
    try:
        tree: dict[str, Any] = json.loads(rows[0][0])
    except RecursionError:
        raise SqlRefused("The statement is nested too deeply.") from None
    if tree.get("error", True):
        raise SqlRefused(f"This SELECT cannot be checked before it runs: {tree.get('error_message', 'unknown reason')}")
    return tree


def _walk(tree: dict[str, Any]) -> Iterator[tuple[dict[str, Any], frozenset[str]]]:
    """Every object of the tree with the names of the common table expressions in scope there."""
    waiting: list[tuple[Any, frozenset[str]]] = [(tree, frozenset())]
    while waiting:
        node, ctes = waiting.pop()
        if isinstance(node, list):
            waiting += [(child, ctes) for child in node]
        elif isinstance(node, dict):
            here = {entry["key"].lower() for entry in node.get("cte_map", {}).get("map", [])}
            if node.get("type") in ("RECURSIVE_CTE_NODE", "CTE_NODE"):
                here.add(str(node.get("cte_name", "")).lower())
            ctes = ctes | here
            yield node, ctes
            waiting += [(child, ctes) for child in node.values() if isinstance(child, dict | list)]


def _judge_node(node: dict[str, Any], ctes: frozenset[str], own: set[str], system: set[str]) -> None:
    kind = str(node.get("type", ""))
    if kind.endswith("_NODE") and kind not in _QUERY_NODES:
        raise SqlRefused(f"Only SELECT can run here, also inside WITH; this holds {kind.removesuffix('_QUERY_NODE')}.")
    for entry in node.get("cte_map", {}).get("map", []):
        if entry["key"].lower() in system:
            raise SqlRefused(f"Choose another name for the WITH query {entry['key']!r}: it is a system table's.")
    if kind == "BASE_TABLE":
        _judge_table(node, ctes, own)
    elif kind == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        if name not in _TABLE_FUNCTIONS:
            raise SqlRefused(
                f"{name}() cannot be read from here. Table functions: {', '.join(sorted(_TABLE_FUNCTIONS))}."
            )
    elif kind == "SHOW_REF" and node.get("query") is None and node.get("table_name") not in _SHOWABLE:
        raise SqlRefused("Of the SHOW statements, SHOW TABLES and SHOW ALL TABLES can run here; DESCRIBE table too.")
    elif kind == "COLUMN_DATA":
        raise SqlRefused("This statement cannot run here.")
    if node.get("class") == "FUNCTION" and str(node.get("function_name", "")).lower() in _REFUSED_FUNCTIONS:
        raise SqlRefused(f"The function {node['function_name']}() cannot be used here.")


def _judge_table(node: dict[str, Any], ctes: frozenset[str], own: set[str]) -> None:
    path = [str(step).lower() for step in node.get("qualified_name", {}).get("path", [])]
    name = path[-1] if path else str(node.get("table_name", "")).lower()
    qualifier = path[:-1]
    if not qualifier and (name in ctes or name in own):
        return
    if qualifier in (["main"], ["memory"], ["memory", "main"]) and name in own:
        return
    if qualifier and qualifier[-1] == "information_schema" and name in _INFORMATION_SCHEMA:
        return
    raise SqlRefused(f"There is no table {'.'.join(path)!r} here. Tables: {', '.join(sorted(own))}.")
