from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS
from odoo.addons.producer_cooperative.tools.apportion import apportion_by_key
from odoo.addons.producer_cooperative.tools.pooling import share_charge
from odoo.addons.producer_cooperative.tools.units import from_units, to_decimal, to_units


class CoopPool(models.Model):
    """Handing out: one order per member, the same unit price for everybody, charges that add up to the cost."""
    _inherit = 'coop.pool'

    cost_ids = fields.One2many(
        comodel_name='coop.pool.cost', inverse_name='pool_id', string="Shared Costs", copy=True, groups=MONEY_GROUPS,
    )
    charge_ids = fields.One2many(
        comodel_name='coop.pool.charge', inverse_name='pool_id', string="Charges", groups=MONEY_GROUPS,
    )
    sale_order_ids = fields.One2many(
        comodel_name='sale.order', inverse_name='coop_pool_id', string="Members' Orders", readonly=True,
        groups=MONEY_GROUPS,
    )
    invoice_ids = fields.One2many(
        comodel_name='account.move', inverse_name='coop_pool_id', string="Members' Invoices", readonly=True,
        groups=MONEY_GROUPS,
    )
    invoice_count = fields.Integer(compute='_compute_counts', compute_sudo=True)
    sale_order_count = fields.Integer(compute='_compute_counts', compute_sudo=True)
    amount_goods = fields.Monetary(
        string="Cost of Goods", compute='_compute_amounts', groups=MONEY_GROUPS, help="Cost of what was handed out.",
    )
    amount_margin = fields.Monetary(string="Margin", compute='_compute_amounts', groups=MONEY_GROUPS)
    amount_costs = fields.Monetary(string="Shared Costs Charged", compute='_compute_amounts', groups=MONEY_GROUPS)
    amount_charged = fields.Monetary(
        string="Charged", compute='_compute_amounts', groups=MONEY_GROUPS,
        help="What the members are charged before tax: cost of goods, margin and shared costs, to the rupiah.",
    )
    amount_variance = fields.Monetary(
        string="Variance", compute='_compute_amounts', groups=MONEY_GROUPS,
        help="What the vendors' bills ask for the goods handed out, more (or less) than the members were charged for.",
    )
    amount_saving = fields.Monetary(string="Members Saved", compute='_compute_amounts', groups=MONEY_GROUPS)
    dearer_count = fields.Integer(
        string="Members Paying More", compute='_compute_dearer_count', groups=MONEY_GROUPS,
        help="Members whose charge is more than the vendors' price lists ask for their quantities alone.",
    )

    # === COMPUTE METHODS === #

    @api.depends('sale_order_ids', 'invoice_ids')
    def _compute_counts(self):
        for pool in self:
            pool.sale_order_count = len(pool.sale_order_ids)
            pool.invoice_count = len(pool.invoice_ids)

    @api.depends(
        'line_ids.cost_charged', 'line_ids.margin_charged', 'line_ids.cost_variance', 'cost_ids.variance',
        'charge_ids.cost_total', 'charge_ids.amount_total', 'charge_ids.saving',
    )
    def _compute_amounts(self):
        for pool in self:
            pool.amount_goods = sum(pool.line_ids.mapped('cost_charged'))
            pool.amount_margin = sum(pool.line_ids.mapped('margin_charged'))
            pool.amount_costs = sum(pool.charge_ids.mapped('cost_total'))
            pool.amount_charged = sum(pool.charge_ids.mapped('amount_total'))
            pool.amount_variance = (
                sum(pool.line_ids.mapped('cost_variance')) + sum(pool.cost_ids.mapped('variance'))
            )
            pool.amount_saving = sum(pool.charge_ids.mapped('saving'))

    @api.depends('charge_ids.saving')
    def _compute_dearer_count(self):
        for pool in self:
            pool.dearer_count = len(pool.charge_ids.filtered(
                lambda charge: charge.currency_id.compare_amounts(charge.saving, 0.0) < 0,
            ))

    # === ACTIONS === #

    def action_distribute(self):
        """Charge each member for what the member gets: one confirmed order per member.

        What no member takes stays in stock. The unit price is what the goods cost the cooperative (the vendor's bill
        where one is posted, else the order) with the margin, rounded down to the rounding unit. What rounding leaves,
        and the shared costs, stand in a line of their own.

        :raises UserError: when goods are still expected, more was given than came, or a charge does not add up.
        """
        self.check_access('write')
        self._queue_up()
        for pool in self:
            pool._check_can_be_distributed()
            shares = pool.allocation_ids.filtered(lambda share: share.uom_id.compare(share.quantity, 0.0) > 0)
            rounding = pool._price_shares(shares)
            charges = self.env['coop.pool.charge'].sudo().create(pool._prepare_charge_values(shares, rounding))
            pool._create_member_orders(charges.sudo(False))
            pool._check_charges_add_up()
            pool._note_dearer_charges()
        self._update_state('distributed')
        return self.action_view_sale_orders()

    def action_create_invoices(self):
        """Create the draft invoices of all members at once, one per order; the accountant posts them.

        :raises UserError: when there is nothing to invoice.
        """
        orders = self.sale_order_ids.filtered(lambda order: order.invoice_status == 'to invoice')
        if not orders:
            raise UserError(self.env._("There is nothing to invoice in %s.", ", ".join(self.mapped('display_name'))))
        orders._create_invoices(grouped=True, final=True)
        self.charge_ids._link_corrections()
        return self.action_view_invoices()

    def action_done(self):
        """Close the books of the pools.

        :raises UserError: while members' invoices or vendors' bills are missing, because the variance is not known
            yet, while goods are billed that did not come, or when the members' invoices do not come to their charges.
        """
        self.check_access('write')
        self._queue_up()
        for pool in self:
            if pool.state == 'distributed':
                pool._check_can_be_done()
        self._update_state('done')

    def action_view_sale_orders(self):
        """Open the members' orders."""
        return self.sale_order_ids._get_records_action(name=self.env._("Members' Orders"))

    def action_view_invoices(self):
        """Open the members' invoices.

        :raises UserError: when there is none yet.
        """
        if not self.invoice_ids:
            raise UserError(self.env._(
                "%s has no invoices yet. Create them first.", ", ".join(self.mapped('display_name')),
            ))
        return self.invoice_ids._get_records_action(name=self.env._("Members' Invoices"))

    # === BUSINESS METHODS === #

    def _check_can_be_distributed(self):
        self.ensure_one()
        if self.state != 'received':
            raise UserError(self._state_error_message('distributed'))
        if self._is_more_expected():
            raise UserError(self.env._(
                "%s: goods are still expected. Finish the receipt, or say that nothing more is coming.",
                self.display_name,
            ))
        for line in self.line_ids:
            if line.uom_id.compare(line.quantity_allocated, line.quantity_received) > 0:
                raise UserError(self.env._(
                    "%(given)s %(unit)s of %(product)s are given to members, and %(received)s came. Lower somebody's"
                    " share.",
                    given=line._format(line.quantity_allocated), received=line._format(line.quantity_received),
                    unit=line.uom_id.name, product=line.display_name,
                ))
            line._check_sold_before_tax()
        if not any(line.uom_id.compare(line.quantity_allocated, 0.0) > 0 for line in self.line_ids):
            raise UserError(self.env._("%s: nobody gets anything, there is nothing to distribute.", self.display_name))

    def _price_shares(self, shares):
        """Write unit price and amount on the shares, and price and cost on every product that came.

        What nobody takes now has a price all the same: it may be offered again.

        :return: what rounding the price down leaves for each member, in company currency, as ``{membership: amount}``.
        """
        self.ensure_one()
        rounding = defaultdict(Decimal)
        by_line = shares.grouped('line_id')
        for line in self.line_ids.filtered(lambda line: line.uom_id.compare(line.quantity_received, 0.0) > 0):
            of_line = by_line.get(line, shares.browse())
            pooled = line._price_pooled()
            price = self._from_units(pooled.price)
            prices = line.sudo()._get_vendor_prices()  # sudo: see _get_alone_values
            parts = of_line and share_charge(
                pooled, {share: to_decimal(share.quantity) for share in of_line},
                {share: share.membership_id._get_rank() for share in of_line},
            )
            # sudo: what was charged is worked out, never entered
            line.sudo().write({
                'cost_charged': self._from_units(pooled.cost), 'margin_charged': self._from_units(pooled.margin),
                'price_charged': price, 'cost_basis': float(line.sudo()._get_cost()),
                'quantity_basis': line.quantity_received,
            })
            for share in of_line:
                amount = self.currency_id.round(float(price) * share.quantity)
                rounding[share.membership_id] += self._from_units(parts[share]) - to_decimal(amount)
                # sudo: officers change what a member gets, never what it costs
                share.sudo().write({
                    'price_unit': price, 'amount': amount,
                    **line._get_alone_values(share.quantity, prices),
                })
        return rounding

    def _prepare_charge_values(self, shares, rounding):
        """Return the members' charges: goods, part of the shared costs, and part of what rounding left."""
        self.ensure_one()
        costs = self._share_costs(shares)
        by_member = shares.sorted(lambda share: share.membership_id._get_rank()).grouped('membership_id')
        return [{
            'pool_id': self.id,
            'membership_id': member.id,
            'goods_amount': sum(of_member.mapped('amount')),
            'cost_amount': self._from_units(costs[member]),
            'rounding_amount': rounding[member],
            'amount_alone': sum(of_member.mapped('amount_alone')),
            'allocation_ids': [Command.set(of_member.ids)],
        } for member, of_member in by_member.items()]

    def _share_costs(self, shares):
        """Return each member's part of the shared costs, in rounding units, as ``{membership: count}``."""
        self.ensure_one()
        parts = defaultdict(int)
        ties = {member: member._get_rank() for member in shares.membership_id}
        for cost in self.cost_ids:
            weights = cost._get_weights(shares)
            if not any(weights.values()):
                raise UserError(self.env._("%s cannot be shared by value: the goods cost nothing.", cost.name))
            for member, part in apportion_by_key(self._to_units(cost.amount), weights, ties).items():
                parts[member] += part
            cost.sudo().amount_shared = cost.amount  # sudo: worked out, never entered
        return parts

    def _create_member_orders(self, charges):
        """Create and confirm one sales order per charge.

        :raises UserError: when an order does not come to what the member is charged.
        """
        self.ensure_one()
        orders = self.env['sale.order'].with_company(self.company_id)._coop_as_pool().create([
            charge._prepare_sale_order_values() for charge in charges
        ]).with_env(self.env)
        for charge, order in zip(charges, orders, strict=True):
            charge.sudo().order_id = order  # sudo: charges are written by the distribution only
        charges._check_orders_come_to_charges()
        orders.action_confirm()

    def _check_charges_add_up(self):
        """Refuse a distribution that charges a rupiah more or less than goods, margin and shared costs."""
        self.ensure_one()
        expected = self.amount_goods + self.amount_margin + sum(self.cost_ids.mapped('amount'))
        if self.currency_id.compare_amounts(self.amount_charged, expected):
            raise UserError(self.env._(
                "%(pool)s: the charges of %(charged)s are not the cost of %(expected)s.", pool=self.display_name,
                charged=format_amount(self.env, self.amount_charged, self.currency_id),
                expected=format_amount(self.env, expected, self.currency_id),
            ))

    def _note_dearer_charges(self):
        """Say in the chatter how many members pay more than they would have paid alone; no amounts, for all to read."""
        self.ensure_one()
        if self.dearer_count:
            self.message_post(body=self.env._(
                "%(count)s of %(total)s members pay more than each of them would have paid alone: margin and shared"
                " costs outweigh the better price.", count=self.dearer_count, total=len(self.charge_ids),
            ))

    def _check_can_be_done(self):
        self.ensure_one()
        self._check_no_cancelled_charge()
        for order in self.sale_order_ids.filtered(lambda order: order.state == 'sale'):
            invoices = order.invoice_ids.filtered(lambda move: move.state != 'cancel')
            # 'upselling': invoiced in full, and more was delivered; that is said below in its own words.
            if order.invoice_status not in ('invoiced', 'upselling') or any(move.state == 'draft' for move in invoices):
                raise UserError(self.env._(
                    "%(pool)s is not done yet: the invoice of %(member)s is not posted.",
                    pool=self.display_name, member=order.partner_id.display_name,
                ))
        for line in self.line_ids:
            if not line._is_billed():
                raise UserError(self.env._(
                    "%(pool)s is not done yet: the vendor's bill for %(product)s is not posted.",
                    pool=self.display_name, product=line.display_name,
                ))
        self.line_ids._check_goods_and_bills_agree()
        self._check_invoiced_as_charged()
        if self.has_variance:
            raise UserError(self.env._(
                "%(pool)s is not done yet: the bills differ by %(variance)s from what the members are charged. Pass the"
                " variance on, or keep it.", pool=self.display_name,
                variance=format_amount(self.env, self.amount_variance, self.currency_id),
            ))

    def _check_no_cancelled_charge(self):
        self.ensure_one()
        for charge in self.charge_ids:
            if charge.order_id.state == 'cancel' and not self.currency_id.is_zero(charge.amount_total):
                raise UserError(self.env._(
                    "%(pool)s is not done yet: the order of %(member)s was cancelled, and the charge still stands."
                    " Record the goods as not collected.",
                    pool=self.display_name, member=charge.membership_id.display_name,
                ))

    def _check_invoiced_as_charged(self):
        """Refuse members' invoices that come to more or less than what the members were charged.

        Posted invoices less credit notes, before tax.

        :raises UserError: naming both amounts and the difference.
        """
        self.ensure_one()
        # sudo: the sum of the pool's own invoices, for officers who see the charges
        posted = self.sudo().invoice_ids.filtered(
            lambda move: move.state == 'posted' and move.is_sale_document(include_receipts=True),
        )
        invoiced = sum(posted.mapped('amount_untaxed_signed'))
        difference = self.currency_id.round(invoiced - self.amount_charged)
        if not self.currency_id.is_zero(difference):
            raise UserError(self.env._(
                "%(pool)s is not done yet: the posted invoices come to %(invoiced)s before tax and the charges to"
                " %(charged)s, a difference of %(difference)s. Correct the invoices first, or take the credit notes"
                " into the charges.", pool=self.display_name,
                invoiced=format_amount(self.env, invoiced, self.currency_id),
                charged=format_amount(self.env, self.amount_charged, self.currency_id),
                difference=format_amount(self.env, difference, self.currency_id),
            ))

    def _to_units(self, amount):
        return to_units(self.currency_id.round(amount), self.rounding_unit)

    def _from_units(self, count):
        return from_units(count, self.rounding_unit)
