from odoo import models


class CoopSettlementAdvance(models.Model):
    """An advance is money paid to a member: a large one is for two people, as a payout is."""
    _name = 'coop.settlement.advance'
    _inherit = ['coop.settlement.advance', 'coop.approval.mixin']

    # Day and cash box are chosen by whoever pays; who gets how much is what two people look at.
    _prepared_fields = frozenset({'membership_id', 'company_id', 'direction', 'amount'})

    # === BUSINESS METHODS === #

    def _get_approval_kind(self):
        self.ensure_one()
        return 'payout' if self.direction == 'out' else False

    def _get_approval_amount(self):
        """Return what is advanced, with what one person alone paid the member that day."""
        self.ensure_one()
        return self.amount + self.company_id._coop_get_paid_alone(
            self.membership_id.partner_id, self.date, self._origin,
        )

    def _get_approval_content(self):
        self.ensure_one()
        return [self.membership_id.id, self.direction, self.amount]

    def _get_approval_label(self):
        self.ensure_one()
        return f"{self.display_name}, {self.membership_id.display_name}" if self.name else self.display_name

    def _get_beneficiaries(self):
        return self.membership_id.partner_id
