"""What is broken on purpose, and the tests that must notice: a file, and test files from the likeliest to notice on."""

from pipelines.settings import PROJECT_ROOT

_CHECKS = ("intake/test_checks.py", "contracts/test_return_contracts.py", "intake/test_check_digits.py")
_CHECKS += ("intake/test_faulty_files.py", "intake/test_check_command.py")
_METRICS = ("metrics/test_definitions.py", "metrics/test_spec_tables.py", "metrics/test_history.py")
_COMPARISON = ("comparison/test_panel.py", "comparison/test_overdispersion.py", "comparison/test_trend.py")
_COMPARISON += ("comparison/test_changes.py", "comparison/test_levels.py")
_SPINE = ("intake/test_spine.py", "intake/test_spine_properties.py")
_STORE = ("publish/test_durable.py", "publish/test_versions.py", "publish/test_publish_version.py")
# SYNTHETIC England has no body that began or ended, so these are asked of the real one too.
_BODIES = ("bodies", "expected_bodies", "submissions")
_REAL = {f"int_returns__{name}": ("metrics/test_publish_rule.py",) for name in _BODIES}
_FACTS = PROJECT_ROOT / "dbt_project" / "models" / "intermediate"


def _named(folder: str, names: str, tests: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {f"{folder}/{name}": tests for name in names.split()}


GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    "contract checks": {
        "pipelines/contracts/return_contract.py": _CHECKS,
        **_named("pipelines/intake", "checks.py check_digits.py", _CHECKS),
        **_named("pipelines/intake", "facts.py violations.py", ("intake/test_facts.py", "intake/test_submit.py")),
        "pipelines/intake/catalogue.py": _METRICS,
    },
    "measures": {
        **_named("dbt_project/macros", "measures.sql semantic_layer.sql age_band.sql dates.sql", _METRICS),
        **{
            path.relative_to(PROJECT_ROOT).as_posix(): (*_METRICS, *_REAL.get(path.stem, ()))
            for folder in ("returns", "school_census", "sen2")
            for path in sorted((_FACTS / folder).glob("*.sql"))
        },
    },
    "intervals": {
        "pipelines/comparison/intervals.py": ("comparison/test_intervals.py",),
        "pipelines/comparison/rank_interval.py": ("comparison/test_rank_interval.py",),
        "dbt_project/macros/intervals.sql": _METRICS,
    },
    "comparison": _named(
        "pipelines/comparison",
        "change.py level.py outcome.py verdicts.py overdispersion.py panel.py target.py trend.py",
        _COMPARISON,
    ),
    "person spine": _named("pipelines/intake", "person_spine.py key_chain.py spine_store.py", _SPINE),
    "store swap": _named("pipelines/publish", "versions.py durable.py publisher.py manifest.py", _STORE),
}
