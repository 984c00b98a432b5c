from odoo import fields, models

from odoo.addons.producer_cooperative.models.coop_counter_due import Due


class CoopCounterReceipt(models.Model):
    """Advances on goods (panjar) and the member's own bills at the counter."""
    _inherit = 'coop.counter.receipt'

    advance_ids = fields.One2many(
        comodel_name='coop.settlement.advance', inverse_name='counter_receipt_id', string="Advances", readonly=True,
        copy=False,
    )

    # === BUSINESS METHODS - WHAT IS DUE === #

    def _get_advances_held(self):
        """Return what the member may bring back of the advances; nothing is chosen, settlements take them back."""
        member, company = self.membership_id, self.company_id
        held = self.env['coop.settlement']._get_advance_balances(company, member.partner_id).get(member.partner_id, 0.0)
        if self.currency_id.compare_amounts(held, 0.0) <= 0:
            return []
        last = self._search_advances([('state', '=', 'posted')], order='date DESC, id DESC', limit=1)
        return [
            Due('advance_id', last, self.env._("Advance brought back"), False, held, False)
        ] if last else []

    def _get_advances_due(self):
        """Return the advances that somebody has granted and that were not handed over yet; nothing is chosen."""
        return [
            Due('advance_id', advance, f"{self.env._('Advance')}: {advance.note}" if advance.note else (
                self.env._("Advance")
            ), advance.date, advance.amount, False)
            for advance in self._search_advances([('state', '=', 'draft'), ('date', '<=', self.date)], order='id')
        ]

    def _search_advances(self, domain, **options):
        return self.env['coop.settlement.advance'].search([
            ('membership_id', '=', self.membership_id.id), ('company_id', '=', self.company_id.id),
            ('direction', '=', 'out'), *domain,
        ], **options)

    def _get_bills_due(self):
        """Return the member's own open bills, the oldest first; open credits make the last ones smaller.

        What our documents owe is not among them, see :meth:`_get_payables_due`.
        """
        items = self.env['account.move.line'].search([
            ('company_id', '=', self.company_id.id), ('parent_state', '=', 'posted'), ('reconciled', '=', False),
            ('date', '<=', self.date), ('account_id.account_type', '=', 'liability_payable'),
            ('currency_id', '=', self.company_id.currency_id.id), ('amount_residual', '!=', 0),
            ('partner_id.commercial_partner_id', '=', self.membership_id.partner_id.id),
            ('move_id.coop_source_id', '=', False),
            '|', ('move_id.move_type', 'in', ('in_invoice', 'in_receipt', 'in_refund')),
            ('move_id.origin_payment_id', '!=', False),
        ]).sorted(lambda item: (item.date_maturity or item.date, item.date, item.id))
        left = -sum(items.mapped('amount_residual'))
        dues = []
        for item in items.filtered(lambda item: item.amount_residual < 0):
            amount = self.currency_id.round(min(left, -item.amount_residual))
            if amount <= 0:
                break
            due = item.date_maturity or item.date
            dues.append(Due('item_id', item, self.env._("Bill %s", item.move_name), due, amount, due <= self.date))
            left -= amount
        return dues

    # === BUSINESS METHODS - BOOKING === #

    def _book_advances(self, lines):
        """Hand over the advances that were granted, or take in what the member brings back."""
        for line in lines:
            # sudo: cashiers hand over and take in only through receipts
            advance = self._as_counter().sudo().env['coop.settlement.advance']
            values = {'date': self.date, 'journal_id': self.journal_id.id, 'counter_receipt_id': self.id}
            if line.direction == 'out':
                advance = advance.browse(line.advance_id.id)
                advance.write(values)
            else:
                advance = advance.create({
                    **values, 'membership_id': self.membership_id.id, 'direction': 'in', 'amount': line.amount,
                    'note': self.name,
                })
            advance.action_post()
