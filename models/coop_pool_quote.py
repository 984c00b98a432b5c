from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CoopPool(models.Model):
    """Asking several vendors first: a request for quotation to each, and the best answer for each product.

    Where Odoo's purchase agreements are installed, the requests are alternatives of each other, and Odoo asks what
    becomes of the others when one is confirmed; otherwise the pool cancels those that were not chosen.
    """
    _inherit = 'coop.pool'

    quote_ids = fields.One2many(
        comodel_name='purchase.order', inverse_name='coop_quote_pool_id', string="Quotes Asked For", readonly=True,
    )
    quote_count = fields.Integer(compute='_compute_quote_count', compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends('quote_ids')
    def _compute_quote_count(self):
        for pool in self:
            pool.quote_count = len(pool.quote_ids)

    # === ACTIONS === #

    def action_ask_vendors(self):
        """Ask which vendors should quote."""
        self.ensure_one()
        self._check_asks_for_quotes()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Ask Several Vendors"),
            'res_model': 'coop.pool.ask.vendors',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_pool_id': self.id},
        }

    def action_take_best(self):
        """Propose anew, with what the vendors quoted; nothing is confirmed.

        :raises UserError: when nobody has quoted a price yet.
        """
        for pool in self:
            if not pool.line_ids._get_quotes():
                raise UserError(self.env._(
                    "Nobody has quoted yet for %s. Type the prices into the requests for quotation first.",
                    pool.display_name,
                ))
        self.action_propose_again()

    def action_view_quotes(self):
        """Open the requests for quotation that were sent to several vendors."""
        return self.quote_ids._get_records_action(name=self.env._("Quotes Asked For"))

    def _cancel_with_reason(self, reason):
        res = super()._cancel_with_reason(reason)
        self._get_open_quotes().button_cancel()
        return res

    # === BUSINESS METHODS === #

    def _check_asks_for_quotes(self):
        self.ensure_one()
        if self.state not in ('open', 'closed'):
            raise UserError(self.env._(
                "%s: vendors are asked for quotes while requests come in or before the order.", self.display_name,
            ))

    def _get_open_quotes(self):
        return self.quote_ids.filtered(lambda order: order.state in ('draft', 'sent', 'to approve'))

    def _ask_vendors(self, vendors, lines):
        """Make one request for quotation per vendor, with one line per product and no price yet.

        :raises UserError: when nothing is asked for, or a vendor was asked already.
        """
        self.ensure_one()
        self.check_access('write')
        self._queue_up()
        self._check_asks_for_quotes()
        wanted = lines.filtered(lambda line: line.uom_id.compare(line._get_quantity_to_quote(), 0.0) > 0)
        if not wanted:
            raise UserError(self.env._("Nobody has asked for these products yet; there is nothing to quote for."))
        asked = self._get_open_quotes().partner_id & vendors
        if asked:
            raise UserError(self.env._(
                "%s was asked already. Type the prices into that request, or cancel it to ask anew.",
                asked[0].display_name,
            ))
        quotes = self.env['purchase.order'].with_company(self.company_id)._coop_as_pool().create([
            self._prepare_quote_values(vendor, wanted) for vendor in vendors
        ]).with_env(self.env)
        self._group_alternatives(quotes)
        self.message_post(body=self.env._(
            "Asked for quotes: %s.", ", ".join(quotes.partner_id.mapped('display_name')),
        ))
        return quotes

    def _prepare_quote_values(self, vendor, lines):
        """Return the request for quotation to one vendor."""
        self.ensure_one()
        currency = vendor.with_company(self.company_id).property_purchase_currency_id
        return {
            'partner_id': vendor.id,
            'company_id': self.company_id.id,
            'currency_id': (currency or self.currency_id).id,
            'date_order': self._get_order_datetime(),
            'picking_type_id': self.warehouse_id.in_type_id.id,
            'origin': self.name,
            'coop_quote_pool_id': self.id,
            'order_line': [Command.create(line._prepare_quote_line_values(vendor)) for line in lines],
        }

    def _has_alternatives(self):
        """Whether Odoo's purchase agreements are installed, which know alternative requests for quotation."""
        return 'purchase_group_id' in self.env['purchase.order']._fields

    def _group_alternatives(self, quotes):
        """Make all open requests alternatives of each other, where Odoo knows that."""
        self.ensure_one()
        together = self._get_open_quotes() | quotes
        if not self._has_alternatives() or len(together) < 2:
            return
        group = together.purchase_group_id[:1] or self.env['purchase.order.group'].create({})
        group.order_ids = [Command.set(together.ids)]

    def _take_quotes(self, lines):
        """Turn the requests that the chosen products were quoted on into orders of the pool.

        Products that were not chosen there are taken off them.

        :return: the orders.
        """
        self.ensure_one()
        orders = self.env['purchase.order'].with_company(self.company_id)
        for line in lines:
            # sudo: the chosen offer, for officers who order by it
            offer = line.sudo().offer_id
            quote = offer.quote_line_id.sudo(False)
            if quote:
                quote.write({
                    'product_qty': offer.vendor_quantity, 'product_uom_id': offer.vendor_uom_id.id,
                    'price_unit': offer.vendor_price, 'discount': offer.discount,
                })
                orders |= quote.order_id
        chosen = lines.sudo().offer_id.quote_line_id.sudo(False)
        others = orders.order_line.filtered(lambda quote: quote.product_id in self.line_ids.product_id) - chosen
        others.unlink()
        orders._coop_as_pool().write({'coop_pool_id': self.id})
        return orders

    def _release_quotes(self, orders):
        """Let go of the requests that were not chosen.

        As alternatives, they stay with the first order of the pool until that is confirmed, when Odoo asks whether to
        cancel them; a second order must not be cancelled in their place.
        """
        self.ensure_one()
        losers = self._get_open_quotes() - orders
        alternatives = orders.filtered('purchase_group_id') if self._has_alternatives() else orders.browse()
        if alternatives:
            alternatives.purchase_group_id.order_ids = [Command.unlink(order.id) for order in alternatives[1:]]
            return
        for order in losers:
            order.message_post(body=self.env._("Another vendor was chosen in %s.", self.display_name))
        losers.button_cancel()
