from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from odoo.addons.producer_cooperative.models.coop_leaving import (
    ACCOUNTANT,
    APPROVED_FIELDS,
    BOOKED_FIELDS,
    SET_OFF_FIELDS,
)
from odoo.addons.producer_cooperative.models.coop_membership import MANAGER


class CoopLeaving(models.Model):
    """What has to be in order before a leaving is approved, booked or cancelled."""
    _inherit = 'coop.leaving'

    # === BUSINESS METHODS - CHECKS === #

    def _check_not_frozen(self, vals):
        for leaving in self:
            frozen = {
                'draft': set(), 'approved': APPROVED_FIELDS,
            }.get(leaving.state, APPROVED_FIELDS | BOOKED_FIELDS)
            if frozen & vals.keys():
                raise UserError(self.env._(
                    "%s is not changed any more: cancel it and record the leaving anew.", leaving.display_name,
                ))

    def _check_set_off_is_approved(self, vals):
        """Let only the manager change what is set off once the manager has approved it; the change is logged."""
        approved = self.filtered(lambda leaving: leaving.state == 'approved')
        manages = self.env.su or self.env.user.has_group(MANAGER)
        if approved and SET_OFF_FIELDS & vals.keys() and not manages:
            raise UserError(self.env._(
                "%s is approved with what is set off. Ask the manager to change it.", approved[0].display_name,
            ))

    def _check_member_can_leave(self):
        self.ensure_one()
        if self.membership_id.state in ('candidate', 'rejected'):
            raise ValidationError(self.env._(
                "%s was never admitted. Close the application instead.", self.membership_id.display_name,
            ))
        if self.membership_id.state == 'left':
            raise ValidationError(self.env._("%s has left already.", self.membership_id.display_name))

    def _check_can_be_approved(self):
        """Refuse what the register could not stand for; every message says what is missing."""
        self.ensure_one()
        if self.state != 'draft':
            raise UserError(self._state_error_message('approved'))
        self._check_member_can_leave()
        member = self.membership_id.display_name
        if not self.reason:
            raise UserError(self.env._("Say why %s leaves.", member))
        if self.reason == 'expelled' and not (self.reason_note or "").strip():
            raise UserError(self.env._("Write down why %s is expelled, and by whose decision.", member))
        if self._has_heirs():
            self.heir_ids._check_shares(self)
        if self.date > fields.Date.context_today(self):
            raise UserError(self.env._(
                "%(member)s leaves on %(date)s, which is still to come. Approve the leaving on that day.",
                member=member, date=format_date(self.env, self.date),
            ))
        if self.date < self.membership_id.date_joined:
            raise UserError(self.env._("%s cannot leave before joining.", member))
        self._check_not_overdrawn()

    def _check_not_overdrawn(self):
        """Refuse savings below zero: nobody can say from the books what the member has."""
        self.ensure_one()
        for savings_type, balance in self.membership_id._get_savings_balances()[self.membership_id].items():
            if self.currency_id.compare_amounts(balance, 0.0) < 0:
                raise UserError(self.env._(
                    "%(savings)s of %(member)s is below zero in the books. Correct it by a voucher or an entry first.",
                    savings=savings_type.name, member=self.membership_id.display_name,
                ))

    def _check_can_be_posted(self):
        self.ensure_one()
        if self.state != 'approved':
            raise UserError(self._state_error_message('posted'))
        self._check_not_overdrawn()
        self.company_id._coop_check_day_has_come(self.display_name, self.date_accounting)
        first_open = max(
            self._get_open_day(self.date), self.membership_id._get_last_savings_day() or self.date,
        )
        if self.date_accounting < first_open:
            raise UserError(self.env._(
                "%(leaving)s cannot be booked on %(date)s: the member left later, savings moved later, or the books"
                " are closed. Choose %(first)s or a later accounting date.",
                leaving=self.display_name, date=format_date(self.env, self.date_accounting),
                first=format_date(self.env, first_open),
            ))

    def _check_can_be_cancelled(self):
        self.ensure_one()
        self.check_access('write')
        if self.state == 'approved':
            self._check_user_is(MANAGER)
        elif self.state == 'posted':
            self._check_user_is(ACCOUNTANT)
            # sudo: what the document's own items were paid with
            self._check_not_paid(self.payable_line_ids.sudo(), self._get_entries())
        if self.state in ('approved', 'posted'):
            # sudo: any later membership or application of the partner in this company
            later = self.env['coop.membership'].sudo().search([
                ('partner_id', '=', self.partner_id.id), ('company_id', '=', self.company_id.id),
                ('date_applied', '>', self.date), ('id', '!=', self.membership_id.id),
            ], limit=1)
            if later:
                raise UserError(self.env._(
                    "%(member)s has applied anew (%(later)s). The earlier membership stays over.",
                    member=self.membership_id.display_name, later=later.display_name,
                ))
