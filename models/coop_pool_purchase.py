from collections import defaultdict
from datetime import datetime, time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS


class CoopPool(models.Model):
    """From the proposal to the order: one purchase order per vendor and currency, one line per product."""
    _inherit = 'coop.pool'

    date_order = fields.Date(
        string="Order On", copy=False, tracking=True,
        help="Prices and exchange rates of that day are compared, and the orders bear its date. Empty: the day on which"
             " the pool is closed and ordered.",
    )
    minimum_value_policy = fields.Selection(
        selection=[('warn', "Warn"), ('refuse', "Refuse")], string="Vendor's Minimum Value", default='warn',
        required=True,
        help="When an order stays below the minimum order value of its vendor: say so, or refuse to close and order.",
    )
    offer_ids = fields.One2many(
        comodel_name='coop.pool.offer', inverse_name='pool_id', string="Offers", readonly=True, groups=MONEY_GROUPS,
    )
    purchase_order_ids = fields.One2many(
        comodel_name='purchase.order', inverse_name='coop_pool_id', string="Purchase Orders", readonly=True,
    )
    purchase_order_count = fields.Integer(compute='_compute_purchase_order_count', compute_sudo=True)
    minimum_value_warning = fields.Text(
        compute='_compute_minimum_value_warning', compute_sudo=True, groups=MONEY_GROUPS,
    )
    amount_expected = fields.Monetary(
        string="Expected", compute='_compute_amount_expected', groups=MONEY_GROUPS,
        help="What the vendors ask for everything that is ordered, before tax.",
    )

    # === COMPUTE METHODS === #

    @api.depends('purchase_order_ids')
    def _compute_purchase_order_count(self):
        for pool in self:
            pool.purchase_order_count = len(pool.purchase_order_ids)

    @api.depends('line_ids.amount_expected')
    def _compute_amount_expected(self):
        for pool in self:
            pool.amount_expected = sum(pool.line_ids.mapped('amount_expected'))

    @api.depends('line_ids.vendor_id.coop_minimum_order_value', 'line_ids.amount_expected', 'state')
    def _compute_minimum_value_warning(self):
        # sudo (compute_sudo): the vendors' minimums, for the roles that may see prices
        for pool in self:
            pool.minimum_value_warning = pool.state == 'closed' and "\n".join(pool._explain_minimum_values())

    # === ACTIONS === #

    def action_close(self):
        res = super().action_close()
        self._check_minimum_values()
        return res

    def action_propose_again(self):
        """Work the proposals out anew, from the price lists and quotes as they are by now; overruled ones are dropped.

        :raises UserError: when a pool is not closed.
        """
        self.check_access('write')
        self._queue_up()
        for pool in self:
            pool._check_is_closed()
        self.line_ids._propose()
        self._check_minimum_values()
        for pool in self:
            pool.message_post(body=self.env._("The proposals were worked out anew."))

    def action_order(self):
        """Make one request for quotation per vendor, with one line per product so that Odoo finds the price step.

        :raises UserError: when there is nothing to order, a vendor is missing or wants a higher value, or Odoo finds
            another price than was proposed.
        """
        self.check_access('write')
        self._queue_up()
        for pool in self:
            lines = pool.line_ids.filtered(lambda line: line.uom_id.compare(line.quantity, 0.0) > 0)
            pool._check_can_be_ordered(lines)
            pool._create_orders(lines)
            lines._check_ordered_as_proposed()
        self._update_state('ordered')
        return self.action_view_purchase_orders()

    def action_view_purchase_orders(self):
        """Open the pools' purchase orders."""
        return self.purchase_order_ids._get_records_action(name=self.env._("Purchase Orders"))

    def action_view_offers(self):
        """Open what each vendor asks for each product."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_pool_offer_action')
        return {**action, 'domain': [('pool_id', 'in', self.ids)], 'context': {'coop_hide_pool': len(self) == 1}}

    # === BUSINESS METHODS === #

    def _get_order_date(self):
        """Return the day whose prices and rates count: that of the order, the planned one, or today."""
        # sudo: only a date, also for members who look at the cases of an open pool
        order = self.sudo().purchase_order_ids[:1]
        return order.date_order.date() if order else self.date_order or fields.Date.context_today(self)

    def _get_order_datetime(self):
        """Return a moment that is on the day of the order also in UTC, because Odoo looks prices up by that."""
        self.ensure_one()
        now, date = fields.Datetime.now(), self.date_order or fields.Date.context_today(self)
        return now if now.date() == date else datetime.combine(date, time(12))

    def _check_is_closed(self):
        self.ensure_one()
        if self.state != 'closed':
            raise UserError(self.env._(
                "%(pool)s: vendors are chosen between closing and ordering. It is %(state)s.", pool=self.display_name,
                state=dict(self._fields['state']._description_selection(self.env))[self.state],
            ))

    def _check_can_be_ordered(self, lines):
        self.ensure_one()
        if self.state != 'closed':
            raise UserError(self._state_error_message('ordered'))
        if not lines:
            raise UserError(self.env._(
                "%s has nothing to order. Reopen it for more requests, or cancel it.", self.display_name,
            ))
        for line in lines:
            line._check_can_be_ordered()
        self._check_minimum_values()

    def _explain_minimum_values(self):
        """Return a sentence for each vendor whose minimum order value is not reached."""
        self.ensure_one()
        amounts = defaultdict(float)
        for line in self.line_ids.filtered('offer_id'):
            amounts[line.vendor_id.with_company(self.company_id)] += line.amount_expected
        return [
            self.env._(
                "%(vendor)s delivers from %(minimum)s on; %(amount)s is ordered, %(missing)s is missing. Order more"
                " there, or choose another vendor.", vendor=vendor.display_name,
                minimum=format_amount(self.env, vendor.coop_minimum_order_value, self.currency_id),
                amount=format_amount(self.env, amount, self.currency_id),
                missing=format_amount(self.env, vendor.coop_minimum_order_value - amount, self.currency_id),
            )
            for vendor, amount in amounts.items()
            if self.currency_id.compare_amounts(amount, vendor.coop_minimum_order_value) < 0
        ]

    def _check_minimum_values(self):
        """Refuse orders below their vendor's minimum value, in pools that refuse that.

        :raises UserError: naming the vendor, the minimum and what is missing.
        """
        # sudo: the vendors' minimums, for whoever closes and orders
        for pool in self.sudo():
            explanations = pool._explain_minimum_values()
            if explanations and pool.minimum_value_policy == 'refuse':
                raise UserError("\n".join((pool.display_name, *explanations)))

    def _create_orders(self, lines):
        """Make the orders: requests that were quoted on become them, new ones are made for the rest."""
        self.ensure_one()
        orders = self._take_quotes(lines)
        values_list = []
        for (vendor, currency), of_vendor in self._group_by_order(lines).items():
            rest = of_vendor.filtered(lambda line: not line.sudo().offer_id.quote_line_id)
            order = orders.filtered(lambda o, v=vendor, c=currency: o.partner_id == v and o.currency_id == c)[:1]
            if rest and order:
                order.order_line = [Command.create(line._prepare_purchase_line_values()) for line in rest]
            elif rest:
                values_list.append(self._prepare_purchase_order_values(vendor, currency, rest))
        Order = self.env['purchase.order'].with_company(self.company_id)._coop_as_pool()
        orders |= Order.create(values_list).with_env(orders.env)
        # A new order line carries the price of the vendor's smallest quantity; this finds that of its own.
        listed = orders.order_line - lines.sudo().offer_id.quote_line_id.sudo(False)  # sudo: the offers' own lines
        listed._compute_price_unit_and_date_planned_and_name()
        self._release_quotes(orders)

    def _group_by_order(self, lines):
        """Return the lines that go to one order, as ``{(vendor, currency): lines}``."""
        self.ensure_one()
        # sudo: the chosen offers, for officers who order by them
        return lines.grouped(lambda line: (line.vendor_id, line.sudo().offer_id.vendor_currency_id.sudo(False)))

    def _prepare_purchase_order_values(self, vendor, currency, lines):
        """Return one request for quotation: the lines of one vendor in one currency, each product once."""
        self.ensure_one()
        return {
            'partner_id': vendor.id,
            'company_id': self.company_id.id,
            'currency_id': currency.id,
            'date_order': self._get_order_datetime(),
            'picking_type_id': self.warehouse_id.in_type_id.id,
            'origin': self.name,
            'coop_pool_id': self.id,
            'order_line': [Command.create(line._prepare_purchase_line_values()) for line in lines],
        }
