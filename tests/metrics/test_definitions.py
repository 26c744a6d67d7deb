"""The semantic layer and the mapping contracts say the same of a metric that both have; every code has its words."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.contracts.return_contract import load_returns
from pipelines.defs.dbt_build import DBT_PROJECT, measured_models
from pipelines.published.catalogue import load_catalogue
from pipelines.published.mapping import load_breakdowns
from pipelines.published.vocabulary import Definition

METRIC_FILES = sorted((DBT_PROJECT / "models" / "metrics").glob("*.yml"))


def _metrics() -> dict[str, dict[str, Any]]:
    return {metric["name"]: metric for file in METRIC_FILES for metric in _read(file).get("metrics", [])}


def _read(file: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


METRICS = _metrics()
BOTH = {entry.metric_id: entry for entry in load_catalogue().entries if entry.metric_id in METRICS}


@pytest.mark.parametrize("metric_id", sorted(BOTH))
def test_a_metric_in_both_is_defined_alike(metric_id: str) -> None:
    published, ours = BOTH[metric_id], METRICS[metric_id]
    meta = ours["config"]["meta"]
    said = {"label": ours["label"], "description": ours["description"], **meta}
    for field in ("label", "short_label", "description", "unit", "decimals", "polarity", "family", "domain_row"):
        assert said[field] == getattr(published.definition, field), field
    for field in ("key_metric", "headline_order", "standard_value"):
        assert (said.get(field) or None) == (getattr(published.definition, field) or None), field


@pytest.mark.parametrize("metric_id", sorted(METRICS))
def test_a_metric_says_what_the_public_catalogue_asks(metric_id: str) -> None:
    metric = METRICS[metric_id]
    known = {name: value for name, value in metric["config"]["meta"].items() if name in Definition.model_fields}
    Definition.model_validate({"label": metric["label"], "description": metric["description"], **known})


def test_every_breakdown_of_a_metric_has_words() -> None:
    asked = {
        each
        for metric in METRICS.values()
        for pair in metric["config"]["meta"]["breakdowns"]
        for each in pair.split("*")
    }
    assert asked <= set(load_breakdowns())


def test_twelve_metrics_in_three_families() -> None:
    families = {metric["config"]["meta"]["family"] for metric in METRICS.values()}
    assert len(METRICS) >= 12 and len(families) == 3
    assert len(BOTH) == 11


def test_semantic_models_are_of_known_returns_and_are_all_found() -> None:
    models = [model for file in METRIC_FILES for model in _read(file).get("semantic_models", [])]
    assert {model["config"]["meta"]["return"] for model in models} == set(load_returns())
    assert sorted(model["model"].split("'")[1] for model in models) == measured_models()
