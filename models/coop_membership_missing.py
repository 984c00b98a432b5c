from odoo import api, fields, models
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.models.coop_membership import MANAGER, STAFF_GROUPS


class CoopMembership(models.Model):
    """Members who do not have the savings that admission asked for."""
    _inherit = 'coop.membership'

    missing_savings = fields.Char(
        compute='_compute_missing_savings', compute_sudo=True, groups=STAFF_GROUPS,
        help="Savings that admission asks for and that the books do not show.",
    )

    # === COMPUTE METHODS === #

    @api.depends('state', 'date_joined')
    @api.depends_context('uid')
    def _compute_missing_savings(self):
        # sudo (compute_sudo): sums of the member's own savings
        for membership in self:
            membership.missing_savings = membership._describe_missing_savings()

    # === BUSINESS METHODS === #

    def _describe_missing_savings(self):
        """Return what an admitted member lacks, like "Principal Savings Rp 100,000", or an empty text."""
        self.ensure_one()
        if self.state not in ('active', 'suspended'):
            return ""
        return ", ".join(
            f"{savings_type.name} {format_amount(self.env, amount, self.currency_id)}"
            for savings_type, amount in self._get_missing_for_admission().items()
        )

    def _ask_about_missing_savings(self, voucher):
        """Tell the managers of the company that a cancelled voucher took away what admission asked for."""
        # sudo: who the managers are, and an activity on a member that the treasurer only reads
        managers = self.env.ref(MANAGER).sudo().all_user_ids
        for membership in self.sudo():
            user = managers.filtered(
                lambda user, company=membership.company_id: not user.share and company in user.company_ids,
            )[:1]
            membership.activity_schedule(
                'mail.mail_activity_data_todo', user_id=user.id or self.env.uid,
                summary=self.env._("Savings that admission asks for are missing"),
                note=self.env._(
                    "%(voucher)s was cancelled: %(reason)s. Missing: %(missing)s. Collect it, or let the member leave.",
                    voucher=voucher.display_name, reason=voucher.cancel_reason,
                    missing=membership._describe_missing_savings(),
                ),
            )
