from odoo import fields, models


class CoopPoolDeposit(models.Model):
    """Deposits that are paid back are money paid to a member: much of it is for two people, as a payout is."""
    _name = 'coop.pool.deposit'
    _inherit = ['coop.pool.deposit', 'coop.approval.mixin']

    # === ACTIONS === #

    def action_ask_approval(self):
        """Ask those who may approve; whoever asks has decided that the deposit is paid back."""
        self.check_access('write')
        self._keep_writer()
        return super().action_ask_approval()

    # === BUSINESS METHODS === #

    def _creates_document(self, vals):
        return False  # taking a deposit pays nobody

    def _get_approval_kind(self):
        self.ensure_one()
        return 'payout' if self.state == 'paid' else False

    def _get_approval_amount(self):
        """Return what is left of the deposit, with what one person alone paid the member today."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        deposit = self.sudo()  # sudo: whose it is and what is left of it, for whoever pays
        return deposit.amount_left + deposit.company_id._coop_get_paid_alone(
            deposit.membership_id.partner_id, today, deposit._origin,
        )

    def _get_approval_content(self):
        self.ensure_one()
        return [self.pool_id.id, self.membership_id.id, self.amount_left]

    def _get_approval_label(self):
        self.ensure_one()
        return f"{self.display_name}, {self.membership_id.sudo().display_name}"  # sudo: the member's name

    def _get_beneficiaries(self):
        return self.membership_id.partner_id

    def _waits_for_posting(self):
        return self.state == 'paid' and self.currency_id.compare_amounts(self.amount_left, 0.0) > 0

    def _is_prepared_by(self, user):
        """Whether the user decided that it is paid back: who asked for it, else who pays."""
        preparers = self._get_preparers()
        return user in preparers if preparers else True
