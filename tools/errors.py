"""Refusals: what the arithmetic raises instead of guessing.

A refusal carries a machine-readable `code` and the `params` of its sentence, so that whoever shows
it to a user can translate it. :data:`MESSAGES` lists every code that exists, with an English
sentence for logs.
"""

from __future__ import annotations

from typing import Any

MESSAGES: dict[str, str] = {
    # values that cannot be
    'not_a_number': "%(value)r is not a number.",
    'float_not_exact': "%(value)r is a float; convert it to a decimal or to whole units first.",
    'not_whole': "%(value)r is not a whole number of the smallest unit.",
    'negative': "%(name)s is %(value)s, below zero.",
    'not_positive': "%(name)s is %(value)s, not above zero.",
    'length_mismatch': "%(count)s values were given with %(expected)s expected.",
    # sharing
    'zero_total': "There is nothing to share %(amount)s by: all weights are zero.",
    'total_too_small': "The whole of %(total)s is less than the sum of its parts, %(parts)s.",
    # price steps
    'no_price_steps': "There is no price.",
    'below_first_step': "%(quantity)s is less than the %(minimum)s from which on there is a price.",
    # commission bands
    'no_bands': "There are no commission bands.",
    'bands_not_from_zero': "The first commission band starts at %(lower)s and not at 0.",
    'band_empty': "The commission band from %(lower)s to %(upper)s is empty.",
    'band_after_open_end': "The commission band from %(lower)s follows one without an end.",
    'bands_out_of_order': "The commission band from %(lower)s stands after the one from %(previous)s.",
    'bands_gap': "No commission band covers %(previous)s to %(lower)s.",
    'bands_overlap': "Two commission bands cover %(lower)s to %(previous)s.",
    'band_rate': "A commission rate of %(rate)s %% is not between 0 and 100 %%.",
    'above_last_band': "No commission band covers %(base)s: the last one ends at %(upper)s.",
    # entitlement
    'returned_more_than_delivered': "%(missing)s more came back to %(owner)s than had been delivered.",
    'paid_share': "A paid share of %(share)s is not between 0 and 1.",
    # periods
    'duplicate_rate': "Two rates start on %(start)s.",
    # weighing
    'not_a_weight': "%(text)r is no weight: write numbers like 52,5 with a space between two sacks.",
    # heirs
    'not_a_share': "%(text)r is no share: write per cent, like 25 or 33,5, or a fraction, like 1/3.",
    'heirs_sum': "The shares add up to %(total)s and not to the whole.",
    # member numbers
    'range_too_long': "%(range)s is no range of up to 1,000 member numbers.",
    # surplus
    'shares_sum': "The shares add up to %(total)s and not to 100 (difference %(difference)s).",
    'part_above_base': "%(own)s is more than the %(base)s that it is a part of.",
    'loss_not_shared': "A loss of %(loss)s is not shared out to members.",
}


class ArithmeticRefusal(ValueError):
    """The arithmetic has no answer that could be defended.

    :param code: one of the keys of :data:`MESSAGES`
    :param params: the values that the sentence of that code names

    >>> refusal = ArithmeticRefusal('zero_total', amount=10)
    >>> refusal.code, refusal.params
    ('zero_total', {'amount': 10})
    >>> str(refusal)
    'There is nothing to share 10 by: all weights are zero.'
    """

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(MESSAGES[code] % params)


class InputRefusal(ArithmeticRefusal):
    """A quantity, an amount or a document's figure that cannot be."""


class RuleRefusal(ArithmeticRefusal):
    """Something that a user configured does not hold together: bands, steps, rates, shares."""
