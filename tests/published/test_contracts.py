"""The mapping contracts and their field reference: complete, consistent, and fit to be read by the public."""

import csv
import inspect
import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel, ValidationError

from pipelines.published import catalogue, layout, reconciliations, vocabulary
from pipelines.published import mapping as models
from pipelines.published.catalogue import load_catalogue, metric_rows
from pipelines.published.mapping import (
    CONTRACTS,
    ContractError,
    Mapping,
    MetricMapping,
    load_breakdowns,
    load_mappings,
    load_publications,
)
from pipelines.published.reconciliations import rule_rows
from pipelines.published.symbols import MEANINGS
from pipelines.published.vocabulary import Breakdown, OutOfScope, Publication
from pipelines.settings import PROJECT_ROOT

REFERENCE = (CONTRACTS / "README.md").read_text(encoding="utf-8")
FILLED_IN_BY_THE_LOADER = {"path", "sha256"}
# conduct.md, "Words": no blame and no ranking in anything the public reads.
BANNED = re.compile(
    r"\b(stock|blame\w*|levers?|failing|fail(s|ed)?|worst|best|poor(ly)?|gaming|pushed out|take their share|"
    r"biggest movers?|league|rank(s|ed|ing)?|over-?identif\w*|under-?perform\w*|SEN pupils?|SEND (children|pupils?)|"
    r"EHCP (children|pupils?)|plan children|statemented|suffer\w*|victims?|burden)\b",
    re.IGNORECASE,
)
MODELS = [
    model
    for module in (models, layout, vocabulary, reconciliations)
    for _, model in inspect.getmembers(module, inspect.isclass)
    if issubclass(model, vocabulary.Strict) and model.__module__ == module.__name__ and model.model_fields
    if model is not reconciliations.RuleFile
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_is_in_the_reference(model: type[BaseModel]) -> None:
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", REFERENCE, flags=re.MULTILINE | re.DOTALL))
    assert model.__name__ in sections
    documented = re.findall(r"^\| `(\w+)` \|([^|]*)\|", sections[model.__name__], flags=re.MULTILINE)
    assert {name for name, _ in documented} == set(model.model_fields) - FILLED_IN_BY_THE_LOADER
    required = {name for name, field in model.model_fields.items() if field.is_required()}
    assert {name for name, default in documented if not default.strip()} == required


def test_every_allowed_value_and_symbol_is_in_the_reference() -> None:
    words = vocabulary
    choices = [words.PeriodType, words.Status, words.StatisticalStatus, words.Family, words.Unit, words.Basis]
    choices.append(layout.AreaLevel)
    values = [value for choice in choices for value in get_args(choice)] + [s for s in MEANINGS if s]
    assert not [value for value in values if f"`{value}`" not in REFERENCE]


def test_the_examples_of_the_reference_are_valid() -> None:
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", REFERENCE, flags=re.DOTALL)]
    metric: dict[str, Any] = {"id": "a", "numerator": ["n"], "denominator": ["d"]}
    whole: dict[str, Any] = next(b for b in blocks if "dataset" in b)
    Mapping.model_validate(whole)
    for block in blocks:
        if "publications" in block:
            Publication.model_validate(block["publications"][0])
        elif "out_of_scope" in block:
            OutOfScope.model_validate(block["out_of_scope"][0])
        elif "breakdowns" in block:
            Breakdown.model_validate(block["breakdowns"]["sex"])
        elif "rules" in block:
            reconciliations.Rule.model_validate(block["rules"][0])
        elif {"withheld", "pivot", "dimensions"} & set(block):
            Mapping.model_validate(whole | block)
        elif block is not whole:
            models.MetricMapping.model_validate(metric | block)


def test_at_least_thirty_metrics_in_the_three_families() -> None:
    families = load_catalogue().families()
    assert sum(families.values()) >= 30
    assert min(families[f] for f in ("outcomes_experiences", "identification", "value_for_money")) >= 5


def test_ids_of_the_metric_list_mean_what_they_mean_there() -> None:
    path = PROJECT_ROOT.parent / "shared" / "metrics.csv"
    if not path.is_file():
        pytest.skip("the project's metric list (../shared/metrics.csv) is not on this machine")
    with path.open(encoding="utf-8", newline="") as file:
        listed = {row["id"]: row for row in csv.DictReader(file)}
    both = [entry for entry in load_catalogue().entries if entry.metric_id in listed]
    assert len(both) >= 15
    for entry in both:
        row, d = listed[entry.metric_id], entry.definition
        assert (d.unit, d.polarity, d.family) == (row["unit"], row["polarity"], row["family"]), entry.metric_id
        assert d.domain_row == int(row["row"]), entry.metric_id


def test_no_public_text_ranks_blames_or_labels() -> None:
    texts = [
        (entry.metric_id, text) for entry in load_catalogue().entries for text in _texts(entry.definition.model_dump())
    ]
    texts += [(code, text) for code, b in load_breakdowns().items() for text in [b.label, *_shown(b)]]
    assert len(texts) > 500
    assert not [(where, found[0]) for where, text in texts if (found := BANNED.search(text))]


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    return [text for inner in value for text in _texts(inner)] if isinstance(value, list) else []


def _shown(breakdown: Breakdown) -> list[str]:
    return [labels[0] for labels in breakdown.values.values()]


def test_definitions_are_complete() -> None:
    faults = []
    for entry in load_catalogue().entries:
        d, m, name = entry.definition, entry.metric, entry.metric_id
        ending = {"percent": "_pct", "count": "_count", "gbp": "_gbp"}.get(d.unit)
        checks = {
            "id ends in its unit": ending is None or name.endswith(ending) or "_rate" in name,
            "id is lower case": re.fullmatch(r"[a-z][a-z0-9_]*", name) is not None,
            "label is one line": "\n" not in d.label and len(d.label) <= 100,
            "short label fits a table": len(d.short_label) <= 32,
            "description is a sentence": len(d.description) >= 30 and d.description.endswith("."),
            "caveats are sentences": d.caveats is None or d.caveats.endswith("."),
            "key metrics say why": not d.key_metric or bool(d.key_reason),
            "a standard has its label": (d.standard_value is None) == (d.standard_label is None),
            "shares from counts name both counts": not (m.has_counts and d.unit == "percent")
            or bool(d.numerator_label and d.denominator_label),
            "more money is neither good nor bad": d.unit != "gbp" or d.polarity == "neutral",
        }
        faults += [f"{name}: {what}" for what, holds in checks.items() if not holds]
    assert not faults


def test_labels_tell_metrics_apart() -> None:
    for field in ("label", "short_label"):
        seen: dict[str, str] = {}
        for entry in load_catalogue().entries:
            text = getattr(entry.definition, field).casefold()
            assert text not in seen, f"{entry.metric_id} and {seen.get(text)} share the {field} {text!r}"
            seen[text] = entry.metric_id


def test_headline_places_are_taken_once() -> None:
    places = [e.definition.headline_order for e in load_catalogue().entries if e.definition.headline_order is not None]
    assert len(places) == len(set(places))


def test_a_metric_without_an_interval_says_why() -> None:
    for row in metric_rows():
        assert (row["stat_method"] == "none") == bool(row["interval_reason"]), row["metric_id"]


def test_breakdowns_that_mappings_name_exist_and_a_label_means_one_value() -> None:
    breakdowns = load_breakdowns()
    for mapping in load_mappings():
        named = {*mapping.topics.values(), *(dimension.breakdown for dimension in mapping.dimensions)}
        assert named <= set(breakdowns), mapping.path.name
        for metric in mapping.metrics:
            for code, value in metric.breakdown.items():
                assert value in breakdowns[code].values, (mapping.path.name, code, value)
            if metric.sum_over:
                assert set(metric.sum_over.values) <= set(breakdowns[metric.sum_over.breakdown].values)
    for code, breakdown in breakdowns.items():
        labels = [label.casefold() for labels in breakdown.values.values() for label in labels]
        assert len(labels) == len(set(labels)), code


def test_a_file_name_belongs_to_one_dataset() -> None:
    names = ["requests.csv", "assessments.csv", "timeliness_20_week.csv", "caseload.csv", "newplans.csv",
             "sen_needs_all_plans.csv", "ceased_plans.csv", "annual_reviews.csv", "personal_budgets.csv"]  # fmt: skip
    from fnmatch import fnmatch

    for name in names:
        assert len([m.dataset for m in load_mappings() if any(fnmatch(name, p) for p in m.files)]) == 1, name


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"publication": None}, "publication"),
        ({"layout": "ees_tall"}, "layout"),
        ({"perod": "calendar_year"}, "perod"),
        ({"metrics": [{"id": "a"}]}, "metrics.0"),
        ({"metrics": [{"id": "a", "value": "v", "numerator": ["n"]}]}, "metrics.0"),
        ({"metrics": [{"id": "a", "value": "v", "breakdown": {"a": "b", "c": "d"}}]}, "metrics.0"),
        ({"time": {"title": "by service, (2024"}}, "time"),
        ({"time": {"file_name": "2024"}}, "time"),
    ],
)
def test_a_wrong_mapping_is_an_error_that_names_file_and_field(
    tmp_path: Path, change: dict[str, Any], named: str
) -> None:
    good = yaml.safe_load((CONTRACTS / "ehc_timeliness.yaml").read_text(encoding="utf-8"))
    for name in ("publications.yaml", "breakdowns.yaml"):
        (tmp_path / name).write_bytes((CONTRACTS / name).read_bytes())
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(good | change))
    with pytest.raises(models.ContractError, match=rf"(?s)mine\.yaml is wrong.*{re.escape(named)}"):
        load_mappings(tmp_path)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"topics": {"Sex": "sexx"}}, "sexx"),
        ({"dimensions": [{"column": "gender", "breakdown": "sexx", "totals": ["Total"]}]}, "sexx"),
        ({"metrics": [{"id": "a_pct", "value": "v", "row_breakdowns": ["sexx"]}]}, "sexx"),
        ({"metrics": [{"id": "a_pct", "value": "v", "breakdown": {"sex": "femmale"}}]}, "sex femmale"),
    ],
)
def test_a_breakdown_that_nobody_declared_is_an_error_that_names_it(
    tmp_path: Path, change: dict[str, Any], named: str
) -> None:
    good = yaml.safe_load((CONTRACTS / "ehc_timeliness.yaml").read_text(encoding="utf-8"))
    for name in ("publications.yaml", "breakdowns.yaml"):
        (tmp_path / name).write_bytes((CONTRACTS / name).read_bytes())
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(good | change))
    with pytest.raises(models.ContractError, match=rf"mine\.yaml: not in breakdowns\.yaml: {named}$"):
        load_mappings(tmp_path)


def test_an_average_of_places_cannot_be_added_up_to_a_board(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = next(each for each in load_mappings() if each.area and each.area.added_up)
    weeks = waits.metrics[0].definition.model_copy(update={"unit": "weeks"})  # type: ignore[union-attr]
    median = MetricMapping(id="autism_wait_weeks", value="Median", definition=weeks)
    monkeypatch.setattr(catalogue, "load_mappings", lambda: (waits.model_copy(update={"metrics": [median]}),))
    with pytest.raises(models.ContractError, match="autism_wait_weeks is a figure of sub-ICB locations in weeks"):
        catalogue.load_catalogue.__wrapped__()


def test_yaml_that_cannot_be_read_names_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("dataset: a\n  title: b\n")
    with pytest.raises(models.ContractError, match=r"(?s)mine\.yaml is not valid YAML.*line 2"):
        load_mappings(tmp_path)


def test_models_are_closed() -> None:
    with pytest.raises(ValidationError):
        models.SumOver.model_validate({"breakdown": "sex", "values": ["male"], "extra": 1})


def test_rules_of_reconciliation_name_only_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rule_rows(set(load_catalogue().definitions), set(load_publications()))
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    wrong = reconciliations.Rule(metrics=["no_such_metric"], explanation="because")
    monkeypatch.setattr(reconciliations, "load_rules", lambda: (wrong,))
    with pytest.raises(ContractError, match="rule 1 names no_such_metric"):
        rule_rows({"ehc_20wk_pct"}, {"ehc_plans"})


@pytest.mark.parametrize("given", [{}, {"sources": ["lait"], "explanation": "x"}, {"tolerance_percent": -1}])
def test_a_rule_that_says_nothing_or_names_one_source_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        reconciliations.Rule.model_validate(given)
