from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.producer_cooperative.tools.units import to_units

#: Share of what a journal entry (``entry``) is matched with that it writes off, between 0 and 1.
LOSS_SHARE = SQL(
    """
    CASE WHEN entry.move_type = 'entry' AND entry.origin_payment_id IS NULL AND entry.statement_line_id IS NULL THEN (
        SELECT COALESCE(LEAST(GREATEST(SUM(line.balance) FILTER (WHERE cost.account_type LIKE 'expense%%'), 0)
               / NULLIF(SUM(line.balance) FILTER (
                    WHERE line.balance > 0 AND cost.account_type != 'liability_current'), 0), 1), 0)
          FROM account_move_line line JOIN account_account cost ON cost.id = line.account_id
         WHERE line.move_id = entry.id
    ) ELSE 0 END
    """,
)


class Matched(NamedTuple):
    """What an invoice asks for, what of it is paid or written off, and what of it is lost; in whole rounding units.

    Of the invoice's own currency, credit notes below zero; fractions of units where down payments are part of it.
    """
    total: Fraction | int = 0
    paid: Fraction | int = 0
    lost: Fraction | int = 0


class CoopSettlement(models.Model):
    """How much of what was invoiced counts: what the customer has paid, and what nobody will ever pay."""
    _inherit = 'coop.settlement'

    # === BUSINESS METHODS === #

    @api.model
    def _get_counted_shares(self, company, move_ids, date):
        """Return ``{invoice id: {kind of terms: share that counts}}`` for invoices of which not everything counts.

        Terms differ in whether a sale counts when it is invoiced or paid, and in who bears what is never paid: that is
        what a journal entry wrote off to an expense account: of an entry that books a bank's fee with the money, the
        fee. Tax that the buyer withheld is paid; tax on sales that is taken back with the loss is neither. What an
        invoice takes off for a down payment is paid as far as the down payment is.

        :param date: only what was matched with the invoice by then.
        """
        if not move_ids or not self._has_partial_terms(company):
            return {}
        asked, deducted = self._get_down_payments(company, move_ids, date)
        matched = self._get_matched(move_ids | {move_id for rows in asked.values() for move_id, _gross in rows}, date)
        shares = {}
        for move_id in move_ids:
            figures = matched.get(move_id, Matched())
            for deposit_id, gross in deducted.get(move_id, ()):
                figures = _add_down_payment(figures, gross, asked.get(deposit_id, ()), matched)
            paid = _share(figures.paid, figures.total)
            lost = _share(figures.lost, figures.total, nothing=0)
            of_invoice = {
                ('invoice', 'member'): 1 - lost, ('payment', 'cooperative'): paid, ('payment', 'member'): paid - lost,
            }
            if any(share != 1 for share in of_invoice.values()):
                shares[move_id] = of_invoice
        return shares

    @api.model
    def _has_partial_terms(self, company):
        """Whether any terms ask what was paid, or have the member bear what is not."""
        # sudo: see _get_open_sale_lines
        return bool(self.env['coop.consignment.term'].sudo().search_count([
            ('company_id', '=', company.id), '|', ('settle_on', '=', 'payment'), ('default_bearer', '=', 'member'),
        ], limit=1))

    @api.model
    def _get_matched(self, move_ids, date):
        """Return ``{invoice id: Matched}`` of what each invoice asks for itself."""
        until = SQL() if not date else SQL("AND partial.max_date <= %s", date)
        rows = self.env.execute_query(SQL(
            """
            SELECT item.move_id, currency.rounding, SUM(item.amount_currency), SUM(matched.amount), SUM(matched.lost)
              FROM account_move_line item
              JOIN account_account account ON account.id = item.account_id
               AND account.account_type = 'asset_receivable'
              JOIN res_currency currency ON currency.id = item.currency_id
              LEFT JOIN LATERAL (
                SELECT COALESCE(SUM(part.amount), 0) AS amount,
                       COALESCE(SUM(part.amount * %(loss)s), 0) AS lost
                  FROM (
                    SELECT partial.debit_amount_currency AS amount, partial.credit_move_id AS other_id
                      FROM account_partial_reconcile partial WHERE partial.debit_move_id = item.id %(until)s
                     UNION ALL
                    SELECT -partial.credit_amount_currency, partial.debit_move_id
                      FROM account_partial_reconcile partial WHERE partial.credit_move_id = item.id %(until)s
                  ) part
                  JOIN account_move_line other ON other.id = part.other_id
                  JOIN account_move entry ON entry.id = other.move_id
              ) matched ON TRUE
             WHERE item.move_id = ANY(%(moves)s)
             GROUP BY item.move_id, currency.rounding
            """, moves=list(move_ids), until=until, loss=LOSS_SHARE,
        ))
        return {
            move_id: Matched(*(to_units(amount, rounding) for amount in amounts))
            for move_id, rounding, *amounts in rows
        }

    @api.model
    def _get_down_payments(self, company, move_ids, date):
        """Return what was asked for down payments, and what these invoices take off for them, taxes included.

        An invoice or credit note with nothing but down payments asks for them, one with goods takes them off.

        :return: ``{sale line id of the down payment: [(invoice id, amount)]}`` and ``{id of one of these invoices:
            [(sale line id of the down payment, amount)]}``, in whole rounding units of the invoices' currency.
        """
        rows = self.env.execute_query(SQL(
            """
            WITH deposit AS (
                SELECT DISTINCT line.id
                  FROM account_move_line item
                  JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = item.id
                  JOIN sale_order_line line ON line.id = rel.order_line_id AND line.is_downpayment
                 WHERE item.move_id = ANY(%(moves)s)
            )
            SELECT deposit.id, bill.id, currency.rounding,
                   SUM(CASE WHEN bill.move_type = 'out_refund' THEN -item.price_total ELSE item.price_total END),
                   EXISTS (
                    SELECT 1 FROM account_move_line goods
                      JOIN sale_order_line_invoice_rel goods_rel ON goods_rel.invoice_line_id = goods.id
                      JOIN sale_order_line line ON line.id = goods_rel.order_line_id AND line.is_downpayment IS NOT TRUE
                     WHERE goods.move_id = bill.id AND goods.display_type = 'product')
              FROM deposit
              JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = deposit.id
              JOIN account_move_line item ON item.id = rel.invoice_line_id
              JOIN account_move bill ON bill.id = item.move_id
              JOIN res_currency currency ON currency.id = item.currency_id
             WHERE %(booked)s
             GROUP BY deposit.id, bill.id, currency.rounding
             ORDER BY deposit.id, bill.id
            """, moves=list(move_ids), booked=self._get_booked_condition(company, date),
        ))
        asked, deducted = {}, {}
        for deposit_id, move_id, rounding, gross, has_goods in rows:
            amount = to_units(gross, rounding)
            if has_goods:
                deducted.setdefault(move_id, []).append((deposit_id, -amount))
            else:
                asked.setdefault(deposit_id, []).append((move_id, amount))
        return asked, deducted


def _add_down_payment(figures, gross, asked, matched):
    """Count what an invoice takes off for a down payment as asked for with it, and paid as far as that is."""
    total = paid = lost = 0
    for move_id, amount in asked:
        of_deposit = matched.get(move_id, Matched())
        total += amount
        paid += amount * _share(of_deposit.paid, of_deposit.total, nothing=0)
        lost += amount * _share(of_deposit.lost, of_deposit.total, nothing=0)
    return Matched(
        figures.total + gross, figures.paid + gross * _share(paid, total, nothing=0),
        figures.lost + gross * _share(lost, total, nothing=0),
    )


def _share(part, total, nothing=1):
    """Return a share between nothing and all of it; ``nothing`` of an invoice over nothing."""
    return min(max(Fraction(part) / total, 0), 1) if total else nothing
