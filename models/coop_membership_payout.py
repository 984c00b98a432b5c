from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.producer_cooperative.models.coop_membership import STAFF_GROUPS

#: How a member can get what the cooperative owes, in the words of the member.
PAYOUT_METHODS = [
    ('cash', "In Cash"), ('bank', "Bank Transfer"), ('savings', "To Voluntary Savings"),
    ('set_off', "Set Off Against Debts"),
]


class CoopMembership(models.Model):
    """How the member wants the SHU, until something else is said."""
    _inherit = 'coop.membership'

    shu_payout_method = fields.Selection(
        selection=PAYOUT_METHODS, string="SHU Paid As", required=True, default='cash', tracking=True,
        groups=STAFF_GROUPS, help="What the member chose. Each year's SHU begins with it.",
    )
    shu_set_off_date = fields.Date(
        string="Consent to Set-Off Signed On", tracking=True, copy=False,
        groups=STAFF_GROUPS,
        help="Nothing is set off before the member has consented in writing (surat kuasa potong).",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains('shu_payout_method', 'shu_set_off_date')
    def _check_set_off_consent(self):
        for membership in self:
            if membership.shu_payout_method == 'set_off' and not membership.shu_set_off_date:
                raise ValidationError(membership._consent_error_message())

    # === BUSINESS METHODS === #

    def _consent_error_message(self):
        self.ensure_one()
        return self.env._(
            "Note on the membership of %s the day on which the member consented to the set-off in writing (surat kuasa"
            " potong), or choose another way of payment.", self.display_name,
        )
