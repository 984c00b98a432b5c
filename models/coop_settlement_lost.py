from odoo import api, models
from odoo.tools import SQL

from odoo.addons.producer_cooperative.tools.apportion import apportion_by_key
from odoo.addons.producer_cooperative.tools.units import to_units


class CoopSettlement(models.Model):
    """What customers never paid where the member bears it: it is written off, and is no sale of the member's."""
    _inherit = 'coop.settlement'

    # === BUSINESS METHODS === #

    @api.model
    def _get_lost(self, company, date):
        """Return what was written off of members' goods by the end of ``date`` where the terms have the member bear it.

        It was credited to the clearing account and will never be settled, while the write-off was booked as an expense
        of the cooperative. Sales on principal basis are revenue and not on that account.

        :return: ``{partner: {expense account: amount}}`` in whole rounding units.
        """
        losses = self._get_losses(company, date)
        if not losses:
            return {}
        # sudo: see _get_open_sale_lines
        sale_lines = self.env['sale.order.line'].sudo().browse(losses)
        goods = self._get_goods(company, sale_lines, date)
        documents = self._get_documents(company, sale_lines, date)
        partners = self.env['res.partner'].browse({row.owner for rows in goods.values() for row in rows if row.owner})
        get_term = self.env['coop.consignment.agreement']._get_terms(company, partners)
        ties = self._get_ties(company, partners)
        lost = {}
        for sale_line in sale_lines:
            rows, of_line = goods.get(sale_line.id), documents.get(sale_line.id)
            if not rows or not of_line:
                continue
            get_earned = self._get_earned(sale_line, rows, of_line, ties)
            for invoice, parts in get_earned(None).items():
                for owner_id, price in parts:
                    owner = self.env['res.partner'].browse(owner_id)
                    term = owner_id and self._get_lossy_term(get_term, owner, invoice)
                    if not term:
                        continue
                    without, with_it = (
                        get_earned((term.settle_on, bearer))[invoice][owner_id, price].amount
                        for bearer in ('member', 'cooperative')
                    )
                    for account_id, units in apportion_by_key(with_it - without, losses[sale_line.id]).items():
                        account = self.env['account.account'].browse(account_id)
                        of_owner = lost.setdefault(owner, {})
                        of_owner[account] = of_owner.get(account, 0) + units
        return lost

    @api.model
    def _get_lossy_term(self, get_term, owner, invoice):
        """Return the terms of a sale on the members' behalf when they have the member bear what is never paid."""
        # sudo: only what kind of account it is, and where the category stands
        account = self.env['account.account'].sudo().browse(invoice.account)
        category = self.env['product.category'].sudo().browse(invoice.category or ())
        term = get_term(owner, invoice.day, category)
        return term if term and term.default_bearer == 'member' and account.internal_group != 'income' else None

    @api.model
    def _get_losses(self, company, date):
        """Return ``{sale line id: {expense account id: what was written off}}``: the weights of the accounts.

        Of a write-off over several expense accounts the one with the highest amount counts. That of a down payment
        concerns the goods of the invoices that took it off.
        """
        # sudo: the terms are applied, not shown
        if not self.env['coop.consignment.term'].sudo().search_count([
            ('company_id', '=', company.id), ('default_bearer', '=', 'member'),
        ], limit=1):
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """
            SELECT rel.order_line_id, loss.account_id, SUM(partial.amount)
              FROM account_partial_reconcile partial
              JOIN account_move_line item ON item.id = partial.debit_move_id
              JOIN account_account receivable ON receivable.id = item.account_id
               AND receivable.account_type = 'asset_receivable'
              JOIN account_move bill ON bill.id = item.move_id AND bill.move_type IN ('out_invoice', 'out_receipt')
              JOIN account_move_line other ON other.id = partial.credit_move_id
              JOIN account_move entry ON entry.id = other.move_id AND entry.move_type = 'entry'
               AND entry.origin_payment_id IS NULL AND entry.statement_line_id IS NULL
              JOIN LATERAL (
                SELECT line.account_id
                  FROM account_move_line line JOIN account_account cost ON cost.id = line.account_id
                 WHERE line.move_id = entry.id AND cost.account_type LIKE 'expense%%'
                 ORDER BY line.balance DESC, line.id LIMIT 1
              ) loss ON TRUE
              JOIN LATERAL (
                SELECT rel.order_line_id
                  FROM account_move_line sold
                  JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = sold.id
                 WHERE sold.move_id = bill.id AND sold.display_type = 'product'
                 UNION
                SELECT rel.order_line_id
                  FROM account_move_line asked
                  JOIN sale_order_line_invoice_rel asked_rel ON asked_rel.invoice_line_id = asked.id
                  JOIN sale_order_line deposit ON deposit.id = asked_rel.order_line_id AND deposit.is_downpayment
                  JOIN sale_order_line_invoice_rel off_rel ON off_rel.order_line_id = deposit.id
                  JOIN account_move_line off ON off.id = off_rel.invoice_line_id AND off.parent_state = 'posted'
                  JOIN account_move_line sold ON sold.move_id = off.move_id AND sold.display_type = 'product'
                  JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = sold.id
                 WHERE asked.move_id = bill.id
              ) rel ON TRUE
             WHERE partial.company_id = %(company)s AND partial.max_date <= %(date)s
             GROUP BY rel.order_line_id, loss.account_id
             ORDER BY rel.order_line_id, loss.account_id
            """, company=company.id, date=date,
        ))
        losses = {}
        for line_id, account_id, amount in rows:
            losses.setdefault(line_id, {})[account_id] = to_units(amount, company.currency_id.rounding)
        return losses
