from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = 'account.partial.reconcile'

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._coop_get_shu_allocations()._update_paid()
        return partials

    def unlink(self):
        allocations = self._coop_get_shu_allocations()
        res = super().unlink()
        allocations.exists()._update_paid()
        return res

    def _coop_get_shu_allocations(self):
        """Return the SHU allocations whose debts to members these reconciliations pay, by whichever document."""
        items = self.debit_move_id | self.credit_move_id
        if not items:
            return self.env['coop.shu.allocation']
        # sudo: whoever reconciles, the allocation follows
        return self.env['coop.shu.member.line'].sudo().search([('payable_line_id', 'in', items.ids)]).allocation_id
