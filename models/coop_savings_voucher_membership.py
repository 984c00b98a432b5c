from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CoopSavingsVoucher(models.Model):
    """Vouchers of memberships that are over."""
    _inherit = 'coop.savings.voucher'

    def _cancel_with_reason(self, reason):
        """Refuse to undo vouchers of memberships that are over and booked."""
        memberships = self.line_ids.membership_id
        self._queue_up()
        memberships._queue_up()
        for membership in memberships:
            membership._check_not_succeeded()
            # sudo: whether the leaving is booked, for cashiers of whatever company rule
            leaving = membership.sudo().leaving_id
            if leaving.state == 'posted':
                raise UserError(self.env._(
                    "The savings of %(member)s are booked by %(leaving)s. Cancel that leaving first.",
                    member=membership.display_name, leaving=leaving.display_name,
                ))
        res = super()._cancel_with_reason(reason)
        for voucher in self.filtered(lambda voucher: voucher.direction != 'out'):
            voucher._check_admission_is_still_paid()
        return res

    def _check_admission_is_still_paid(self):
        """Keep the receipts that members were admitted on: cashiers do not take them back, the treasurer may.

        :raises UserError: naming the member and what would be missing.
        """
        self.ensure_one()
        grown = {
            membership: {line._get_credited_type() for line in lines}
            for membership, lines in self.line_ids.grouped('membership_id').items()
            if membership.state in ('active', 'suspended')
        }
        lacking = self.env['coop.membership'].concat(*(
            membership for membership, types in grown.items() if types & set(membership._get_missing_for_admission())
        ))
        if lacking and not self._user_posts_everywhere():
            raise UserError(self.env._(
                "%(member)s was admitted on this payment. Missing after it: %(missing)s. Ask the treasurer to cancel"
                " it, or enter what is right first.",
                member=lacking[0].display_name, missing=lacking[0]._describe_missing_savings(),
            ))
        lacking._ask_about_missing_savings(self)


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
        self._check_day_of_membership()
        return super()._check_allowed()

    def _check_day_of_membership(self):
        """Refuse money of a day that belongs to an earlier membership of the same partner.

        :raises UserError: naming the member and both dates.
        """
        several = self.membership_id._get_several(self.membership_id.partner_id, self.membership_id.company_id)
        for line in self:
            membership = line.membership_id
            memberships = several.get((membership.partner_id, membership.company_id))
            if memberships and memberships._pick_by_day(line.voucher_id.date) != membership:
                raise UserError(self.env._(
                    "%(member)s applied on %(applied)s; the voucher is dated %(date)s. Correct one of the dates.",
                    member=membership.display_name, date=format_date(self.env, line.voucher_id.date),
                    applied=format_date(self.env, membership.date_applied),
                ))

    def _check_withdrawable(self):
        """Let applicants who are not admitted have back everything that they paid in; leavers by their leaving.

        The leaving takes debts first, and heirs their shares; a payout beside it would go past both.
        """
        if self.membership_id.state == 'left':
            self._check_not_left_to_leaving()
        if self.membership_id.state == 'rejected':
            return None
        if self.membership_id.state == 'candidate' and self.type_id.withdrawable != 'any_time':
            raise UserError(self.env._(
                "%(member)s is still a candidate. Close the application first; %(savings)s can then be paid back.",
                member=self.membership_id.display_name, savings=self.type_id.name,
            ))
        return super()._check_withdrawable()

    def _check_not_left_to_leaving(self):
        """Refuse payouts to former members whose savings a leaving returns.

        :raises UserError: naming the leaving, and what to do there.
        """
        self.ensure_one()
        leaving = self.membership_id.sudo().leaving_id  # sudo: its number and state
        values = {'member': self.membership_id.display_name, 'leaving': leaving.display_name}
        if leaving.state == 'approved':
            raise UserError(self.env._(
                "%(member)s leaves by %(leaving)s, which takes debts and heirs into account. Let the treasurer book it"
                " and pay out what it says.", **values,
            ))
        if leaving.state == 'posted':
            raise UserError(self.env._(
                "The savings of %(member)s are returned by %(leaving)s. Ask the treasurer to book there what came"
                " since, and pay it out from there.", **values,
            ))
