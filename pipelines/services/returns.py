"""The returns there are, as somebody who sends them in needs to know them."""

from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.contracts.return_contract import load_returns
from pipelines.services.bodies import Body, bodies
from pipelines.settings import Settings

_YEARS_BACK = 3


@dataclass(frozen=True)
class Return:
    """One return: its name and title, whether areas or schools send it, the periods it is open for, who sends it.

    `periods` are the latest ones, newest first; `bodies` is empty where there is no register of them.
    """

    name: str
    title: str
    body_kind: str
    periods: tuple[str, ...]
    bodies: tuple[Body, ...]
    tables: tuple[str, ...]
    minutes_to_complete: int


def returns(settings: Settings, today: date) -> list[Return]:
    """Every return, by title."""
    found = [
        Return(
            contract.name,
            contract.title,
            contract.body_kind,
            tuple(
                dict.fromkeys(contract.latest_period(today - timedelta(days=30 * n)) for n in range(12 * _YEARS_BACK))
            ),
            tuple(bodies(settings, contract)),
            tuple(table.file_names[0] for table in contract.tables),
            contract.minutes_to_complete,
        )
        for contract in load_returns().values()
    ]
    return sorted(found, key=lambda each: each.title)
