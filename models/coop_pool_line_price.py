from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import float_round

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS
from odoo.addons.producer_cooperative.tools.price_steps import PriceStep, next_step, price_at
from odoo.addons.producer_cooperative.tools.units import to_decimal
from odoo.addons.producer_cooperative.tools.vendor_choice import PriceList, fill_from

#: Units in which goods are measured and not packed: a vendor who sells by the ton sells 1.5 tons as well.
MEASURES = (
    'millimeter', 'cm', 'meter', 'km', 'square_meter', 'milliliter', 'litre', 'cubic_meter', 'gram', 'kgm', 'ton', 'oz',
    'lb', 'inch', 'foot', 'yard', 'mile', 'square_foot', 'floz', 'qt', 'gal', 'cubic_inch', 'cubic_foot', 'kwh',
    'hour', 'day', 'minute',
)
#: The same for units that are made by hand and that Odoo does not bring.
MEASURE_NAMES = frozenset({'kwintal', 'kuintal', 'quintal', 'kw', 'ons', 'pon'})


@dataclass(frozen=True)
class VendorPrice:
    """One price of one vendor: a row of the price list (``seller``), or what the vendor quoted (``quote``).

    ``content`` is one vendor's unit in the product's unit; ``minimum`` and ``pack`` (0 when not packed) are in the
    product's unit; ``price`` is per unit of the product in company currency, as an order at this price will have it.
    Of several prices Odoo takes the one with the lowest ``rank``.
    """
    vendor: Hashable
    seller: Hashable
    quote: Hashable
    unit: Hashable
    content: Decimal
    minimum: Decimal
    price: Decimal
    pack: Decimal
    rank: tuple


class CoopPoolLine(models.Model):
    """What the vendors ask for, and what that means for the sum of all requests while they still come in.

    Prices are those that hold on the day of the order, as an order of Odoo's will have them: converted to the currency
    of the order, rounded as on the order, discount taken off.
    """
    _inherit = 'coop.pool.line'

    cases = fields.Integer(
        compute='_compute_cases', compute_sudo=True, help="Full cases that the requests fill, with tolerance.",
    )
    quantity_needed = fields.Float(
        string="Needed", digits='Product Unit', compute='_compute_cases', compute_sudo=True,
        help="What the requests ask to order: full cases, and not less than the least the vendor sells.",
    )
    missing_to_case = fields.Float(
        string="Missing to Next Case", digits='Product Unit', compute='_compute_cases', compute_sudo=True,
    )
    missing_to_minimum = fields.Float(
        digits='Product Unit', compute='_compute_cases', compute_sudo=True,
        help="How much more must be asked for until the vendor sells at all.",
    )
    price_current = fields.Float(
        string="Price Now", min_display_digits='Product Price', compute='_compute_prices', compute_sudo=True,
        groups=MONEY_GROUPS, help="The best vendor price per unit at what is asked for now.",
    )
    next_step_quantity = fields.Float(
        string="Next Step From", digits='Product Unit', compute='_compute_prices', compute_sudo=True,
        groups=MONEY_GROUPS,
    )
    next_step_price = fields.Float(
        string="Price at Next Step", min_display_digits='Product Price', compute='_compute_prices', compute_sudo=True,
        groups=MONEY_GROUPS,
    )
    next_step_saving = fields.Monetary(
        string="Next Step Saves", compute='_compute_prices', compute_sudo=True, groups=MONEY_GROUPS,
        help="What the quantity asked for now would cost less at the price of the next step.",
    )

    # === COMPUTE METHODS === #

    @api.depends('quantity_requested', 'tolerance_total', 'pack', 'minimum_packs', 'product_id')
    def _compute_cases(self):
        # sudo (compute_sudo): the least that vendors sell comes from their price lists; no price is shown
        for line in self:
            fill = line._get_nearest_fill()
            line.cases = fill.packs
            line.quantity_needed = float(fill.quantity)
            line.missing_to_case = float(fill.missing_for_case)
            line.missing_to_minimum = float(fill.missing)

    @api.depends('quantity_requested', 'product_id')
    def _compute_prices(self):
        # sudo (compute_sudo): the vendors' price lists, for the roles that may see prices
        for line in self:
            steps = line._get_price_steps()
            asked = line.quantity_requested
            reached = any(step.minimum <= to_decimal(asked) for step in steps)
            current = price_at(steps, asked) if asked and reached else Decimal(0)
            following = next_step(steps, asked)
            line.price_current = float(current)
            line.next_step_quantity = float(following.minimum) if following else 0.0
            line.next_step_price = float(following.price) if following else 0.0
            saving = (current - following.price) * to_decimal(asked) if current and following else 0
            line.next_step_saving = float(saving)

    # === BUSINESS METHODS === #

    def _get_nearest_fill(self):
        """Return the packs that the requests fill at the vendor who can serve most, or else lacks least."""
        self.ensure_one()
        asked, more = self.quantity_requested, self.tolerance_total
        price_lists = self._get_price_lists(self._get_vendor_prices()) or [
            PriceList(None, (), to_decimal(self.pack or 0), self._get_own_minimum()),
        ]
        fills = [fill_from(price_list, asked, more) for price_list in price_lists]
        return min(fills, key=lambda fill: (
            -min(fill.quantity, to_decimal(asked)), fill.missing, fill.missing_for_case,
        ))

    def _get_price_lists(self, prices):
        """Return the price lists to compare, one for each vendor and way of packing.

        :param prices: list of :class:`VendorPrice`.
        """
        self.ensure_one()
        minimum, price_lists = self._get_own_minimum(), []
        for vendor, pack in dict.fromkeys((price.vendor, price.pack) for price in prices):
            steps = [
                PriceStep(price.minimum, price.price) for price in prices
                if price.vendor == vendor and (not price.pack or (pack and not pack % price.pack))
            ]
            price_lists.append(PriceList(vendor, tuple(steps), pack, minimum))
        return price_lists

    def _get_price_steps(self, vendor=None):
        """Return the price steps that hold on the day of the order, of one vendor or of all.

        A vendor without a price list, whose quote was chosen, sells at the quoted price.

        :return: list of :class:`PriceStep`, per unit of the product and in company currency.
        """
        self.ensure_one()
        steps = [
            PriceStep(price.minimum, price.price) for price in self._get_vendor_prices()
            if not vendor or price.vendor == vendor
        ]
        if not steps and vendor and self.offer_id.vendor_id == vendor:
            steps = [PriceStep(Decimal(0), to_decimal(self.offer_id.price_unit))]
        return steps

    def _get_vendor_prices(self):
        """Return all prices that hold on the day of the order, in the order of the price list.

        What a vendor quoted takes the place of that vendor's price list. Prices in a unit that cannot be converted
        into the product's, and those of blanket orders, are left out: no order of the pool gets them.

        :return: list of :class:`VendorPrice`.
        """
        self.ensure_one()
        quotes = self._get_quotes()
        prices = [self._prepare_quoted_price(quote) for quote in quotes]
        for seller in self._get_sellers():
            if seller.partner_id not in quotes.order_id.partner_id and self._is_price_usable(seller):
                prices.append(self._prepare_listed_price(seller))
        return prices

    def _get_sellers(self):
        """Return the rows of the vendors' price lists that hold on the day of the order, whatever the quantity."""
        self.ensure_one()
        product = self._get_product()
        if not product:
            return self.env['product.supplierinfo']
        return product._get_filtered_sellers(quantity=None, date=self.pool_id._get_order_date())

    def _is_price_usable(self, seller):
        self.ensure_one()
        of_agreement = 'purchase_requisition_id' in seller._fields and seller.purchase_requisition_id
        return not of_agreement and seller.product_uom_id._has_common_reference(self.uom_id)

    def _prepare_listed_price(self, seller):
        self.ensure_one()
        unit = seller.product_uom_id
        content = self._get_content(unit)
        currency = self._get_order_currency(seller.partner_id, seller.currency_id)
        price = self._get_untaxed(
            self._get_listed_price(seller, currency) * (1 - seller.discount / 100), 1.0, currency, seller.partner_id,
        )
        return VendorPrice(
            vendor=seller.partner_id, seller=seller, quote=self.env['purchase.order.line'], unit=unit, content=content,
            minimum=to_decimal(seller.min_qty) * content, price=to_decimal(self._to_company(price, currency)) / content,
            pack=self._get_vendor_pack(unit), rank=self._get_rank_of(seller),
        )

    def _get_rank_of(self, seller):
        """Return what Odoo sorts a vendor's prices by: the price per unit, not rounded, then its place in the list."""
        self.ensure_one()
        return self._to_company(seller.price_discounted, seller.currency_id), seller.sequence, seller.id

    def _get_listed_price(self, seller, currency):
        """Return the price per vendor's unit before discount, converted and rounded as an order of Odoo's has it."""
        self.ensure_one()
        date = self.pool_id._get_order_date()
        price = seller.currency_id._convert(seller.price, currency, self.company_id, date, round=False)
        digits = max(currency.decimal_places, self.env['decimal.precision'].precision_get('Product Price'))
        return float_round(price, precision_digits=digits)

    def _get_untaxed(self, price, quantity, currency, vendor):
        """Return what a quantity costs before tax, not rounded, where the vendor's prices include a tax."""
        self.ensure_one()
        taxes = self.product_id.supplier_taxes_id._filter_taxes_by_company(self.company_id)
        if not any(tax.price_include for tax in taxes.flatten_taxes_hierarchy()):
            return price * quantity
        position = self.env['account.fiscal.position'].with_company(self.company_id)._get_fiscal_position(vendor)
        return position.map_tax(taxes).compute_all(
            price, currency=currency, quantity=quantity, product=self.product_id, partner=vendor,
            rounding_method='round_globally',
        )['total_excluded']

    def _get_order_currency(self, vendor, currency):
        """Return the currency of an order: that in which the vendor is paid, or else that of the price list."""
        self.ensure_one()
        return vendor.with_company(self.company_id).property_purchase_currency_id or currency

    def _to_company(self, amount, currency):
        """Convert an amount at the rate of the day of the order, not rounded."""
        self.ensure_one()
        return currency._convert(
            amount, self.currency_id, self.company_id, self.pool_id._get_order_date(), round=False,
        )

    def _get_product(self):
        return self.product_id.with_company(self.company_id)

    # === BUSINESS METHODS - UNITS === #

    def _get_content(self, unit):
        """Return one vendor's unit in the product's unit, exactly."""
        self.ensure_one()
        if unit == self.uom_id:
            return Decimal(1)
        return to_decimal(round(unit._compute_quantity(1.0, self.uom_id, round=False), 8))

    def _is_packing(self, unit):
        """Whether a vendor's unit is a packing like a sack or a dozen, sold whole, and not a measure like a ton."""
        self.ensure_one()
        if not unit or unit == self.uom_id or not unit._has_common_reference(self.uom_id):
            return False
        if unit.name.strip().lower() in MEASURE_NAMES:
            return False
        lookup = self.env['ir.model.data']._xmlid_to_res_id
        return unit.id not in {lookup(f'uom.product_uom_{name}') for name in MEASURES}

    def _get_vendor_pack(self, unit):
        """Return what a vendor's order is a multiple of: the vendor's packing, or the product's own case.

        A case set on the product counts where the vendor's unit is no packing, or goes into the case without a rest.
        """
        self.ensure_one()
        case = to_decimal(self.pack or 0)
        if not self._is_packing(unit):
            return case
        content = self._get_content(unit)
        return case if case and not case % content else content

    def _get_own_minimum(self):
        """Return the least to order that was set on the product, in its unit."""
        self.ensure_one()
        return to_decimal(self.minimum_packs or 0) * (to_decimal(self.pack) if self.pack else 1)

    def _to_vendor_quantity(self, quantity, unit):
        """Return a quantity in the vendor's unit, or none where that unit cannot say it; packings are not cut open."""
        self.ensure_one()
        if unit == self.uom_id:
            return quantity
        in_vendor_unit = unit.round(self.uom_id._compute_quantity(quantity, unit, round=False))
        back = unit._compute_quantity(in_vendor_unit, self.uom_id, round=False)
        cut_open = self._is_packing(unit) and unit.compare(in_vendor_unit, round(in_vendor_unit))
        return None if cut_open or self.uom_id.compare(back, quantity) else in_vendor_unit

    def _select_price(self, prices, vendor, quantity):
        """Return the price that Odoo picks on an order: the cheapest of the vendor's that holds for the quantity.

        :return: a :class:`VendorPrice` or none.
        """
        self.ensure_one()
        asked = to_decimal(quantity)
        eligible = [
            price for price in prices
            if price.vendor == vendor and price.minimum <= asked
            and self._to_vendor_quantity(quantity, price.unit) is not None
        ]
        return min(eligible, key=lambda price: price.rank, default=None)
