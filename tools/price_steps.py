"""What a quantity costs under a vendor's price steps, and whether more would cost less in all.

A step's price holds for the whole quantity. Where several steps are reached, the cheapest holds, as
in Odoo's choice of a vendor price. Quantities and prices are decimals per unit of the product,
nothing is rounded; floats are read as they print.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .errors import InputRefusal, RuleRefusal
from .units import Stored, to_decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class PriceStep:
    """From this quantity on, a unit costs this price.

    :param minimum: quantity in the unit of the product
    :param price: per unit, in the vendor's currency
    :raises RuleRefusal: `negative`, when one of them is
    """

    minimum: Decimal
    price: Decimal

    def __post_init__(self) -> None:
        for name in ('minimum', 'price'):
            number = to_decimal(getattr(self, name))
            if number < 0:
                raise RuleRefusal('negative', name=name, value=number)
            object.__setattr__(self, name, number)


@dataclass(frozen=True)
class Offer:
    """A quantity and what it costs."""

    quantity: Decimal
    price: Decimal
    total: Decimal


def price_at(steps: Sequence[PriceStep], quantity: Stored) -> Decimal:
    """Give the price per unit at a quantity: the cheapest of the steps that it reaches.

    :raises RuleRefusal: `no_price_steps`
    :raises InputRefusal: `below_first_step`

    >>> steps = [PriceStep(1, 100), PriceStep(50, 90), PriceStep(100, 80)]
    >>> price_at(steps, 95)
    Decimal('90')
    """
    if not steps:
        raise RuleRefusal('no_price_steps')
    amount = to_decimal(quantity)
    reached = [step.price for step in steps if step.minimum <= amount]
    if not reached:
        raise InputRefusal('below_first_step', quantity=amount, minimum=min(step.minimum for step in steps))
    return min(reached)


def offer_at(steps: Sequence[PriceStep], quantity: Stored) -> Offer:
    """Give a quantity with its price and total; nothing costs nothing.

    :raises RuleRefusal, InputRefusal: as :func:`price_at`; `negative`

    >>> offer_at([PriceStep(1, 100), PriceStep(50, 90), PriceStep(100, 80)], 95).total
    Decimal('8550')
    """
    amount = to_decimal(quantity)
    if amount < 0:
        raise InputRefusal('negative', name='quantity', value=amount)
    if not amount:
        return Offer(ZERO, ZERO, ZERO)
    price = price_at(steps, amount)
    return Offer(amount, price, amount * price)


def next_step(steps: Sequence[PriceStep], quantity: Stored) -> PriceStep | None:
    """Give the next step that would lower the price; nothing at the last.

    Below the first step, that one is the next.

    >>> steps = [PriceStep(1, 100), PriceStep(50, 90), PriceStep(100, 80)]
    >>> next_step(steps, 88)
    PriceStep(minimum=Decimal('100'), price=Decimal('80'))
    """
    amount = to_decimal(quantity)
    reached = [step.price for step in steps if step.minimum <= amount]
    cheaper = [step for step in steps if step.minimum > amount and (not reached or step.price < min(reached))]
    return min(cheaper, key=lambda step: (step.minimum, step.price), default=None)


def offers_for(steps: Sequence[PriceStep], need: Stored, pack: Stored | None = None) -> list[Offer]:
    """Give the offer for what is needed, then one for every higher step, each rounded up to full packs.

    :param need: in the unit of the product
    :param pack: content of a pack; none or 0 for goods that are not packed
    :raises RuleRefusal, InputRefusal: as :func:`offer_at`

    >>> steps = [PriceStep(1, 100), PriceStep(50, 90), PriceStep(100, 80)]
    >>> [int(offer.total) for offer in offers_for(steps, 60)]
    [5400, 8000]
    """
    asked = offer_at(steps, _up_to_packs(to_decimal(need), pack))
    if not asked.quantity:
        return [asked]
    higher = {_up_to_packs(step.minimum, pack) for step in steps if step.minimum > asked.quantity}
    return [asked, *(offer_at(steps, quantity) for quantity in sorted(higher))]


def _up_to_packs(quantity: Decimal, pack: Stored | None) -> Decimal:
    content = to_decimal(pack or 0)
    if content < 0:
        raise InputRefusal('negative', name='pack', value=content)
    if not content:
        return quantity
    packs, begun = divmod(quantity, content)
    return quantity if not begun else (packs + 1) * content
