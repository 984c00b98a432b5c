from odoo import fields, models
from odoo.exceptions import UserError

MANAGER = 'producer_cooperative.group_coop_manager'


class CoopConsignmentTermCorrect(models.TransientModel):
    """Opens terms that were noted wrongly, while nobody was settled with under them."""
    _name = 'coop.consignment.term.correct'
    _description = "Correct Terms"

    term_id = fields.Many2one(comodel_name='coop.consignment.term', required=True, readonly=True, ondelete='cascade')
    reason = fields.Char(required=True, help="What was agreed, and how it came to be noted otherwise.")

    # === ACTIONS === #

    def action_confirm(self):
        """Open the terms for changes, and note why in the history of the agreement.

        :raises UserError: for anybody but the manager, without a reason, or when members were settled under the terms.
        """
        self.ensure_one()
        term = self.term_id
        if not self.env.user.has_group(MANAGER):
            raise UserError(self.env._("Only the manager corrects terms."))
        if not self.reason.strip():
            raise UserError(self.env._("Say why the terms are corrected."))
        term.check_access('write')
        term._check_not_fixed(is_of_invoices=False)
        term.sudo().is_reopened = True  # sudo: the role and the terms were checked
        term.agreement_id.message_post(body=self.env._(
            "The terms “%(term)s” are being corrected: %(reason)s", term=term.display_name, reason=self.reason,
        ))
        return {'type': 'ir.actions.act_window_close'}
