"""Check digits of national numbers as SQL macros that the rules of contracts use.

UPN: a check letter, eleven digits, and a digit or (temporary number) a letter. The positions 2 to 13 are weighted 2 to
13; their sum modulo 23 gives the letter. ULN: nine digits weighted 10 to 2; ten less the sum modulo 11 is the tenth
digit; a remainder of zero makes no number. 9999999999 stands for a learner whose number is not known yet.
"""

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
UNKNOWN_ULN = "9999999999"


def _weighted(text: str, start: int, digits: int, weights: range) -> str:
    """SQL sum of the digits of `text` from position `start`, each times its weight.

    Arithmetic on up to six digits at once: taking each digit out of the text costs several times as much. With
    q(k) the number without its last k digits, digit k from the right is q(k) - 10 q(k+1), so the weighted sum is that
    of q(k) times (its weight - 10 times the weight of the digit to its right).
    """
    number = f"TRY_CAST(substr({text}, {start}, {digits}) AS INTEGER)"
    from_right = [0, *reversed(weights)]
    terms = [f"{from_right[k + 1] - 10 * from_right[k]} * ({number} // {10**k})" for k in range(digits)]
    return " + ".join(terms)


_UPN_SUM = f"{_weighted('upn', 2, 6, range(2, 8))} + {_weighted('upn', 8, 5, range(8, 13))}"
_UPN_LAST = f"NULLIF(greatest(strpos('0123456789', substr(upn, 13)), strpos('{LETTERS}', substr(upn, 13))), 0) - 1"
_ULN_SUM = f"{_weighted('uln', 1, 5, range(10, 5, -1))} + {_weighted('uln', 6, 4, range(5, 1, -1))}"

# Of a number of the right form (a contract's pattern says which); what they say of anything else means nothing.
# No AND, CASE or COALESCE around the sum: inside them DuckDB takes the digits out of the text once for each weight.
MACROS = (
    f"""CREATE OR REPLACE MACRO upn_is_valid(upn) AS
        strpos('{LETTERS}', substr(upn, 1, 1)) - 1 IS NOT DISTINCT FROM ({_UPN_SUM} + 13 * ({_UPN_LAST})) % 23""",
    f"""CREATE OR REPLACE MACRO uln_is_valid(uln) AS uln = '{UNKNOWN_ULN}'
        OR 10 - ({_ULN_SUM}) % 11 IS NOT DISTINCT FROM TRY_CAST(substr(uln, 10) AS INTEGER)""",
)
