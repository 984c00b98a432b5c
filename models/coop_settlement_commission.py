from odoo import models
from odoo.fields import Command
from odoo.tools import float_round

from odoo.addons.producer_cooperative.tools.units import from_units


class CoopSettlement(models.Model):
    """The commission as an invoice with tax, where the cooperative is registered for VAT and charges it.

    The invoice bears a tax number of its own and is paid by the settlement. Without a tax on the commission it stays a
    line of the bill.
    """
    _inherit = 'coop.settlement'

    # === BUSINESS METHODS === #

    def _get_commission_tax(self, rows):
        """Return the tax on the commission of these rows, in the company's currency; what the price includes is none.

        Commission and tax together come to the company's rounding unit, as the invoice does.

        :param rows: :class:`DueRow` of the member.
        """
        self.ensure_one()
        # sudo: the tax of the company is applied, not shown
        tax = self.company_id.sudo().coop_commission_tax_id
        if not tax:
            return 0.0
        Account = self.env['account.account'].sudo()  # sudo: only what kind of account it is
        units = sum(
            row.commission for row in rows if Account.browse(row.key.account).internal_group != 'income'
        )
        commission = float(from_units(units, self.currency_id.rounding))
        total = self._get_total_with_tax(commission)
        if self._is_total_rounded(commission):
            total = float_round(total, precision_rounding=self.company_id.coop_rounding_unit)
        return self.currency_id.round(total - commission)

    def _get_total_with_tax(self, commission):
        self.ensure_one()
        # sudo: see _get_commission_tax
        tax = self.company_id.sudo().coop_commission_tax_id
        return tax.compute_all(commission, currency=self.currency_id, partner=self.partner_id)['total_included']

    def _is_total_rounded(self, commission):
        """Whether a commission is charged in whole rounding units of the company: where a tax comes on top of it."""
        self.ensure_one()
        on_top = self.currency_id.compare_amounts(self._get_total_with_tax(commission), commission)
        return bool(on_top) and self.company_id._coop_get_rounding_step() > 1

    def _is_commission_invoiced(self):
        """Whether the commission is invoiced with tax, and not a line of the bill."""
        self.ensure_one()
        # sudo: see _get_commission_tax
        taxed = bool(self.company_id.sudo().coop_commission_tax_id)
        return taxed and not self.currency_id.is_zero(self._get_agent_commission())

    def _is_commission_given_back(self):
        """Whether taxed commission would have to be given back: that waits for sales that outweigh it."""
        self.ensure_one()
        return self._is_commission_invoiced() and self._get_agent_commission() < 0

    def _prepare_commission_invoice_values(self):
        """Return the invoice of the commission: Dr the member's receivable / Cr commission / Cr output VAT.

        Where sen of the tax are rounded, the tax takes the difference: a member is charged whole rupiah.
        """
        self.ensure_one()
        commission = self._get_agent_commission()
        rounding = self.env['account.cash.rounding']
        if self._is_total_rounded(commission):
            rounding = self.company_id._coop_get_tax_rounding()
        return {
            'move_type': 'out_invoice',
            'journal_id': self._get_commission_journal().id,
            'company_id': self.company_id.id,
            'currency_id': self.currency_id.id,
            'partner_id': self.partner_id.id,
            'invoice_date': self.date,
            'date': self.date,
            'ref': self.name,
            'invoice_payment_term_id': False,
            'fiscal_position_id': False,
            'invoice_cash_rounding_id': rounding.id,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'invoice_line_ids': [Command.create({
                'name': self.env._("Commission on goods sold: %s", self.name),
                'account_id': self.company_id._get_coop_account('commission').id,
                'quantity': 1.0,
                'price_unit': commission,
                'tax_ids': [Command.set(self.company_id.coop_commission_tax_id.ids)],
            })],
        }

    def _get_commission_journal(self):
        """Return the journal of the commission's invoices: the company's first sales journal unless one was chosen.

        :raises RedirectWarning: when the company has no sales journal.
        """
        self.ensure_one()
        company = self.company_id
        journal = company.coop_commission_journal_id or self.env['account.journal'].search([
            *self.env['account.journal']._check_company_domain(company), ('type', '=', 'sale'),
        ], limit=1)
        if not journal:
            company._raise_set_up_needed(
                self.env._("%s has no sales journal for the invoices of the commission yet.", company.name),
            )
        return journal
