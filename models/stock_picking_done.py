from odoo import models

from odoo.addons.producer_cooperative.models.stock_move_document import as_moving


class StockPicking(models.Model):
    """A transfer that is being done gives its moves the moment it was done; nobody rewrites that afterwards."""
    _inherit = 'stock.picking'

    def _action_done(self):
        return super(StockPicking, as_moving(self))._action_done()
