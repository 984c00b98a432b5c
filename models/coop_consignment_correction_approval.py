from odoo import models

OFFICER = 'producer_cooperative.group_coop_officer'


class CoopConsignmentCorrection(models.Model):
    """Who wrote or weighed a correction does not post it, above the limit for corrected weights."""
    _name = 'coop.consignment.correction'
    _inherit = ['coop.consignment.correction', 'coop.approval.mixin']

    _prepared_fields = frozenset({'line_id', 'new_net', 'date', 'reason'})

    # === BUSINESS METHODS === #

    def _get_approval_kind(self):
        return 'weight_correction' if self._is_delicate() else False

    def _get_approval_amount(self):
        """Return what the difference is worth: at the price of the slip, else the product's; None without any."""
        self.ensure_one()
        line = self.line_id.sudo()  # sudo: prices, which the warehouse does not see
        price = line.price or line.net_price or line.asking_price or line.product_id.lst_price
        return self.company_id.currency_id.round(abs(self.difference) * price) if price else None

    def _get_approval_content(self):
        self.ensure_one()
        return [self.line_id.id, self.date, self.old_net, self.new_net, self.reason]

    def _get_approval_label(self):
        self.ensure_one()
        return f"{self.display_name}, {self.line_id.display_name}"

    def _get_approver_groups(self):
        return (OFFICER,)

    def _get_preparers(self):
        return super()._get_preparers() | self.requested_by_id | self.weighed_by_id | self.create_uid

    def _waits_for_posting(self):
        return self.state in ('draft', 'requested')

    def _after_approval(self):
        self.action_post()

    def _after_refusal(self, reason):
        self._cancel_with_reason(reason)

    def _two_people_error_message(self):
        return self.env._("You wrote this correction. Another user has to approve it.")
