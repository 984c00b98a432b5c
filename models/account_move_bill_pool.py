from odoo import models


class AccountMove(models.Model):
    _inherit = 'account.move'

    # === BUSINESS METHODS === #

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._coop_update_billed_pools()
        return posted

    def button_draft(self):
        res = super().button_draft()
        self._coop_update_billed_pools()
        return res

    def _coop_update_billed_pools(self):
        """Tell the pools that a vendor's bill for their goods was posted or taken back."""
        bills = self.filtered(lambda move: move.is_purchase_document(include_receipts=True))
        # sudo: which pools the bills belong to, for whoever posts them
        bills.sudo().invoice_line_ids.purchase_line_id.order_id.coop_pool_id._remind_of_bills()
