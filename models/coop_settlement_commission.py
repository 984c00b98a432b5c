from odoo import models
from odoo.fields import Command

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
        included = tax.compute_all(commission, currency=self.currency_id, partner=self.partner_id)['total_included']
        return self.currency_id.round(included - commission)

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
        """Return the invoice of the commission: Dr the member's receivable / Cr commission / Cr output VAT."""
        self.ensure_one()
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
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'invoice_line_ids': [Command.create({
                'name': self.env._("Commission on goods sold: %s", self.name),
                'account_id': self.company_id._get_coop_account('commission').id,
                'quantity': 1.0,
                'price_unit': self._get_agent_commission(),
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
