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
        # sudo: sums of what was paid, for whoever pays
        deposit = self.sudo()
        others = deposit.search([
            ('membership_id', '=', deposit.membership_id.id), ('posted_alone', '=', True),
            ('refund_move_id.date', '=', today), ('id', '!=', deposit.id),
        ])
        paid = self.env['coop.payout']._get_paid_alone(deposit.company_id, today, deposit.membership_id.partner_id)
        return deposit.amount_left + sum(others.mapped('amount_refunded')) + paid

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
        """Whether the user decided that it is paid back: who asked for it, else whoever pays it back."""
        receipt = self._get_refund_receipt()
        if receipt:
            return receipt._is_prepared_by(user)
        preparers = self._get_preparers()
        return user in preparers if preparers else True

    def _get_valid_approval(self):
        receipt = self._get_refund_receipt()
        return receipt._get_valid_approval() if receipt else super()._get_valid_approval()

    def _two_people_error_message(self):
        receipt = self._get_refund_receipt()
        return receipt._two_people_error_message() if receipt else super()._two_people_error_message()

    def _get_refund_receipt(self):
        """Return the counter receipt that pays the deposit back."""
        return self.sudo().counter_refund_id.with_env(self.env)  # sudo: whose paper it is, for whoever pays
