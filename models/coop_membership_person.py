from odoo import models
from odoo.exceptions import UserError


class CoopMembership(models.Model):
    """Membership is personal (UU 25/1992, art. 19): it does not pass to somebody else."""
    _inherit = 'coop.membership'

    # === CRUD METHODS === #

    def write(self, vals):
        if 'partner_id' in vals:
            self.filtered(lambda m: m.partner_id.id != vals['partner_id'])._check_person_may_change()
        if 'company_id' in vals:
            self.filtered(lambda m: m.company_id.id != vals['company_id'])._check_person_may_change()
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _check_person_may_change(self):
        """Refuse another person, or another cooperative, for members and for candidates who paid in.

        :raises UserError: saying what to do instead.
        """
        balances = self._get_savings_balances()
        for membership in self:
            if membership.number or membership.state != 'candidate':
                raise UserError(self.env._(
                    "%s stands in the register: a membership is not transferable. When the name or the address is"
                    " wrong, correct the contact itself; somebody else applies for membership of their own.",
                    membership.display_name,
                ))
            # sudo: whether vouchers name the applicant, whoever wrote them
            lines = self.env['coop.savings.voucher.line'].sudo().search([
                ('membership_id', '=', membership.id), ('voucher_id.state', '=', 'posted'),
            ], limit=1)
            saved = any(not membership.currency_id.is_zero(amount) for amount in balances[membership].values())
            if lines or saved:
                raise UserError(self.env._(
                    "%s has paid in: the application stays in this name. Close it, pay the money back, and let the"
                    " other person apply.", membership.display_name,
                ))
