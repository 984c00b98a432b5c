from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, formatLang

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS
from odoo.addons.producer_cooperative.tools.cases import fill_cases
from odoo.addons.producer_cooperative.tools.price_steps import PriceStep, advise_order, next_step, price_at
from odoo.addons.producer_cooperative.tools.units import to_decimal


class CoopPoolLine(models.Model):
    """What the vendors ask for the sum of all requests, and what is proposed to order."""
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
    vendor_id = fields.Many2one(
        comodel_name='res.partner', check_company=True, index='btree_not_null', copy=False,
        ondelete='restrict', help="Proposed at the closing; may be overruled until the order is made.",
    )
    price_expected = fields.Float(
        string="Expected Price", min_display_digits='Product Price', compute='_compute_price_expected', store=True,
        groups=MONEY_GROUPS, help="The vendor's price per unit for the quantity to order, in company currency.",
    )
    amount_expected = fields.Monetary(
        string="Expected Amount", compute='_compute_amount_expected', groups=MONEY_GROUPS,
    )
    proposed_vendor_id = fields.Many2one(
        comodel_name='res.partner', readonly=True, copy=False, index='btree_not_null', ondelete='restrict',
    )
    proposed_quantity = fields.Float(digits='Product Unit', readonly=True, copy=False)
    advised_quantity = fields.Float(
        digits='Product Unit', readonly=True, copy=False, groups=MONEY_GROUPS,
        help="Ordering this much costs less in all; the excess goes to the cooperative's stock.",
    )
    advised_saving = fields.Monetary(readonly=True, copy=False, groups=MONEY_GROUPS)
    explanation = fields.Text(string="Why", readonly=True, copy=False, groups=MONEY_GROUPS)

    # === COMPUTE METHODS === #

    @api.depends('quantity_requested', 'tolerance_total', 'pack', 'minimum_packs', 'product_id')
    def _compute_cases(self):
        # sudo (compute_sudo): the least that vendors sell comes from their price lists; no price is shown
        for line in self:
            fill = line._fill_cases(line._get_price_steps())
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

    @api.depends('vendor_id', 'quantity')
    def _compute_price_expected(self):
        for line in self:
            seller = line._select_seller(line.vendor_id, line.quantity) if line.vendor_id and line.quantity else None
            line.price_expected = line._get_unit_price(seller) if seller else 0.0

    @api.depends('price_expected', 'quantity')
    def _compute_amount_expected(self):
        for line in self:
            line.amount_expected = line.price_expected * line.quantity

    # === ACTIONS === #

    def action_take_advice(self):
        """Order up to the advised quantity, because that costs less in all."""
        for line in self.filtered('advised_quantity'):
            line.quantity = line.advised_quantity

    # === BUSINESS METHODS === #

    def _propose(self):
        """Work out what to order of each product and from whom, and say why.

        :raises UserError: when no vendor has a price for a product that members asked for.
        """
        for line in self:
            # sudo: proposals are worked out, never entered
            line.sudo().write(line._prepare_proposal_values())

    def _prepare_proposal_values(self):
        """Return the proposal: needed cases, the cheapest vendor for the sum, and the next price step if it pays.

        The next step is taken where the members' tolerance covers it; otherwise it is advised.
        """
        self.ensure_one()
        values = dict.fromkeys(('vendor_id', 'proposed_vendor_id', 'explanation'), False)
        values.update(dict.fromkeys(('quantity', 'proposed_quantity', 'advised_quantity', 'advised_saving'), 0.0))
        if not (self.quantity_requested or self.tolerance_total):
            return {**values, 'explanation': self.env._("Nobody asked for it.")}
        steps = self._get_price_steps()
        if not steps:
            raise UserError(self.env._(
                "%(product)s has no vendor with a price today. Enter the vendor's price list first.",
                product=self.product_id.display_name,
            ))
        fill = self._fill_cases(steps)
        if not fill.quantity:
            return {**values, 'explanation': self._explain_nothing(fill)}
        advice = advise_order(steps, fill.quantity, self.pack or None)
        covered = float(advice.best.quantity) <= self._round(self.quantity_requested + self.tolerance_total)
        chosen = advice.best if covered else advice.need
        seller = self._select_cheapest_seller(float(chosen.quantity))
        values.update({
            'vendor_id': seller.partner_id.id, 'proposed_vendor_id': seller.partner_id.id,
            'quantity': float(chosen.quantity), 'proposed_quantity': float(chosen.quantity),
            'explanation': self._explain(fill, advice, covered),
        })
        if advice.is_advised and not covered:
            values.update({'advised_quantity': float(advice.best.quantity), 'advised_saving': float(advice.saving)})
        return values

    def _fill_cases(self, steps):
        """Return the cases that the requests fill; a vendor's first price step counts as the least that is sold."""
        self.ensure_one()
        asked, more, pack = self.quantity_requested, self.tolerance_total, self.pack or None
        fill = fill_cases(asked, more, pack, self.minimum_packs)
        first = min((step.minimum for step in steps), default=Decimal(0))
        if fill.quantity and fill.quantity < first:
            minimum = first / to_decimal(pack) if pack else first
            fill = fill_cases(asked, more, pack, max(minimum, to_decimal(self.minimum_packs)))
        return fill

    def _check_may_be_overruled(self, vals):
        """Let vendor and quantity be changed between closing and ordering; only managers buy for the own stock."""
        for line in self:
            if line.pool_id.state != 'closed':
                raise UserError(self.env._(
                    "What is ordered of %(product)s is decided between closing and ordering; %(pool)s is past that or"
                    " not yet there.", product=line.display_name, pool=line.pool_id.display_name,
                ))
            wanted = line._round(line.quantity_requested + line.tolerance_total)
            too_much = 'quantity' in vals and line.uom_id.compare(vals['quantity'], wanted) > 0
            if too_much and not (self.env.su or self.env.user.has_group('producer_cooperative.group_coop_manager')):
                raise UserError(self.env._(
                    "Members ask for %(wanted)s %(unit)s of %(product)s, tolerance included. More than that is bought"
                    " for the cooperative's own stock: ask the chair or the board.",
                    wanted=formatLang(self.env, wanted, dp='Product Unit'), unit=line.uom_id.name,
                    product=line.display_name,
                ))

    # === BUSINESS METHODS - VENDORS' PRICES === #

    def _get_price_steps(self, vendor=None):
        """Return the price steps that hold today, of one vendor or of all, per unit and in company currency."""
        self.ensure_one()
        product = self._get_product()
        sellers = product._get_filtered_sellers(partner_id=vendor, quantity=None) if product else ()
        return [
            PriceStep(to_decimal(self._get_minimum(seller)), to_decimal(self._get_unit_price(seller)))
            for seller in sellers
        ]

    def _get_product(self):
        return self.product_id.with_company(self.company_id)

    def _get_minimum(self, seller):
        return self._round(seller.product_uom_id._compute_quantity(seller.min_qty, self.uom_id, round=False))

    def _get_unit_price(self, seller):
        """Return the vendor's price per unit of the product, discount taken off, in company currency, not rounded."""
        return seller.currency_id._convert(
            seller.price_discounted, self.currency_id, self.company_id, fields.Date.context_today(self), round=False,
        )

    def _select_seller(self, vendor, quantity):
        """Return the row of the vendor's price list that Odoo picks for this quantity, or an empty recordset."""
        self.ensure_one()
        return self._get_product()._select_seller(partner_id=vendor, quantity=quantity, uom_id=self.uom_id)

    def _select_cheapest_seller(self, quantity):
        """Return the cheapest price list row for this quantity; Odoo's own choice would stop at the first vendor."""
        self.ensure_one()
        vendors = self._get_product()._get_filtered_sellers(quantity=None).partner_id
        rows = [self._select_seller(vendor, quantity) for vendor in vendors]
        return min(
            (row for row in rows if row),
            key=lambda row: (self._get_unit_price(row), row.sequence, row.id), default=self.env['product.supplierinfo'],
        )

    # === BUSINESS METHODS - EXPLAINING === #

    def _explain_nothing(self, fill):
        self.ensure_one()
        missing = max(fill.missing, fill.missing_for_case)
        return self.env._(
            "Nothing to order: %(missing)s %(unit)s more must be asked for.",
            missing=formatLang(self.env, float(missing), dp='Product Unit'), unit=self.uom_id.name,
        )

    def _explain(self, fill, advice, covered):
        """Say how the quantity came about, what each vendor asks for it, and whether ordering more costs less."""
        self.ensure_one()
        need = advice.need
        texts = [self.env._(
            "Asked for %(asked)s %(unit)s (+ %(tolerance)s), needed %(needed)s.",
            asked=self._format(self.quantity_requested), tolerance=self._format(self.tolerance_total),
            needed=self._format(fill.quantity), unit=self.uom_id.name,
        )]
        for vendor in self._get_product()._get_filtered_sellers(quantity=None).partner_id:
            seller = self._select_seller(vendor, float(need.quantity))
            texts.append(self.env._(
                "%(vendor)s: %(price)s each.", vendor=vendor.display_name,
                price=self._format_money(self._get_unit_price(seller)),
            ) if seller else self.env._("%(vendor)s: no price for so little.", vendor=vendor.display_name))
        if advice.is_advised:
            texts.append(self.env._(
                "%(best)s %(unit)s cost %(best_total)s in all, %(needed)s cost %(needed_total)s.",
                best=self._format(advice.best.quantity), best_total=self._format_money(advice.best.total),
                needed=self._format(need.quantity), needed_total=self._format_money(need.total), unit=self.uom_id.name,
            ))
            texts.append(self.env._("The members' tolerance takes the excess.") if covered else self.env._(
                "The excess of %(excess)s would go to the cooperative's stock.", excess=self._format(advice.excess),
            ))
        return "\n".join(texts)

    def _format(self, quantity):
        return formatLang(self.env, float(quantity), dp='Product Unit')

    def _format_money(self, amount):
        return format_amount(self.env, float(amount), self.currency_id)
