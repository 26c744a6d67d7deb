"""`python -m dashboards.pack AREA --out FILE`, which `inclusion pack` runs: the pages' words and queries are ours."""

import argparse
import logging
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from dashboards import store
from dashboards.pack.content import pack_content
from dashboards.pack.typesetting import as_pdf, layout
from dashboards.words.codes import FAMILIES
from dashboards.words.headlines import plural


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pack and say where; 1 with a reason on stderr when there is no such area or nothing is published."""
    asked = argparse.ArgumentParser(prog="inclusion pack")
    asked.add_argument("area")
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--family", action="append", default=[], choices=list(FAMILIES))
    given = asked.parse_args(arguments)
    # Streamlit's caches work without its server, but warn that there is none.
    logging.getLogger("streamlit").setLevel(logging.ERROR)
    try:
        with store.live_version():
            content = pack_content(store.find_area(given.area), given.family, date.today())
            pdf = as_pdf(content)
    except store.StoreError as fault:
        print(fault, file=sys.stderr)
        return 1
    try:
        given.out.write_bytes(pdf)
    except OSError as fault:
        print(f"Cannot write {given.out} ({fault.strerror}).", file=sys.stderr)
        return 1
    pages = plural(layout(content)["pages"], "page")
    print(f"{content['title']}: {pages}, data version {content['version']}: {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
