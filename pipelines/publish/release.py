"""Which rows an audience may see. The restricted store holds everything; the public store published statistics only."""

import polars as pl

from pipelines.publish.errors import PublishRefused
from pipelines.publish.tables import PUBLISHED_STATUSES, SYNTHETIC_STATUS

_PAIR = ["metric_id", "source"]


def refuse_mixed_worlds(metric: pl.LazyFrame, world: str) -> None:
    """Real and SYNTHETIC never share a store. Raises PublishRefused counting the rows of the other world."""
    synthetic = pl.col("statistical_status") == SYNTHETIC_STATUS
    strangers = metric.filter(~synthetic if world == "synthetic" else synthetic).select(pl.len()).collect().item()
    if strangers:
        other = "real" if world == "synthetic" else "SYNTHETIC"
        raise PublishRefused(
            f"{strangers} row(s) of fct_metric are {other}, and this is the {world} store: the two never share one. "
            "The live version stays."
        )


def public_tables(tables: dict[str, pl.LazyFrame], world: str) -> dict[str, pl.LazyFrame]:
    """The tables cut to what is already public.

    A figure is public when its statistical status is that of a published statistic (that of a return is not).
    A comparison is public when every row of its metric and source is. A source is public when
    its status is and it stands behind a public figure; its receipts go with it. Names and definitions are public.
    Figures given twice are public when both sources are; revisions and bridged years as the figures they come from.
    Who has sent in a return is not, but for the SYNTHETIC world, where nobody is real.
    """
    allowed = [SYNTHETIC_STATUS] if world == "synthetic" else list(PUBLISHED_STATUSES)
    is_public = pl.col("statistical_status").is_in(allowed).fill_null(False)
    metric = tables["fct_metric"]
    figures = metric.filter(is_public)
    # Small, and asked about with every part that is written: known once.
    withheld_pairs = metric.filter(~is_public).select(_PAIR).unique()
    public_pairs = figures.select(_PAIR).unique().join(withheld_pairs, on=_PAIR, how="anti").collect().lazy()
    sources = tables["dim_source"].filter(is_public).join(figures, on="source", how="semi").collect().lazy()
    returns_in = tables["fct_returns_in"]
    given_twice = {
        name: tables[name]
        .join(sources, on="source", how="semi")
        .join(sources, left_on="other_source", right_on="source", how="semi")
        for name in ("fct_reconciliation", "fct_reconciliation_summary")
    }
    return {
        **tables,
        **given_twice,
        "fct_revision": tables["fct_revision"].filter(is_public),
        "fct_bridged": tables["fct_bridged"].filter(is_public),
        "bridge_receipt_set": tables["bridge_receipt_set"].join(figures, on="receipt_set_id", how="semi"),
        "fct_returns_in": returns_in if world == "synthetic" else returns_in.clear(),
        "fct_metric": figures,
        "fct_comparison": tables["fct_comparison"].join(public_pairs, on=_PAIR, how="semi"),
        "dim_source": sources,
        "dim_release": tables["dim_release"].join(sources, on="source", how="semi"),
    }
