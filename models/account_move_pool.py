from odoo import fields, models


class AccountMove(models.Model):
    _inherit = 'account.move'

    coop_pool_id = fields.Many2one(
        comodel_name='coop.pool', string="Pooled Purchase", readonly=True, index='btree_not_null', check_company=True,
        ondelete='restrict', help="The pooled purchase whose goods are invoiced; credit notes keep it.",
    )

    # === BUSINESS METHODS === #

    def _coop_get_term_account(self):
        """Book what members owe for pooled goods on the account for it."""
        if self.coop_pool_id and self.is_sale_document(include_receipts=True):
            return self.company_id._get_coop_account('member_receivable')
        return super()._coop_get_term_account()

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted.filtered('coop_pool_id')._coop_settle_with_pool()
        return posted

    def _coop_settle_with_pool(self):
        """Set credit notes off against what the members still owe for the same pooled purchase."""
        for move in self.filtered(lambda move: move.move_type == 'out_refund' and not move.reversed_entry_id):
            # sudo: the pool's own invoices, for whoever posts the credit note
            credit = move.sudo()._coop_get_open_term_lines()
            invoices = move.sudo().coop_pool_id.invoice_ids.filtered(
                lambda invoice, move=move: invoice.state == 'posted' and invoice.move_type == 'out_invoice'
                and invoice.commercial_partner_id == move.commercial_partner_id,
            )
            debts = invoices._coop_get_open_term_lines()
            if credit and debts:
                (credit | debts).reconcile()
        self._coop_set_off_deposits()

    def _coop_set_off_deposits(self):
        """Set the members' deposits for the round off against their invoices."""
        # sudo: see _coop_settle_with_pool
        invoices = self.filtered(lambda move: move.move_type == 'out_invoice').sudo()
        deposits = self.env['coop.pool.deposit'].sudo().search([
            ('pool_id', 'in', invoices.coop_pool_id.ids), ('state', '=', 'paid'),
        ]) if invoices else self.env['coop.pool.deposit']
        if not deposits:
            return
        by_member = deposits.sorted('id').grouped(
            lambda deposit: (deposit.pool_id, deposit.membership_id.partner_id),
        )
        for invoice in invoices:
            of_member = by_member.get((invoice.coop_pool_id, invoice.commercial_partner_id))
            if of_member:
                of_member._set_off(invoice._coop_get_open_term_lines())

    def button_draft(self):
        self._coop_undo_set_offs()
        return super().button_draft()

    def _coop_undo_set_offs(self):
        """Give back the deposits that were set off against these invoices, before they are opened again."""
        # sudo: the set-off entries of the pool's own deposits, for whoever may open the invoice again
        invoices = self.sudo().filtered(lambda move: move.coop_pool_id and move.state == 'posted')
        items = invoices.line_ids.filtered(lambda line: line.display_type == 'payment_term')
        entries = (items.matched_credit_ids.credit_move_id | items.matched_debit_ids.debit_move_id).move_id
        for deposit in invoices.coop_pool_id.deposit_ids:
            for entry in deposit.set_off_ids & entries:
                deposit._undo_set_off(entry, self.env._("%s: the invoice was opened again", deposit.name))

    def _coop_get_open_term_lines(self):
        """Return the open receivable items of these invoices, the oldest first."""
        return self.line_ids.filtered(
            lambda line: line.display_type == 'payment_term' and not line.reconciled,
        ).sorted(lambda line: (line.date_maturity or line.date, line.id))

    def action_open_coop_pool(self):
        """Open the pooled purchase whose goods are invoiced."""
        self.ensure_one()
        return self.coop_pool_id._get_records_action()
