from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.producer_cooperative.models.coop_weighing_mixin import MONEY_GROUPS

#: First day of each age band (days since the goods came in), and its name.
BANDS = ((0, '0'), (8, '8'), (31, '31'), (61, '61'), (91, '91'))


class CoopConsignmentUnsold(models.Model):
    """Members' goods that are not sold yet, by the receipt that they came in with.

    Goods leave first in, first out; so what an owner still has of a product (and lot) is what came in last. Odoo keeps
    one moment for all that an owner has in a place, the oldest ever: no age of anything.
    """
    _name = 'coop.consignment.unsold'
    _inherit = ['coop.unit.sum.mixin']
    _description = "Unsold Goods"
    _auto = False
    _order = 'date, id'
    _rec_name = 'product_id'

    _unit_summed = frozenset({'quantity'})

    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    currency_id = fields.Many2one(comodel_name='res.currency', readonly=True)
    owner_id = fields.Many2one(comodel_name='res.partner', readonly=True)
    product_id = fields.Many2one(comodel_name='product.product', readonly=True)
    categ_id = fields.Many2one(comodel_name='product.category', string="Product Category", readonly=True)
    lot_id = fields.Many2one(comodel_name='stock.lot', readonly=True)
    uom_id = fields.Many2one(comodel_name='uom.uom', string="Unit", readonly=True)
    consignment_line_id = fields.Many2one(
        comodel_name='coop.consignment.line', string="Intake Slip Line", readonly=True,
    )
    consignment_id = fields.Many2one(comodel_name='coop.consignment', string="Intake Slip", readonly=True)
    date = fields.Date(string="Since", readonly=True, help="The day on the intake slip, or of the receipt.")
    quantity = fields.Float(digits='Product Unit', readonly=True)
    age = fields.Integer(string="Days Here", readonly=True, aggregator='max')
    age_band = fields.Selection(selection='_selection_age_band', string="Age", readonly=True)
    return_date = fields.Date(
        string="To Go Back On", readonly=True, help="As agreed with the member. Empty: the goods may stay.",
    )
    grace_date = fields.Date(
        string="To Be Fetched Until", readonly=True, help="Days of grace after the owner was reminded.",
    )
    stage = fields.Selection(
        selection=[
            ('open', "No Limit Agreed"), ('fresh', "In Time"), ('due', "To Go Back"), ('overdue', "Overdue"),
        ],
        readonly=True,
    )
    reminded_on = fields.Date(string="Owner Reminded On", readonly=True)
    asking_price = fields.Monetary(readonly=True, groups=MONEY_GROUPS, aggregator=None)
    asking_value = fields.Monetary(string="At Asking Prices", readonly=True, groups=MONEY_GROUPS)

    _depends = {
        'stock.quant': ['quantity', 'owner_id', 'product_id', 'lot_id', 'location_id', 'company_id'],
        'stock.move.line': [
            'quantity_product_uom', 'owner_id', 'product_id', 'lot_id', 'location_id', 'location_dest_id', 'state',
            'date', 'move_id', 'company_id', 'coop_reminded_on',
        ],
        'stock.move': ['coop_consignment_line_id'],
        'stock.location': ['usage'],
        'product.template': ['coop_consigned', 'categ_id', 'uom_id'],
        'product.product': ['product_tmpl_id'],
        'coop.consignment.line': ['date', 'price_now', 'consignment_id'],
        'coop.consignment.agreement': ['active', 'company_id', 'partner_id', 'membership_id', 'categ_id'],
        'coop.consignment.term': ['date_from', 'date_to', 'return_days', 'grace_days', 'agreement_id'],
        'product.category': ['parent_path'],
        'res.company': ['currency_id'],
    }

    # === SELECTION METHODS === #

    @api.model
    def _selection_age_band(self):
        return [
            ('0', self.env._("Up to 7 days")), ('8', self.env._("8 to 30 days")), ('31', self.env._("31 to 60 days")),
            ('61', self.env._("61 to 90 days")), ('91', self.env._("More than 90 days")),
        ]

    # === QUERY === #

    @property
    def _table_query(self):
        today = fields.Date.context_today(self)
        return SQL(
            """
            SELECT rows.*, %(today)s - rows.date AS age, %(band)s AS age_band,
                   CASE WHEN rows.return_date IS NULL THEN 'open'
                        WHEN %(today)s < rows.return_date THEN 'fresh'
                        WHEN %(today)s > rows.grace_date THEN 'overdue' ELSE 'due' END AS stage
              FROM (%(rows)s) rows
            """,
            today=today, rows=self._select_rows(today),
            band=SQL("CASE %s ELSE '0' END", SQL(" ").join(
                SQL("WHEN %s - rows.date >= %s THEN %s", today, first, band) for first, band in reversed(BANDS)
            )),
        )

    def _select_rows(self, today):
        return SQL(
            """
            SELECT layer.id, layer.company_id, company.currency_id, layer.owner_id, layer.product_id,
                   template.categ_id, template.uom_id, layer.lot_id, line.id AS consignment_line_id,
                   line.consignment_id, day.date, layer.quantity, move_line.coop_reminded_on AS reminded_on,
                   day.date + NULLIF(term.return_days, 0) AS return_date,
                   move_line.coop_reminded_on + COALESCE(term.grace_days, 0) AS grace_date,
                   line.price_now AS asking_price, line.price_now * layer.quantity AS asking_value
              FROM (%(layers)s) layer
              JOIN stock_move_line move_line ON move_line.id = layer.id
              JOIN stock_move move ON move.id = move_line.move_id
              JOIN res_company company ON company.id = layer.company_id
              JOIN product_product product ON product.id = layer.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN coop_consignment_line line ON line.id = move.coop_consignment_line_id
              CROSS JOIN LATERAL (SELECT COALESCE(line.date, layer.date::date) AS date) day
              LEFT JOIN LATERAL (%(term)s) term ON TRUE
            """, layers=self._select_layers(), term=self._select_term(today),
        )

    def _select_term(self, today):
        """Return the terms that hold today for a layer: the most specific agreement that has any.

        The member's before those for all members, and of these the nearest category's before those for all goods.
        """
        return SQL(
            """
            SELECT term.return_days, term.grace_days
              FROM coop_consignment_term term
              JOIN coop_consignment_agreement agreement ON agreement.id = term.agreement_id
              LEFT JOIN product_category scope ON scope.id = agreement.categ_id
              LEFT JOIN product_category category ON category.id = template.categ_id
             WHERE agreement.active AND agreement.company_id = layer.company_id
               AND term.date_from <= %(today)s AND (term.date_to IS NULL OR term.date_to >= %(today)s)
               AND (agreement.membership_id IS NULL OR agreement.partner_id = layer.owner_id)
               AND (scope.id IS NULL OR starts_with(category.parent_path, scope.parent_path))
             ORDER BY (agreement.membership_id IS NULL), length(COALESCE(scope.parent_path, '')) DESC,
                      term.date_from DESC
             LIMIT 1
            """, today=today,
        )

    def _select_layers(self, products=None):
        """Return what is left of every receipt of members' goods: id of the move line, and the quantity.

        What came back from a customer takes its old place again: it is covered by the receipts as if it had never
        left.
        """
        return SQL(
            """
            SELECT brought.id, brought.company_id, brought.owner_id, brought.product_id, brought.lot_id, brought.date,
                   LEAST(brought.quantity, brought.held - brought.so_far + brought.quantity) AS quantity
              FROM (
                    SELECT line.id, line.company_id, line.owner_id, line.product_id, line.lot_id, line.date,
                           line.quantity_product_uom AS quantity, held.quantity AS held,
                           SUM(line.quantity_product_uom) OVER (
                               PARTITION BY line.company_id, line.owner_id, line.product_id, line.lot_id
                               ORDER BY line.date DESC, line.id DESC
                           ) AS so_far
                      FROM (%(held)s) held
                      JOIN stock_move_line line
                        ON line.product_id = held.product_id AND line.owner_id = held.owner_id
                       AND line.company_id = held.company_id AND line.lot_id IS NOT DISTINCT FROM held.lot_id
                      JOIN stock_location source ON source.id = line.location_id
                      JOIN stock_location destination ON destination.id = line.location_dest_id
                     WHERE line.state = 'done' AND source.usage NOT IN ('internal', 'transit', 'customer')
                       AND destination.usage IN ('internal', 'transit')
                   ) brought
             WHERE brought.held > brought.so_far - brought.quantity
            """, held=self._select_held(products),
        )

    def _select_held(self, products=None):
        """Return what every member has here by product and lot."""
        return SQL(
            """
            SELECT quant.company_id, quant.owner_id, quant.product_id, quant.lot_id, SUM(quant.quantity) AS quantity
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id
              JOIN product_product product ON product.id = quant.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE template.coop_consigned AND quant.owner_id IS NOT NULL AND location.usage IN ('internal', 'transit')
                   %s
             GROUP BY quant.company_id, quant.owner_id, quant.product_id, quant.lot_id
            HAVING SUM(quant.quantity) > 0
            """,
            SQL("AND quant.product_id IN %s", tuple(products.ids)) if products is not None else SQL(),
        )

    # === ACTIONS === #

    def action_make_returns(self):
        """Write one draft return slip per member for the chosen goods, and open them.

        :raises UserError: when nothing of the goods is free.
        """
        returns = self.env['coop.consignment.return']._create_for_unsold(self)
        if not returns:
            raise UserError(self.env._("All of these goods are reserved for deliveries."))
        return returns._get_records_action(name=self.env._("Return Slips"))

    def action_reduce_price(self):
        """Open a price reduction with the chosen goods of one member.

        :raises UserError: when the goods are of several members, or came in without an intake slip.
        """
        if len(self.owner_id) > 1 or len(self.company_id) > 1:
            raise UserError(self.env._("Choose goods of one member: each consents to the own prices."))
        if not self.consignment_line_id:
            raise UserError(self.env._(
                "These goods came in without an intake slip, so that no asking price was written down.",
            ))
        return {
            **self.env['coop.consignment.reduction']._create_for_unsold(self)._get_records_action(),
            'name': self.env._("Price Reduction"),
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_layers(self, product, owners, company):
        """Return ``[(owner id, lot id or None, quantity)]`` of a product, in the order in which it came in.

        In the product's unit; reserved goods included.
        """
        if not owners:
            return []
        for model, names in self._depends.items():
            if model in ('stock.quant', 'stock.move.line'):
                self.env[model].flush_model(names)
        return self.env.execute_query(SQL(
            """
            SELECT owner_id, lot_id, quantity FROM (%s) layer
             WHERE owner_id IN %s AND company_id = %s ORDER BY date, id
            """, self._select_layers(product), tuple(owners.ids), company.id,
        ))
