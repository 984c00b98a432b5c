from odoo import models
from odoo.exceptions import UserError


class CoopSavingsVoucher(models.Model):
    """Vouchers of memberships that are over."""
    _inherit = 'coop.savings.voucher'

    def _cancel_with_reason(self, reason):
        """Refuse to undo vouchers of an earlier membership: the reversal would fall into the new one."""
        for membership in self.line_ids.membership_id:
            membership._check_not_succeeded()
        return super()._cancel_with_reason(reason)


class CoopSavingsVoucherLine(models.Model):
    """What applicants pay in and get back."""
    _inherit = 'coop.savings.voucher.line'

    def _check_allowed(self):
        closed = self.membership_id.filtered(lambda membership: membership.state == 'rejected')
        if closed and any(voucher.direction != 'out' for voucher in self.voucher_id):
            raise UserError(self.env._(
                "The application of %s is closed; nothing is paid in any more. Take it up again first.",
                closed[0].display_name,
            ))
        return super()._check_allowed()

    def _check_withdrawable(self):
        """Let applicants who are not admitted have back everything that they paid in."""
        if self.membership_id.state == 'rejected':
            return None
        if self.membership_id.state == 'candidate' and self.type_id.withdrawable != 'any_time':
            raise UserError(self.env._(
                "%(member)s is still a candidate. Close the application first; %(savings)s can then be paid back.",
                member=self.membership_id.display_name, savings=self.type_id.name,
            ))
        return super()._check_withdrawable()
