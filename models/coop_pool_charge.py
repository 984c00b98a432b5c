from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount


class CoopPoolCharge(models.Model):
    """What one member pays in one pool and why; written at the distribution, together with the member's order."""
    _name = 'coop.pool.charge'
    _description = "Pool Charge"
    _order = 'pool_id DESC, membership_id, id'
    _check_company_auto = True

    pool_id = fields.Many2one(comodel_name='coop.pool', required=True, readonly=True, index=True, ondelete='restrict')
    company_id = fields.Many2one(related='pool_id.company_id', store=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, readonly=True, index=True, check_company=True,
        ondelete='restrict',
    )
    date = fields.Date(string="Distributed On", required=True, readonly=True, default=fields.Date.context_today)
    order_id = fields.Many2one(
        comodel_name='sale.order', readonly=True, index='btree_not_null', check_company=True,
        ondelete='restrict',
    )
    allocation_ids = fields.One2many(comodel_name='coop.pool.allocation', inverse_name='charge_id', string="Shares")
    goods_amount = fields.Monetary(
        string="Goods", readonly=True, help="Quantities at the pool's unit prices, before tax.",
    )
    cost_amount = fields.Monetary(string="Shared Costs", readonly=True)
    rounding_amount = fields.Monetary(
        string="Rounding", readonly=True, help="Part of what rounding the unit prices down left.",
    )
    correction_ids = fields.One2many(
        comodel_name='coop.pool.correction', inverse_name='charge_id', string="Corrections", readonly=True,
    )
    correction_amount = fields.Monetary(
        string="Corrected By", compute='_compute_amount_total', store=True, help="What came or went after that.",
    )
    cost_total = fields.Monetary(string="Shared Costs Now", compute='_compute_amount_total', store=True)
    rounding_total = fields.Monetary(string="Rounding Now", compute='_compute_amount_total', store=True)
    price_total = fields.Monetary(
        string="Price Corrections", compute='_compute_amount_total', store=True,
        help="What was taken off or added for this member alone, and taken in from credit notes. The margin bears it;"
             " it is no saving by buying together.",
    )
    amount_total = fields.Monetary(string="Charge", compute='_compute_amount_total', store=True, help="Before tax.")
    amount_alone = fields.Monetary(
        string="Bought Alone", readonly=True,
        help="What the cheapest vendors who sell this member's quantities alone ask for them.",
    )
    saving = fields.Monetary(
        compute='_compute_amount_total', store=True,
        help="What the goods would have cost alone, less the charge; price corrections of this member are left out.",
    )

    _member_uniq = models.Constraint('UNIQUE (pool_id, membership_id)', "A member is charged once in a pool.")

    # === COMPUTE METHODS === #

    @api.depends(
        'goods_amount', 'cost_amount', 'rounding_amount', 'amount_alone', 'correction_ids.amount_total',
        'correction_ids.cost_amount', 'correction_ids.rounding_amount', 'correction_ids.price_amount',
    )
    def _compute_amount_total(self):
        sums = {charge.id: parts for charge, *parts in self.env['coop.pool.correction']._read_group(
            [('charge_id', 'in', self.ids)], ['charge_id'],
            ['amount_total:sum', 'cost_amount:sum', 'rounding_amount:sum', 'price_amount:sum'],
        )}
        for charge in self:
            corrections, costs, rounding, price = sums.get(charge.id, (0.0, 0.0, 0.0, 0.0))
            charge.correction_amount = corrections
            charge.cost_total = charge.cost_amount + costs
            charge.rounding_total = charge.rounding_amount + rounding
            charge.price_total = price
            charge.amount_total = charge.goods_amount + charge.cost_amount + charge.rounding_amount + corrections
            charge.saving = charge.amount_alone - (charge.amount_total - price)

    @api.depends('membership_id', 'pool_id')
    def _compute_display_name(self):
        # sudo: name and number of the member, for whoever may read the charge
        for charge in self.sudo():
            charge.display_name = f"{charge.membership_id.display_name}, {charge.pool_id.display_name}"

    # === BUSINESS METHODS === #

    def _prepare_sale_order_values(self):
        """Return the member's order: a line per product, and one for shared costs and rounding."""
        self.ensure_one()
        pool = self.pool_id
        lines = [share._prepare_sale_line_values() for share in self.allocation_ids]
        rest = self.cost_amount + self.rounding_amount
        if not self.currency_id.is_zero(rest):
            lines.append(self._prepare_cost_line_values(rest))
        values = {
            'partner_id': self.membership_id.partner_id.id,
            'company_id': self.company_id.id,
            'warehouse_id': pool.warehouse_id.id,
            'pricelist_id': False,
            'origin': pool.name,
            'coop_pool_id': pool.id,
            'order_line': [Command.create(line) for line in lines],
        }
        if pool.payment_term_id or pool.season_id:
            # The season's end is the due date of the invoice, whatever terms the member has otherwise.
            values['payment_term_id'] = pool.payment_term_id.id
        return values

    def _prepare_cost_line_values(self, amount):
        self.ensure_one()
        names = self.pool_id.cost_ids.mapped('name')
        if not self.currency_id.is_zero(self.rounding_amount):
            names.append(self.env._("rounding"))
        return {
            'product_id': self.env.ref('producer_cooperative.product_pool_costs').id,
            'name': self.env._("Pooled purchase costs: %s", ", ".join(names)),
            'product_uom_qty': 1.0,
            'price_unit': amount,
            'tax_ids': [Command.set(self._get_cost_taxes().ids)],
        }

    def _get_cost_taxes(self):
        """Tax the shared costs as the goods they belong to; where goods differ, the product of the costs decides."""
        self.ensure_one()
        of_goods = {
            product.taxes_id._filter_taxes_by_company(self.company_id) for product in self.allocation_ids.product_id
        }
        product = self.env.ref('producer_cooperative.product_pool_costs')
        taxes = of_goods.pop() if len(of_goods) == 1 else product.taxes_id._filter_taxes_by_company(self.company_id)
        if not taxes:
            return taxes
        positions = self.env['account.fiscal.position'].with_company(self.company_id)
        return positions._get_fiscal_position(self.membership_id.partner_id).map_tax(taxes)

    # === BUSINESS METHODS - FOLLOWING CORRECTIONS === #

    def _check_orders_come_to_charges(self):
        """Refuse orders that do not come to what the members are charged.

        :raises UserError: naming the member and both amounts.
        """
        for charge in self:
            amount = charge.order_id.sudo().amount_untaxed  # sudo: of the pool's own order, for whoever corrects it
            if charge.currency_id.compare_amounts(amount, charge.amount_total):
                raise UserError(self.env._(
                    "The order of %(member)s comes to %(order)s and not to the charge of %(charge)s. Look at the taxes"
                    " and price rules of the products.", member=charge.membership_id.display_name,
                    order=format_amount(self.env, amount, charge.currency_id),
                    charge=format_amount(self.env, charge.amount_total, charge.currency_id),
                ))

    def _update_invoices(self):
        """Let the invoices follow corrected charges: drafts are made anew, posted ones get a supplement or credit note.

        Orders that were not invoiced yet wait for their first invoice.
        """
        # sudo: drafts of the pool's own orders; only the accountant posts them
        invoiced = self.order_id.sudo().filtered('invoice_ids')
        invoiced.invoice_ids.filtered(lambda move: move.state == 'draft').button_cancel()
        to_invoice = invoiced.filtered(lambda order: order.invoice_status == 'to invoice')
        if to_invoice:
            to_invoice._create_invoices(grouped=True, final=True)
        self._link_corrections()

    def _link_corrections(self):
        """Note on each correction which invoice or credit note carries it."""
        for charge in self.sudo():  # sudo: see _update_invoices
            moves = charge.order_id.invoice_ids.filtered(lambda move: move.state != 'cancel')
            waiting = charge.correction_ids.filtered(lambda row: not row.move_id or row.move_id.state == 'cancel')
            if moves and waiting:
                waiting.move_id = moves.sorted('id')[-1:]
