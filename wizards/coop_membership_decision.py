from odoo import fields, models
from odoo.exceptions import UserError


class CoopMembershipDecision(models.TransientModel):
    """Asks why, before members are suspended or reinstated or an application is closed."""
    _name = 'coop.membership.decision'
    _description = "Decision on Members"

    membership_ids = fields.Many2many(comodel_name='coop.membership', string="Members", required=True)
    decision = fields.Selection(
        selection=[
            ('suspend', "Suspend"), ('reinstate', "Reinstate"), ('reject', "Close the Application"),
        ],
        required=True, readonly=True, default='suspend',
    )
    date = fields.Date(string="Decided On", required=True, default=fields.Date.context_today)
    reason = fields.Char(required=True)

    # === ACTIONS === #

    def action_confirm(self):
        """Carry the decision out; who may take it is the membership's own business.

        :raises UserError: without a reason, for a day to come, or when a member is in another state.
        """
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason or not self.membership_ids:
            raise UserError(self.env._("Say whom the decision is about, and why."))
        if self.date > fields.Date.context_today(self):
            raise UserError(self.env._("The decision is dated in the future. Enter it when the day is there."))
        self.membership_ids.check_access('write')
        self._get_method()(reason, self.date)
        return {'type': 'ir.actions.act_window_close'}

    # === BUSINESS METHODS === #

    def _get_method(self):
        self.ensure_one()
        return {
            'suspend': self.membership_ids._suspend_with_reason,
            'reinstate': self.membership_ids._reinstate_with_reason,
            'reject': self.membership_ids._reject_with_reason,
        }[self.decision]
