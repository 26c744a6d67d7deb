"""Every metric of returns against children written down by hand."""

import duckdb
import pytest

from tests.metrics.spec_returns import Spec, load_specs

pytestmark = pytest.mark.slow
SPECS = load_specs()


def test_each_metric_of_the_semantic_layer_has_a_spec(warehouse: duckdb.DuckDBPyConnection) -> None:
    defined = {row[0] for row in warehouse.execute("SELECT metric_id FROM int_returns__metrics").fetchall()}
    assert {spec.metric for spec in SPECS} == defined
    assert len(defined) >= 12


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.metric)
def test_the_figures_are_those_worked_out_by_hand(spec: Spec, warehouse: duckdb.DuckDBPyConnection) -> None:
    counts = [case["counts"] for case in spec.cases]
    above, below = counts.count("numerator"), counts.count("numerator") + counts.count("denominator")
    assert spec.expected["total"][:2] == [above, below if spec.expected["total"][1] is not None else None]
    for name, expected in spec.expected.items():
        assert _figure(warehouse, spec, name) == pytest.approx(tuple(expected), abs=5e-5), name


def _figure(con: duckdb.DuckDBPyConnection, spec: Spec, name: str) -> tuple[float, float | None, float]:
    cut = [pair.split("=") for pair in name.split("&")] if name != "total" else []
    cut += [["total", "total"]] * (2 - len(cut))
    rows = con.execute(
        "SELECT numerator, denominator, value FROM fct_metric WHERE metric_id = ? AND geography_code = ? "
        "AND breakdown_1 = ? AND value_1 = ? AND breakdown_2 = ? AND value_2 = ? AND release_id = ? "
        "AND known_to IS NULL",
        [spec.metric, spec.geography, *cut[0], *cut[1], f"{spec.return_name}_{spec.period}"],
    ).fetchall()
    assert len(rows) == 1, f"{name}: {rows}"
    return tuple(rows[0])
