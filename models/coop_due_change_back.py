from odoo import models
from odoo.exceptions import UserError


class CoopDueChange(models.Model):
    """Taking an approved move of due dates back: what is still open is due again when it was before."""
    _inherit = 'coop.due.change'

    _transitions = {
        'draft': ('requested', 'cancelled'), 'requested': ('approved', 'draft', 'cancelled'),
        'approved': ('cancelled',), 'cancelled': (),
    }

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Cancel what was asked for; what was approved is taken back by a manager, and stays on paper.

        :raises AccessError: for anybody but managers, once it is approved.
        :raises UserError: while a later change has moved the same invoices again.
        """
        approved = self.filtered(lambda change: change.state == 'approved')
        for change in approved:
            change._check_user_is('producer_cooperative.group_coop_manager')
            change._queue_up()
            change._check_not_moved_again()
        res = super()._cancel_with_reason(reason)
        for change in approved:
            change.sudo()._move_due_dates_back()  # sudo: whoever may approve it may take it back
        return res

    def _check_not_moved_again(self):
        self.ensure_one()
        # sudo: the later changes of the same invoices
        later = self.env['coop.due.change.line'].sudo().search([
            ('move_id', 'in', self.sudo().line_ids.move_id.ids), ('change_id', '>', self.id),
            ('change_id.state', '=', 'approved'),
        ], limit=1).change_id
        if later:
            raise UserError(self.env._(
                "%(later)s moved the same invoices again. Cancel %(later)s first.", later=later.display_name,
            ))

    def _move_due_dates_back(self):
        """Write the old due dates on what is still open; what was paid meanwhile is not touched."""
        self.ensure_one()
        for move, lines in self.line_ids.grouped('move_id').items():
            moved = move.line_ids.filtered(
                lambda item, change=self: item.display_type == 'payment_term' and not item.reconciled
                and item.date_maturity == change.date_due,
            ).sorted('id')
            before = sorted(filter(None, lines.mapped('date_before')))
            # Instalments that were paid since were the earlier ones.
            for item, date in zip(moved[::-1], before[::-1], strict=False):
                item.date_maturity = date
            instalments = move.line_ids.filtered(lambda item: item.display_type == 'payment_term')
            days = list(filter(None, instalments.mapped('date_maturity')))
            move.invoice_date_due = max(days, default=move.invoice_date_due)
            move.message_post(body=self.env._(
                "%(change)s was cancelled; due on the earlier date again. %(reason)s", change=self.name,
                reason=self.cancel_reason,
            ))
