from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS
from odoo.addons.producer_cooperative.tools.units import to_decimal
from odoo.addons.producer_cooperative.tools.vendor_choice import Bid, choose, fill_from, least_offer, offers_from


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
        string="Overruled Because", copy=False, groups=MONEY_GROUPS,
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
        comodel_name='coop.pool.offer', readonly=True, copy=False, index='btree_not_null',
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
        # sudo: whoever orders or cancels the pool at this moment waits; what may be written is checked below
        self.pool_id.sudo()._queue_up()
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
        return {
            **action, 'domain': [('line_id', '=', self.id)],
            'context': {'coop_hide_pool': True, 'coop_hide_line': True},
        }

    # === BUSINESS METHODS - PROPOSING === #

    def _propose(self):
        """Work out what to order of each product and from whom, keep every vendor's offer, and say why.

        :raises UserError: when no vendor has a price for a product that members asked for.
        """
        # sudo: proposals are worked out, never entered
        lines = self.sudo()
        lines.offer_ids.unlink()
        found = {line: line._rank_offers(line._collect_offers()) for line in lines}
        offers = self.env['coop.pool.offer'].sudo().create([values for line in lines for values in found[line][0]])
        by_line = offers.grouped('line_id')
        for line in lines:
            __, best, advised = found[line]
            line._apply_proposal(by_line.get(line, offers.browse()), best, advised)

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
        price_lists = self._get_price_lists(prices)
        quantities = {
            (price_list.vendor, float(offer.quantity)): None
            for price_list in price_lists for offer in offers_from(price_list, asked, more)
        }
        offers = [self._prepare_offer_values(prices, vendor, quantity) for vendor, quantity in quantities]
        able = {vendor for vendor, __ in quantities}
        best = self._choose(offers).best
        for price_list in price_lists:
            if price_list.vendor not in able:
                able.add(price_list.vendor)
                offers.append(self._prepare_least_offer_values(prices, price_list, best))
        return offers + self._prepare_other_offer_values({price.vendor for price in prices})

    def _choose(self, offers):
        """Choose among values of offers; see :func:`~.tools.vendor_choice.choose`."""
        self.ensure_one()
        asked, more = to_decimal(self.quantity_requested), to_decimal(self.tolerance_total)
        return choose(
            Bid(index, to_decimal(values['quantity']), to_decimal(values['amount_total']), asked, more)
            for index, values in enumerate(offers) if values['quantity']
        )

    def _rank_offers(self, offers):
        """Put the offers in order, the chosen one first, and say for each why it was chosen or not.

        The next price step is taken where the members' tolerance covers it; otherwise it is advised.

        :return: values of the offers, and the places of the chosen and of the advised one among them, or none.
        """
        self.ensure_one()
        choice = self._choose(offers)
        best, advised = (offers[bid.key] if bid else None for bid in (choice.best, choice.advised))
        for values in offers:
            values.setdefault('reason', self._explain_offer(values, best) if values['quantity'] else False)
        ranked = sorted(offers, key=lambda values: (
            values is not best, not values['quantity'], values.get('quantity_excess', 0.0) > 0,
            values['quantity_unserved'], values.get('amount_total', 0.0),
        ))
        for sequence, values in enumerate(ranked, start=1):
            values['sequence'] = sequence
        places = (next((at for at, values in enumerate(ranked) if values is found), None) for found in (best, advised))
        return ranked, *places

    def _apply_proposal(self, offers, best, advised):
        """Write the proposal with its reasons.

        :param offers: the product's ``coop.pool.offer``, in their order.
        :param best: place of the chosen one among them, or none; ``advised`` likewise.
        """
        self.ensure_one()
        best, advised = (offers[at] if at is not None else offers.browse() for at in (best, advised))
        self.with_context(coop_is_proposal=True).write({
            'offer_id': best.id, 'vendor_id': best.vendor_id.id, 'proposed_vendor_id': best.vendor_id.id,
            'quantity': best.quantity, 'proposed_quantity': best.quantity, 'overrule_reason': False,
            'advised_offer_id': advised.id, 'advised_quantity': advised.quantity,
            'advised_saving': best.amount_total - advised.amount_total if advised else 0.0,
            'explanation': self._explain(offers, best, advised),
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

    def _prepare_least_offer_values(self, prices, price_list, best):
        """Return the offer of a vendor who sells nothing for this sum: why not, or the least there is, if that pays.

        :param prices: list of :class:`VendorPrice`.
        :param best: the best :class:`Bid` of the others, or none.
        """
        self.ensure_one()
        vendor, least = price_list.vendor, least_offer(price_list, self.quantity_requested)
        values = least and self._prepare_offer_values(prices, vendor, float(least.quantity))
        if values and best and to_decimal(values['amount_total']) < best.total:
            return values
        first = min(
            (price for price in prices if price.vendor == vendor), key=lambda price: (price.minimum, price.price),
        )
        return {
            'line_id': self.id, 'vendor_id': vendor.id, 'source': 'quote' if first.quote else 'price_list',
            'seller_id': first.seller.id, 'quote_line_id': first.quote.id, 'quantity': 0.0,
            'vendor_uom_id': first.unit.id, 'minimum_quantity': float(first.minimum), 'price_unit': float(first.price),
            'quantity_unserved': self.quantity_requested, 'reason': self._explain_nothing(
                fill_from(price_list, self.quantity_requested, self.tolerance_total),
            ),
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
            same = [
                offer for offer in line.offer_ids
                if offer.vendor_id == line.vendor_id and offer.quantity
                and not line.uom_id.compare(offer.quantity, line.quantity)
            ]
            offer = same[0] if same else line.offer_ids.browse()
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
