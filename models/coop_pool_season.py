from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS


class CoopPool(models.Model):
    """When the members pay: by payment term, or when the season ends (yarnen)."""
    _inherit = 'coop.pool'

    season_id = fields.Many2one(
        comodel_name='coop.season', check_company=True, index='btree_not_null', ondelete='restrict', tracking=True,
        groups=MONEY_GROUPS,
        help="The members pay after this season's harvest (yarnen): their invoices are due on its last day.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains('season_id', 'payment_term_id')
    def _check_one_due_date(self):
        for pool in self:
            if pool.season_id and pool.payment_term_id:
                raise ValidationError(self.env._(
                    "%s: the members pay either by the payment terms or at the end of the season. Empty one of them.",
                    pool.display_name,
                ))

    # === CRUD METHODS === #

    def write(self, vals):
        if 'season_id' in vals:
            self._check_not_charged()
        return super().write(vals)

    # === ACTIONS === #

    def action_move_due_date(self):
        """Ask for another due date of what members owe for this round."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Move Due Date"), 'res_model': 'coop.due.change',
            'view_mode': 'form', 'context': {'default_season_id': self.season_id.id, 'default_pool_ids': self.ids},
        }
