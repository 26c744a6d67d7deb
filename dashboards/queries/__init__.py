"""Questions with longer SQL of their own, answered as store.py answers its: from the pinned version, as polars frames.

Everything here describes rows (a mean, a median, a spread); whether a difference is one is asked of fct_comparison.
"""
