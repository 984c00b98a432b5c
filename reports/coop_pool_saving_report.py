from odoo import fields, models
from odoo.tools import SQL


class CoopPoolSavingReport(models.Model):
    """What pooled buying brought: by member, product, round and month.

    One row per share and one per charge for what belongs to no product (shared costs, rounding, and corrections to
    them), so that the sums are those of the charges.
    """
    _name = 'coop.pool.saving.report'
    _description = "Saved by Buying Together"
    _auto = False
    _order = 'date DESC, id'
    _rec_name = 'pool_id'

    pool_id = fields.Many2one(comodel_name='coop.pool', string="Pooled Purchase", readonly=True)
    membership_id = fields.Many2one(comodel_name='coop.membership', string="Member", readonly=True)
    product_id = fields.Many2one(
        comodel_name='product.product', readonly=True, help="Empty for shared costs and rounding.",
    )
    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    currency_id = fields.Many2one(comodel_name='res.currency', readonly=True)
    date = fields.Date(string="Distributed On", readonly=True)
    quantity = fields.Float(digits='Product Unit', readonly=True)
    goods_amount = fields.Monetary(string="Goods", readonly=True)
    cost_amount = fields.Monetary(string="Costs and Rounding", readonly=True)
    price_amount = fields.Monetary(
        string="Price Corrections", readonly=True, help="In what was charged, but no saving by buying together.",
    )
    amount_total = fields.Monetary(string="Charged", readonly=True)
    amount_alone = fields.Monetary(string="Bought Alone", readonly=True)
    saving = fields.Monetary(string="Saved", readonly=True)

    _depends = {
        'coop.pool.allocation': [
            'amount', 'adjustment_amount', 'amount_alone', 'charge_id', 'product_id', 'quantity',
        ],
        'coop.pool.charge': [
            'cost_total', 'rounding_total', 'price_total', 'pool_id', 'membership_id', 'company_id', 'date',
        ],
        'res.company': ['currency_id'],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT row_number() OVER (ORDER BY rows.charge_id, rows.product_id) AS id, charge.pool_id,
                   charge.membership_id, rows.product_id, charge.company_id, company.currency_id,
                   charge.date, rows.quantity, rows.goods_amount, rows.cost_amount,
                   rows.price_amount, rows.goods_amount + rows.cost_amount + rows.price_amount AS amount_total,
                   rows.amount_alone,
                   rows.amount_alone - rows.goods_amount - rows.cost_amount AS saving
              FROM (%s UNION ALL %s) rows
              JOIN coop_pool_charge charge ON charge.id = rows.charge_id
              JOIN res_company company ON company.id = charge.company_id
            """, self._select_goods(), self._select_costs(),
        )

    def _select_goods(self):
        return SQL(
            """
            SELECT charge_id, product_id, quantity,
                   COALESCE(amount, 0) + COALESCE(adjustment_amount, 0) AS goods_amount, 0.0 AS cost_amount,
                   0.0 AS price_amount, COALESCE(amount_alone, 0) AS amount_alone
              FROM coop_pool_allocation WHERE charge_id IS NOT NULL
            """,
        )

    def _select_costs(self):
        return SQL(
            """
            SELECT id, NULL, 0.0, 0.0, cost_total + rounding_total, price_total, 0.0
              FROM coop_pool_charge WHERE cost_total + rounding_total != 0 OR price_total != 0
            """,
        )
