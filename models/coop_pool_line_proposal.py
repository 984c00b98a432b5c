from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date, formatLang

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS
from odoo.addons.producer_cooperative.tools.units import to_decimal
from odoo.addons.producer_cooperative.tools.vendor_choice import Bid, choose, fill_from, offers_from


class CoopPoolLine(models.Model):
    """What is proposed to order of a product and from whom, why, and what was decided instead."""
    _inherit = 'coop.pool.line'

    offer_ids = fields.One2many(
        comodel_name='coop.pool.offer', inverse_name='line_id', string="Offers", readonly=True, groups=MONEY_GROUPS,
    )
    offer_id = fields.Many2one(
        comodel_name='coop.pool.offer', string="Chosen Offer", readonly=True, copy=False, index='btree_not_null',
        ondelete='set null', groups=MONEY_GROUPS,
    )
    vendor_id = fields.Many2one(
        comodel_name='res.partner', check_company=True, index='btree_not_null', copy=False,
        ondelete='restrict', help="Proposed at the closing; may be overruled until the order is made.",
    )
    overrule_reason = fields.Char(
        string="Overruled Because", copy=False,
        help="Why another vendor or quantity than the proposed one is ordered.",
    )
    is_overruled = fields.Boolean(compute='_compute_is_overruled')
    price_expected = fields.Float(
        string="Expected Price", min_display_digits='Product Price', compute='_compute_expected', store=True,
        groups=MONEY_GROUPS, help="The vendor's price per unit for the quantity to order, in company currency.",
    )
    amount_expected = fields.Monetary(
        string="Expected Amount", compute='_compute_expected', store=True, groups=MONEY_GROUPS,
    )
    proposed_vendor_id = fields.Many2one(
        comodel_name='res.partner', readonly=True, copy=False, index='btree_not_null', ondelete='restrict',
    )
    proposed_quantity = fields.Float(digits='Product Unit', readonly=True, copy=False)
    advised_offer_id = fields.Many2one(
        comodel_name='coop.pool.offer', string="Advised Offer", readonly=True, copy=False, index='btree_not_null',
        ondelete='set null', groups=MONEY_GROUPS,
    )
    advised_quantity = fields.Float(
        digits='Product Unit', readonly=True, copy=False, groups=MONEY_GROUPS,
        help="Ordering this much costs less in all; the excess goes to the cooperative's stock.",
    )
    advised_saving = fields.Monetary(readonly=True, copy=False, groups=MONEY_GROUPS)
    explanation = fields.Text(string="Why", readonly=True, copy=False, groups=MONEY_GROUPS)

    # === COMPUTE METHODS === #

    @api.depends('vendor_id', 'quantity', 'proposed_vendor_id', 'proposed_quantity')
    def _compute_is_overruled(self):
        for line in self:
            line.is_overruled = line._is_choice_of_its_own(line.vendor_id, line.quantity)

    @api.depends('offer_id.price_unit', 'offer_id.amount_total')
    def _compute_expected(self):
        for line in self:
            line.price_expected = line.offer_id.price_unit
            line.amount_expected = line.offer_id.amount_total

    # === CRUD METHODS === #

    def write(self, vals):
        if not {'vendor_id', 'quantity'} & vals.keys() or self._is_proposal():
            return super().write(vals)
        before = {line: (line.vendor_id, line.quantity) for line in self}
        res = super().write(vals)
        changed = self.filtered(lambda line: (line.vendor_id, line.quantity) != before[line])
        changed._check_overruled_with_reason()
        # sudo: the offer follows what was chosen; it is never entered
        changed.sudo()._follow_choice()
        changed._note_choice(before)
        return res

    # === ACTIONS === #

    def action_take_advice(self):
        """Order up to the advised quantity, because that costs less in all."""
        for line in self.filtered('advised_quantity'):
            line.write({
                'vendor_id': line.advised_offer_id.vendor_id.id or line.vendor_id.id, 'quantity': line.advised_quantity,
                'overrule_reason': self.env._("Costs less in all, with the excess for the cooperative's stock"),
            })

    def action_overrule(self):
        """Ask for another vendor or quantity than the proposed one, and why."""
        self.ensure_one()
        return self._get_overrule_action()

    def action_view_offers(self):
        """Open what each vendor asks for this product."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_pool_offer_action')
        return {**action, 'domain': [('line_id', '=', self.id)], 'context': {}}

    # === BUSINESS METHODS - PROPOSING === #

    def _propose(self):
        """Work out what to order of each product and from whom, keep every vendor's offer, and say why.

        :raises UserError: when no vendor has a price for a product that members asked for.
        """
        # sudo: proposals are worked out, never entered
        lines = self.sudo()
        lines.offer_ids.unlink()
        found = {line: line._collect_offers() for line in lines}
        offers = self.env['coop.pool.offer'].sudo().create([values for line in lines for values in found[line]])
        by_line = offers.grouped('line_id')
        for line in lines:
            line._apply_proposal(by_line.get(line, offers.browse()))

    def _collect_offers(self):
        """Return what each vendor asks for what the members ask for, as values of ``coop.pool.offer``.

        :raises UserError: when nobody has a price.
        """
        self.ensure_one()
        asked, more = self.quantity_requested, self.tolerance_total
        if not asked and not more:
            return []
        prices = self._get_vendor_prices()
        if not prices:
            raise UserError(self.env._(
                "%(product)s has no vendor with a price on %(date)s. Enter the vendor's price list first.",
                product=self.product_id.display_name, date=format_date(self.env, self.pool_id._get_order_date()),
            ))
        offers, seen = [], set()
        for price_list in self._get_price_lists(prices):
            vendor = price_list.vendor
            quantities = [float(offer.quantity) for offer in offers_from(price_list, asked, more)]
            for quantity in quantities:
                if (vendor, quantity) not in seen:
                    seen.add((vendor, quantity))
                    offers.append(self._prepare_offer_values(prices, vendor, quantity))
            if not quantities:
                offers.append(self._prepare_empty_offer_values(prices, vendor, self._explain_nothing(
                    fill_from(price_list, asked, more),
                )))
        able = {values['vendor_id'] for values in offers if values['quantity']}
        offers = [values for values in offers if values['quantity'] or values['vendor_id'] not in able]
        return offers + self._prepare_other_offer_values({price.vendor for price in prices})

    def _apply_proposal(self, offers):
        """Choose among the offers and write the proposal with its reasons.

        The next step is taken where the members' tolerance covers it; otherwise it is advised.
        """
        self.ensure_one()
        asked, more = to_decimal(self.quantity_requested), to_decimal(self.tolerance_total)
        choice = choose(
            Bid(offer, to_decimal(offer.quantity), to_decimal(offer.amount_total), asked, more)
            for offer in offers if offer.quantity
        )
        best, advised = (bid.key if bid else offers.browse() for bid in (choice.best, choice.advised))
        for offer in offers.filtered('quantity'):
            offer.reason = self._explain_offer(offer, best)
        ranked = offers.sorted(
            lambda offer: (offer != best, not offer.quantity, offer.quantity_excess > 0, offer.quantity_unserved,
                           offer.amount_total, offer.id),
        )
        for sequence, offer in enumerate(ranked, start=1):
            offer.sequence = sequence
        self.with_context(coop_is_proposal=True).write({
            'offer_id': best.id, 'vendor_id': best.vendor_id.id, 'proposed_vendor_id': best.vendor_id.id,
            'quantity': best.quantity, 'proposed_quantity': best.quantity, 'overrule_reason': False,
            'advised_offer_id': advised.id, 'advised_quantity': advised.quantity,
            'advised_saving': best.amount_total - advised.amount_total if best and advised else 0.0,
            'explanation': self._explain(ranked, best, advised),
        })

    def _prepare_offer_values(self, prices, vendor, quantity):
        """Return the offer of one vendor for a quantity, at the price that Odoo picks on an order; none without one.

        :param prices: list of :class:`VendorPrice`.
        :param float quantity: in the product's unit.
        """
        self.ensure_one()
        price = self._select_price(prices, vendor, quantity)
        if not price:
            return None
        in_vendor_unit = self._to_vendor_quantity(quantity, price.unit)
        if price.quote:
            currency, vendor_price, discount = price.quote.currency_id, price.quote.price_unit, price.quote.discount
            vendor_price = price.quote.product_uom_id._compute_price(vendor_price, price.unit)
        else:
            currency = self._get_order_currency(vendor, price.seller.currency_id)
            vendor_price, discount = self._get_listed_price(price.seller, currency), price.seller.discount
        subtotal = currency.round(self._get_untaxed(
            vendor_price * (1 - discount / 100), in_vendor_unit, currency, vendor,
        ))
        wanted = self._round(self.quantity_requested + self.tolerance_total)
        return {
            'line_id': self.id, 'vendor_id': vendor.id, 'source': 'quote' if price.quote else 'price_list',
            'seller_id': price.seller.id, 'quote_line_id': price.quote.id, 'quantity': quantity,
            'vendor_quantity': in_vendor_unit, 'vendor_uom_id': price.unit.id, 'vendor_currency_id': currency.id,
            'vendor_price': vendor_price, 'discount': discount, 'minimum_quantity': float(price.minimum),
            'price_unit': float(price.price),
            'amount_total': self.currency_id.round(self._to_company(subtotal, currency)),
            'quantity_unserved': max(self._round(self.quantity_requested - quantity), 0.0),
            'quantity_excess': max(self._round(quantity - wanted), 0.0),
        }

    def _prepare_empty_offer_values(self, prices, vendor, reason):
        """Return the offer of a vendor who sells nothing for this sum, with the vendor's first price."""
        self.ensure_one()
        first = min(
            (price for price in prices if price.vendor == vendor), key=lambda price: (price.minimum, price.price),
        )
        return {
            'line_id': self.id, 'vendor_id': vendor.id, 'source': 'quote' if first.quote else 'price_list',
            'seller_id': first.seller.id, 'quote_line_id': first.quote.id, 'quantity': 0.0,
            'vendor_uom_id': first.unit.id, 'minimum_quantity': float(first.minimum), 'price_unit': float(first.price),
            'quantity_unserved': self.quantity_requested, 'reason': reason,
        }

    def _prepare_other_offer_values(self, vendors):
        """Return why vendors of the price list take no part in the comparison, each once.

        :param vendors: those that do take part.
        """
        self.ensure_one()
        date, reasons = self.pool_id._get_order_date(), {}
        for seller in self._get_product()._prepare_sellers():
            if seller.partner_id in vendors or (seller.product_id and seller.product_id != self.product_id):
                continue
            if seller.date_start and seller.date_start > date:
                reason = self.env._("Its prices hold from %s on.", format_date(self.env, seller.date_start))
            elif seller.date_end and seller.date_end < date:
                reason = self.env._("Its prices held until %s.", format_date(self.env, seller.date_end))
            elif not seller.product_uom_id._has_common_reference(self.uom_id):
                reason = self.env._(
                    "Its unit %(unit)s cannot be converted into %(own_unit)s.", unit=seller.product_uom_id.name,
                    own_unit=self.uom_id.name,
                )
            else:
                reason = self.env._("Its price is that of an agreement; order it there.")
            reasons.setdefault(seller.partner_id, reason)
        return [{
            'line_id': self.id, 'vendor_id': vendor.id, 'quantity': 0.0, 'reason': reason,
            'quantity_unserved': self.quantity_requested,
        } for vendor, reason in reasons.items()]

    # === BUSINESS METHODS - OVERRULING === #

    def _is_proposal(self):
        """Whether vendor and quantity are written by the proposal itself and not by somebody who overrules it."""
        return self.env.su and self.env.context.get('coop_is_proposal')

    def _is_choice_of_its_own(self, vendor, quantity):
        self.ensure_one()
        return vendor != self.proposed_vendor_id or bool(self.uom_id.compare(quantity, self.proposed_quantity))

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
                    wanted=line._format(wanted), unit=line.uom_id.name, product=line.display_name,
                ))

    def _check_overruled_with_reason(self):
        """Refuse another vendor or quantity than the proposed one without a reason; the system needs none.

        :raises UserError: naming the product.
        """
        for line in self:
            if line.is_overruled and not (line.overrule_reason or '').strip() and not self.env.su:
                raise UserError(self.env._(
                    "Say why %s is not ordered as proposed: it is kept with the pool.", line.display_name,
                ))

    def _follow_choice(self):
        """Point each product to the offer that was chosen, and make one where the choice is nobody's offer."""
        for line in self:
            offer = line.offer_ids.filtered(
                lambda offer: offer.vendor_id == line.vendor_id
                and not line.uom_id.compare(offer.quantity, line.quantity) and offer.quantity,
            )[:1]
            if not offer and line.vendor_id and line.quantity:
                values = line._prepare_offer_values(line._get_vendor_prices(), line.vendor_id, line.quantity)
                offer = line.offer_ids.create({
                    **values, 'reason': self.env._("Asked for by hand."), 'sequence': len(line.offer_ids) + 1,
                }) if values else offer
            line.offer_id = offer

    def _note_choice(self, before):
        """Keep in the chatter who decided what and why; no amounts, for all to read.

        :param before: ``{line: (vendor, quantity)}``.
        """
        for line in self:
            vendor, quantity = before[line]
            line.pool_id.message_post(body=self.env._(
                "%(product)s: %(quantity)s %(unit)s from %(vendor)s instead of %(quantity_before)s from"
                " %(vendor_before)s. Reason: %(reason)s", product=line.display_name,
                quantity=line._format(line.quantity), unit=line.uom_id.name, quantity_before=line._format(quantity),
                vendor=line.vendor_id.display_name or "–", vendor_before=vendor.display_name or "–",
                reason=line.overrule_reason or "–",
            ))

    def _get_overrule_action(self, offer=None):
        """Return the dialog that asks for the choice and its reason."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Overrule the Proposal"),
            'res_model': 'coop.pool.overrule',
            'view_mode': 'form',
            'target': 'new',
            'context': {
                'default_line_id': self.id,
                'default_vendor_id': (offer or self).vendor_id.id,
                'default_quantity': (offer or self).quantity,
            },
        }

    # === BUSINESS METHODS - EXPLAINING === #

    def _explain_nothing(self, fill):
        """Say why a vendor sells nothing for this sum."""
        self.ensure_one()
        missing = max(fill.missing, fill.missing_for_case)
        return self.env._(
            "Nothing to order: %(missing)s %(unit)s more must be asked for.",
            missing=self._format(missing), unit=self.uom_id.name,
        )

    def _explain_offer(self, offer, best):
        """Say why an offer was chosen, or why not."""
        self.ensure_one()
        if offer == best:
            return self.env._("Chosen: it serves most of what was asked for and costs least in all.")
        difference = self._format_money(abs(offer.amount_total - best.amount_total))
        if offer.quantity_excess:
            excess = self._format(offer.quantity_excess)
            if best and offer.amount_total < best.amount_total:
                return self.env._(
                    "%(difference)s cheaper in all, but %(excess)s %(unit)s would go to the cooperative's stock.",
                    difference=difference, excess=excess, unit=self.uom_id.name,
                )
            return self.env._(
                "%(excess)s %(unit)s would go to the cooperative's stock.", excess=excess, unit=self.uom_id.name,
            )
        if self.uom_id.compare(offer.quantity_unserved, best.quantity_unserved) > 0:
            return self.env._(
                "Leaves %(unserved)s %(unit)s of what was asked for unserved.",
                unserved=self._format(offer.quantity_unserved), unit=self.uom_id.name,
            )
        if self.currency_id.is_zero(offer.amount_total - best.amount_total):
            return self.env._("Costs the same; the first in the price list was taken.")
        return self.env._("%s dearer in all.", difference)

    def _explain(self, offers, best, advised):
        """Say how the quantity came about, what each vendor asks for it, and whether ordering more costs less."""
        self.ensure_one()
        if not offers:
            return self.env._("Nobody asked for it.")
        unit = self.uom_id.name
        texts = [self.env._(
            "Asked for %(asked)s %(unit)s (+ %(tolerance)s), ordered %(ordered)s.",
            asked=self._format(self.quantity_requested), tolerance=self._format(self.tolerance_total),
            ordered=self._format(best.quantity), unit=unit,
        )]
        for offer in offers:
            texts.append(self.env._(
                "%(vendor)s: %(quantity)s %(unit)s at %(price)s each, %(total)s in all. %(reason)s",
                vendor=offer.vendor_id.display_name, quantity=self._format(offer.quantity), unit=unit,
                price=self._format_money(offer.price_unit), total=self._format_money(offer.amount_total),
                reason=offer.reason,
            ) if offer.quantity else self.env._(
                "%(vendor)s: %(reason)s", vendor=offer.vendor_id.display_name, reason=offer.reason,
            ))
        if self.uom_id.compare(best.quantity, self.quantity_requested) > 0:
            texts.append(self.env._("The members' tolerance takes the excess."))
        if advised:
            texts.append(self.env._(
                "Advice: order %(best)s %(unit)s for %(total)s. The excess of %(excess)s would go to the cooperative's"
                " stock.", best=self._format(advised.quantity), total=self._format_money(advised.amount_total),
                excess=self._format(advised.quantity_excess), unit=unit,
            ))
        return "\n".join(texts)

    def _format(self, quantity):
        return formatLang(self.env, float(quantity), dp='Product Unit')

    def _format_money(self, amount):
        return format_amount(self.env, float(amount), self.currency_id)
