"""Whom to order from: what every vendor asks for the sum of all requests, compared.

What members asked for comes first: the vendor that leaves the least of it unserved wins, then the
lowest total, then the smaller quantity. More than quantities and tolerances is never ordered by
itself; where it would cost less in all, it is advised.

Quantities are decimals in the unit of the product, totals are decimals in one currency.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .cases import CaseFill, fill_cases
from .price_steps import Offer, PriceStep, offers_for
from .units import Stored, to_decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class PriceList:
    """What a vendor asks, in one way of packing.

    :param steps: price steps per unit of the product
    :param pack: content of the vendor's pack; 0 for goods that are not packed
    :param minimum: the least that is sold, in the unit of the product
    """

    vendor: Hashable
    steps: Sequence[PriceStep]
    pack: Decimal = ZERO
    minimum: Decimal = ZERO


@dataclass(frozen=True)
class Bid:
    """A quantity that one vendor could deliver, and what it costs in all.

    :param asked: what members asked for
    :param tolerance: what they would take on top
    """

    key: Hashable
    quantity: Decimal
    total: Decimal
    asked: Decimal
    tolerance: Decimal = ZERO

    @property
    def unserved(self) -> Decimal:
        """How much of what was asked for is missing."""
        return max(self.asked - self.quantity, ZERO)

    @property
    def excess(self) -> Decimal:
        """How much nobody takes, even with tolerance."""
        return max(self.quantity - self.asked - self.tolerance, ZERO)


@dataclass(frozen=True)
class Choice:
    """What to order by itself, and what costs less in all but needs somebody's approval."""

    best: Bid | None
    advised: Bid | None


def fill_from(price_list: PriceList, asked: Stored, tolerance: Stored = 0) -> CaseFill:
    """Fill a vendor's packs; the first price step counts as the least that is sold.

    :raises InputRefusal: as :func:`.cases.fill_cases`

    >>> fill_from(PriceList('A', [PriceStep(20, 10)]), 15, 5).quantity
    Decimal('20')
    >>> fill_from(PriceList('A', [PriceStep(20, 10)]), 15, 4).missing
    Decimal('1')
    """
    pack = price_list.pack or None
    first = min((step.minimum for step in price_list.steps), default=ZERO)
    fill = _fill(asked, tolerance, pack, price_list.minimum)
    if fill.quantity and fill.quantity < first:
        fill = _fill(asked, tolerance, pack, max(first, price_list.minimum))
    return fill


def offers_from(price_list: PriceList, asked: Stored, tolerance: Stored = 0) -> list[Offer]:
    """Give what a vendor could deliver: the need, and the cheapest higher step with and without tolerance.

    Higher steps appear only if they cost less in all than the need. Nothing when no pack is filled
    or the vendor's minimum is not reached.

    :raises RuleRefusal, InputRefusal: as :func:`.price_steps.offers_for`

    >>> steps = [PriceStep(1, 100), PriceStep(50, 90), PriceStep(100, 80)]
    >>> [offer.quantity for offer in offers_from(PriceList('A', steps), 95)]
    [Decimal('95'), Decimal('100')]
    >>> [offer.quantity for offer in offers_from(PriceList('A', steps), 88)]
    [Decimal('88')]
    """
    fill = fill_from(price_list, asked, tolerance)
    if not fill.quantity:
        return []
    need, *higher = offers_for(price_list.steps, fill.quantity, price_list.pack or None)
    wanted = to_decimal(asked) + to_decimal(tolerance)
    cheaper = sorted(
        (offer for offer in higher if offer.total < need.total), key=lambda offer: (offer.total, offer.quantity)
    )
    covered = [offer for offer in cheaper if offer.quantity <= wanted]
    beyond = [offer for offer in cheaper if offer.quantity > wanted]
    return [need, *covered[:1], *beyond[:1]]


def least_offer(price_list: PriceList, asked: Stored) -> Offer | None:
    """Give the least a vendor sells to somebody who asks for less, in full packs; nothing when nobody asks.

    :raises RuleRefusal, InputRefusal: as :func:`.price_steps.offer_at`

    >>> least_offer(PriceList('A', [PriceStep(20, 10)], pack=Decimal(8)), 15).quantity
    Decimal('24')
    """
    wanted = to_decimal(asked)
    if wanted <= 0:
        return None
    first = min((step.minimum for step in price_list.steps), default=ZERO)
    return offers_for(price_list.steps, max(wanted, first, price_list.minimum), price_list.pack or None)[0]


def choose(bids: Iterable[Bid]) -> Choice:
    """Choose among what all vendors could deliver.

    Bids that are equal in every respect keep their order: the first wins.

    >>> A, B = (Bid('A', Decimal(95), Decimal(8550), Decimal(95)), Bid('B', Decimal(100), Decimal(8000), Decimal(95)))
    >>> choice = choose([A, B])
    >>> choice.best.key, choice.advised.key
    ('A', 'B')
    """
    ranked = sorted(bids, key=lambda bid: (bid.unserved, bid.total, bid.quantity))
    best = next((bid for bid in ranked if bid.quantity and not bid.excess), None)
    advised = next((bid for bid in ranked if bid.excess and _pays(bid, best)), None)
    return Choice(best, advised)


def _pays(bid: Bid, best: Bid | None) -> bool:
    """Tell whether a bid that leaves goods over costs less than the best one, and serves no less."""
    return best is not None and bid.unserved <= best.unserved and bid.total < best.total


def _fill(asked: Stored, tolerance: Stored, pack: Decimal | None, minimum: Decimal) -> CaseFill:
    return fill_cases(asked, tolerance, pack, minimum / pack if pack else minimum)
