"""Check digits of national numbers as SQL macros that the rules of contracts use.

UPN: a check letter, eleven digits, and a digit or (temporary number) a letter. The positions 2 to 13 are weighted 2 to
13; their sum modulo 23 gives the letter. ULN: nine digits weighted 10 to 2; ten less the sum modulo 11 is the tenth
digit; a remainder of zero makes no number. 9999999999 stands for a learner whose number is not known yet.
"""

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
UNKNOWN_ULN = "9999999999"


def _weighted(number: str, digits: int, first_weight: int, step: int) -> str:
    """SQL sum of the digits of an integer expression, each times its weight, from the leftmost."""
    terms = [f"({number} // {10 ** (digits - 1 - at)} % 10) * {first_weight + step * at}" for at in range(digits)]
    return " + ".join(terms)


MACROS = (
    # Integer arithmetic on the eleven digits at once: taking twelve substrings a row costs several times as much.
    f"""CREATE OR REPLACE MACRO upn_is_valid(upn) AS COALESCE(
        substr(upn, 1, 1) = substr('{LETTERS}', CAST(1 + ({
        _weighted("TRY_CAST(substr(upn, 2, 11) AS BIGINT)", 11, 2, 1)
    } + 13 * CASE WHEN substr(upn, 13, 1) BETWEEN '0' AND '9' THEN ascii(substr(upn, 13, 1)) - 48
        ELSE strpos('{LETTERS}', substr(upn, 13, 1)) - 1 END) % 23 AS BIGINT), 1)
        AND length(upn) = 13 AND strpos('{LETTERS}0123456789', substr(upn, 13, 1)) > 0, FALSE)""",
    f"""CREATE OR REPLACE MACRO uln_is_valid(uln) AS COALESCE(uln = '{UNKNOWN_ULN}' OR (
        length(uln) = 10 AND 10 - ({_weighted("TRY_CAST(substr(uln, 1, 9) AS BIGINT)", 9, 10, -1)}) % 11
        = TRY_CAST(substr(uln, 10, 1) AS BIGINT)), FALSE)""",
)
