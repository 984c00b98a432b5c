from odoo import models

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN


class StockPicking(models.Model):
    """A transfer that is being done gives its moves the moment it was done; nobody rewrites that afterwards."""
    _inherit = 'stock.picking'

    def _action_done(self):
        # Only the dates: Odoo writes the owner of the transfer on its moves here, and that is not anybody's to choose.
        return super(StockPicking, self.with_context(coop_done_token=OWNER_TOKEN))._action_done()
