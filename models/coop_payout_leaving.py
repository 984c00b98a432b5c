from odoo import api, models

LEAVING = 'coop.leaving'


class CoopPayout(models.Model):
    """Paying former members, and the heirs of members, what their savings became."""
    _inherit = 'coop.payout'

    # === BUSINESS METHODS === #

    @api.model
    def _get_paid_models(self):
        return [*super()._get_paid_models(), LEAVING]

    def _queue_up_sources(self):
        super()._queue_up_sources()
        # sudo: only to queue up; which leaving owes the amount
        moves = self.sudo().line_ids.payable_line_id.move_id.filtered(lambda move: move.coop_source_model == LEAVING)
        self.env[LEAVING].sudo().browse(moves.mapped('coop_source_id')).exists()._queue_up()
