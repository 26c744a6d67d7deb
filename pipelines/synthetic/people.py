"""Invented children: made-up names, numbers that pass their check digits, codes of the contracts."""

import numpy as np
import numpy.typing as npt
import polars as pl

_FORENAMES = ["Avo", "Bex", "Cael", "Dario", "Elwy", "Fenna", "Gil", "Hesper", "Ivo", "Juno", "Kit", "Lio", "Mirrin"]
_SURNAMES = [
    "Ashdown",
    "Brindle",
    "Corran",
    "Dunmoor",
    "Ellery",
    "Farrow",
    "Garth",
    "Hollis",
    "Inder",
    "Jessop",
    "Kell",
]
_ETHNICITIES = {
    "WBRI": 0.66,
    "WOTH": 0.07,
    "APKN": 0.06,
    "AIND": 0.04,
    "BAFR": 0.05,
    "MWBC": 0.05,
    "OOTH": 0.05,
    "NOBT": 0.02,
}
_LETTERS = np.array(list("ABCDEFGHJKLMNPQRTUVWXYZ"))


def invented_people(rng: np.random.Generator, size: int, la_code: str, first_number: int) -> pl.DataFrame:
    """`size` children: surname, forename, sex, ethnicity, postcode, upn. UPNs count up from `first_number`."""
    return pl.DataFrame(
        {
            "surname": rng.choice(_SURNAMES, size),
            "forename": rng.choice(_FORENAMES, size),
            "sex": rng.choice(["F", "M"], size, p=[0.3, 0.7]),
            "ethnicity": rng.choice(list(_ETHNICITIES), size, p=list(_ETHNICITIES.values())),
            "postcode": [f"ZZ{n % 9 + 1} {n % 10}AA" for n in range(size)],
            "upn": upns(la_code, first_number + np.arange(size)),
        }
    )


def upns(la_code: str, numbers: npt.NDArray[np.int64]) -> list[str]:
    """Valid UPNs of an authority that does not exist: 99, its number, seven digits of the child's own, and a 0."""
    # LA codes from 990 up were never given to an authority.
    digits = np.array([f"99{int(la_code[1:]):02d}{number:07d}0" for number in numbers])
    table = digits.view("U1").reshape(len(digits), 12).astype(int) if len(digits) else np.zeros((0, 12), dtype=int)
    letters = _LETTERS[(table * np.arange(2, 14)).sum(axis=1) % 23]
    return [letter + text for letter, text in zip(letters, digits, strict=True)]


def ulns(numbers: npt.NDArray[np.int64]) -> list[str | None]:
    """Valid ULNs, None for the numbers that no check digit fits."""
    digits = np.array([f"98{number:07d}" for number in numbers])
    table = digits.view("U1").reshape(len(digits), 9).astype(int) if len(digits) else np.zeros((0, 9), dtype=int)
    remainder = (table * np.arange(10, 1, -1)).sum(axis=1) % 11
    return [f"{text}{10 - left}" if left else None for text, left in zip(digits, remainder, strict=True)]
