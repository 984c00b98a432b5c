"""One member at the counter: what is set off, and what goes over the till in notes and coins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .errors import InputRefusal
from .set_off import set_off_oldest
from .units import require_not_negative, require_whole


class Till(NamedTuple):
    """How each debt and each claim of a member is settled, in units of account.

    ``odd_in`` and ``odd_out`` are what no coin covers and nothing can carry: zero, or the sums cannot be handed over.
    """
    debts_set_off: list[int]
    debts_cash: list[int]
    claims_set_off: list[int]
    claims_cash: list[int]
    odd_in: int
    odd_out: int


def settle_at_till(
    debts: Sequence[int], claims: Sequence[int], fixed_in: int = 0, fixed_out: int = 0, unit: int = 1,
    set_off: bool = False,
) -> Till:
    """Say how a member's debts and claims are settled: against each other where wished, the rest in cash.

    Debts are set off against claims, the oldest of each first. What is left goes over the till, each way in whole
    multiples of the unit; the remainder stays open on the last debt, and on the last claim.

    :param debts: what the member chose to pay of each debt, the oldest first
    :param claims: what the member chose to be paid of each claim, the oldest first
    :param fixed_in: what the member pays besides, which carries no remainder: savings, deposits
    :param fixed_out: what the member takes out besides
    :param unit: the smallest amount that is handed over
    :raises InputRefusal: `not_whole`, `negative`; `not_positive` for the unit

    >>> settle_at_till([60_000], [81_245], set_off=True, unit=100)
    Till(debts_set_off=[60000], debts_cash=[0], claims_set_off=[60000], claims_cash=[21200], odd_in=0, odd_out=0)
    >>> settle_at_till([12_345], [], fixed_in=10_000, unit=100)
    Till(debts_set_off=[0], debts_cash=[12300], claims_set_off=[], claims_cash=[], odd_in=0, odd_out=0)
    >>> settle_at_till([12_345], [], fixed_in=10_055, unit=100)
    Till(debts_set_off=[0], debts_cash=[12345], claims_set_off=[], claims_cash=[], odd_in=0, odd_out=0)
    >>> settle_at_till([], [], fixed_in=10_050, unit=100).odd_in
    50
    """
    if require_whole(unit) <= 0:
        raise InputRefusal('not_positive', name='unit', value=unit)
    for amount in (*debts, *claims, fixed_in, fixed_out):
        require_not_negative('amount', require_whole(amount))
    both = min(sum(debts), sum(claims)) if set_off else 0
    debts_off, claims_off = set_off_oldest(debts, both), set_off_oldest(claims, both)
    debts_cash, odd_in = _pay_whole(_less(debts, debts_off), fixed_in, unit)
    claims_cash, odd_out = _pay_whole(_less(claims, claims_off), fixed_out, unit)
    return Till(debts_off, debts_cash, claims_off, claims_cash, odd_in, odd_out)


def _less(amounts: Sequence[int], parts: Sequence[int]) -> list[int]:
    return [amount - part for amount, part in zip(amounts, parts, strict=True)]


def _pay_whole(amounts: Sequence[int], fixed: int, unit: int) -> tuple[list[int], int]:
    """Take the remainder to whole units off the last amounts; return them, and what of it they could not carry."""
    left = (sum(amounts) + fixed) % unit
    paid = list(amounts)
    for place in reversed(range(len(paid))):
        taken = min(paid[place], left)
        paid[place] -= taken
        left -= taken
    return paid, left
