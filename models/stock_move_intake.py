from odoo import fields, models


class StockMove(models.Model):
    """Members' goods that the cooperative buys leave their owner's stock."""
    _inherit = 'stock.move'

    coop_buyout_line_id = fields.Many2one(
        comodel_name='coop.consignment.buyout.line', string="Bought From Stock", readonly=True, copy=False,
        index='btree_not_null', ondelete='restrict',
    )


class StockMoveLine(models.Model):
    _inherit = 'stock.move.line'

    def _coop_goes_home(self):
        """Let goods go that the cooperative buys: their purchase moves them with more rights than any user has."""
        move = self.move_id.sudo()  # sudo: which purchase the move belongs to, for whoever moves it
        return super()._coop_goes_home() or (self.env.su and bool(move.coop_buyout_line_id))
