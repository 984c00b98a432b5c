from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.coop_consignment import MONEY_GROUPS
from odoo.addons.producer_cooperative.tools.errors import InputRefusal
from odoo.addons.producer_cooperative.tools.weighing import read_prices

MOST_PIECES = 500


class CoopConsignmentPieces(models.TransientModel):
    """Writes many unique pieces of one maker on an intake slip, each with its own price and label."""
    _name = 'coop.consignment.pieces'
    _description = "Add Pieces"

    consignment_id = fields.Many2one(comodel_name='coop.consignment', required=True, ondelete='cascade')
    company_id = fields.Many2one(related='consignment_id.company_id')
    currency_id = fields.Many2one(related='company_id.currency_id')
    deal = fields.Selection(
        selection=[('consign', "Left for Sale"), ('buy', "Bought Outright")], required=True, default='consign',
    )
    product_id = fields.Many2one(
        comodel_name='product.product', required=True, check_company=True, domain="[('coop_consigned', '=', True)]",
    )
    is_serial = fields.Boolean(compute='_compute_is_serial')
    prices = fields.Text(
        groups=MONEY_GROUPS,
        help="The price of each piece, in a row: 425.000 375.000 3x250.000 are five pieces.",
    )
    count = fields.Integer(
        string="Pieces", compute='_compute_count', store=True, readonly=False,
        help="How many pieces; the prices, where they are given, say it.",
    )
    description = fields.Char(help="What tells the pieces apart, e.g. the motif.")
    first_number = fields.Char(
        help="Number of the first piece, e.g. BTK-001; the others are counted on. Empty: numbers are drawn on"
             " confirming.",
    )

    # === COMPUTE METHODS === #

    @api.depends('product_id')
    def _compute_is_serial(self):
        for wizard in self:
            wizard.is_serial = wizard.product_id.tracking == 'serial'

    @api.depends('prices')
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard._read_prices()) or wizard.count

    # === ACTIONS === #

    def action_add(self):
        """Add a line for each piece to the slip.

        :raises UserError: when prices and pieces disagree, or cannot be read.
        """
        self.ensure_one()
        prices = self._read_prices()
        count = self.count or len(prices)
        if not 0 < count <= MOST_PIECES:
            raise UserError(self.env._("Say how many pieces there are: 1 to %s.", MOST_PIECES))
        if prices and len(prices) not in (1, count):
            raise UserError(self.env._(
                "%(count)s pieces need %(count)s prices, or one for all; %(given)s are given.",
                count=count, given=len(prices),
            ))
        self.consignment_id.check_access('write')
        self.env['coop.consignment.line'].create(self._prepare_lines_values(count, prices))
        return {'type': 'ir.actions.act_window_close'}

    # === BUSINESS METHODS === #

    def _read_prices(self):
        self.ensure_one()
        try:
            return read_prices(self.prices or "")
        except InputRefusal as refusal:
            raise UserError(self.env._(
                "“%s” is no price. Write them like 425.000 375.000 3x250.000, with a space in between.",
                refusal.params['text'],
            )) from refusal

    def _prepare_lines_values(self, count, prices):
        names = [False] * count
        if (self.first_number or "").strip():
            lots = self.env['stock.lot'].generate_lot_names(self.first_number.strip(), count)
            names = [lot['lot_name'] for lot in lots]
        each = [float(price) for price in (prices * count if len(prices) == 1 else prices)] or [0.0] * count
        price_name = 'asking_price' if self.deal == 'consign' else 'price'
        return [{
            'consignment_id': self.consignment_id.id, 'product_id': self.product_id.id, 'deal': self.deal, 'gross': 1.0,
            'description': self.description, 'lot_name': name, price_name: price,
        } for name, price in zip(names, each, strict=True)]
