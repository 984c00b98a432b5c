from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.producer_cooperative.models.coop_weighing_mixin import MONEY_GROUPS


class CoopConsignmentStock(models.Model):
    """What every member has here of a product: in stock, promised to customers, and free to be sold."""
    _name = 'coop.consignment.stock'
    _inherit = ['coop.unit.sum.mixin']
    _description = "Goods by Owner"
    _auto = False
    _order = 'product_id, date, id'
    _rec_name = 'owner_id'

    _unit_summed = frozenset({'quantity', 'reserved', 'free'})

    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    currency_id = fields.Many2one(comodel_name='res.currency', readonly=True)
    owner_id = fields.Many2one(comodel_name='res.partner', readonly=True)
    product_id = fields.Many2one(comodel_name='product.product', readonly=True)
    product_tmpl_id = fields.Many2one(comodel_name='product.template', string="Goods", readonly=True)
    uom_id = fields.Many2one(comodel_name='uom.uom', string="Unit", readonly=True)
    date = fields.Date(string="Oldest Since", readonly=True)
    age = fields.Integer(string="Days Here", readonly=True, aggregator='max')
    quantity = fields.Float(string="In Stock", digits='Product Unit', readonly=True)
    reserved = fields.Float(digits='Product Unit', readonly=True, help="Promised to customers, or about to go back.")
    free = fields.Float(digits='Product Unit', readonly=True)
    asking_price = fields.Monetary(
        readonly=True, groups=f'{MONEY_GROUPS},sales_team.group_sale_salesman', aggregator=None,
        help="What the member hopes for per unit of the goods that go out next.",
    )

    _depends = {
        'stock.quant': ['quantity', 'reserved_quantity', 'owner_id', 'product_id', 'location_id', 'company_id'],
        'stock.location': ['usage'],
        'product.template': ['coop_consigned', 'uom_id'],
        'product.product': ['product_tmpl_id'],
        'coop.consignment.unsold': ['date', 'asking_price'],
        'res.company': ['currency_id'],
    }

    # === QUERY === #

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(quant.id) AS id, quant.company_id, company.currency_id, quant.owner_id, quant.product_id,
                   template.id AS product_tmpl_id, template.uom_id, SUM(quant.quantity) AS quantity,
                   SUM(quant.reserved_quantity) AS reserved, SUM(quant.quantity - quant.reserved_quantity) AS free,
                   MIN(oldest.date) AS date, %(today)s - MIN(oldest.date) AS age,
                   MIN(oldest.asking_price) AS asking_price
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id
              JOIN res_company company ON company.id = quant.company_id
              JOIN product_product product ON product.id = quant.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN (
                    SELECT DISTINCT ON (company_id, owner_id, product_id)
                           company_id, owner_id, product_id, date, asking_price
                      FROM (%(unsold)s) unsold
                     ORDER BY company_id, owner_id, product_id, date, id
                   ) oldest ON oldest.company_id = quant.company_id AND oldest.owner_id = quant.owner_id
                       AND oldest.product_id = quant.product_id
             WHERE template.coop_consigned AND quant.owner_id IS NOT NULL
               AND location.usage IN ('internal', 'transit')
             GROUP BY quant.company_id, company.currency_id, quant.owner_id, quant.product_id, template.id,
                      template.uom_id
            HAVING SUM(quant.quantity) != 0
            """, today=fields.Date.context_today(self), unsold=self.env['coop.consignment.unsold']._table_query,
        )

    # === ACTIONS === #

    def action_sell_from(self):
        """Let the sales order line that the list was opened from sell the goods of this member only.

        :raises UserError: when the list was not opened from a line, or its delivery is being prepared.
        """
        self.ensure_one()
        line = self.env['sale.order.line'].browse(self.env.context.get('coop_sale_line_id')).exists()
        if not line or line.product_id != self.product_id:
            raise UserError(self.env._("Open this list from a sales order line to choose whose goods it sells."))
        line.coop_owner_id = self.owner_id
        return {'type': 'ir.actions.act_window_close'}

    def _get_action(self, domain, name=None):
        """Return the action that shows the goods in ``domain`` by owner."""
        return {
            **self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_consignment_stock_action'),
            'name': name or self.env._("Goods by Owner"),
            'domain': domain,
        }
