from odoo import api, fields, models
from odoo.fields import Command


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
    amount_total = fields.Monetary(string="Charge", compute='_compute_amount_total', store=True, help="Before tax.")
    amount_alone = fields.Monetary(
        string="Bought Alone", readonly=True,
        help="What the vendors' price lists ask for this member's quantities alone.",
    )
    saving = fields.Monetary(compute='_compute_amount_total', store=True)

    _member_uniq = models.Constraint('UNIQUE (pool_id, membership_id)', "A member is charged once in a pool.")

    # === COMPUTE METHODS === #

    @api.depends('goods_amount', 'cost_amount', 'rounding_amount', 'amount_alone')
    def _compute_amount_total(self):
        for charge in self:
            charge.amount_total = charge.goods_amount + charge.cost_amount + charge.rounding_amount
            charge.saving = charge.amount_alone - charge.amount_total

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
        if pool.payment_term_id:
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
            **self._prepare_cost_line_taxes(),
        }

    def _prepare_cost_line_taxes(self):
        """Tax the shared costs as the goods they belong to; where goods differ, the product of the costs decides."""
        self.ensure_one()
        of_goods = {
            product.taxes_id._filter_taxes_by_company(self.company_id) for product in self.allocation_ids.product_id
        }
        if len(of_goods) > 1:
            return {}
        position = self.env['account.fiscal.position'].with_company(self.company_id)._get_fiscal_position(
            self.membership_id.partner_id,
        )
        return {'tax_ids': [Command.set(position.map_tax(of_goods.pop()).ids)]}
