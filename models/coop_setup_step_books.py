from collections import defaultdict

from odoo import models
from odoo.fields import Command
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.models.res_company import _unlink_unless_referenced
from odoo.addons.producer_cooperative.models.res_company_identity import IDENTITY_FIELDS

#: What many small cooperatives ask, in rupiah: once, and every month. The meeting's own amounts take their place.
AMOUNTS = {'principal_amount': 100_000, 'mandatory_amount': 20_000}


class CoopSetupStep(models.Model):
    """The steps that concern the books: accounts, VAT, payments and the amounts of savings."""
    _inherit = 'coop.setup.step'

    # === THE COOPERATIVE ITSELF === #

    def _get_status_identity(self, company):
        # sudo: it stands on every paper
        return company.sudo().coop_legal_number and " – ".join(company._coop_get_heading())

    def _get_refusal_identity(self, company):
        return ""

    def _take_identity(self, company):
        return self._open_setup('identity')

    def _undo_identity(self, company, before):
        # sudo: who undoes it was checked
        company.sudo().write({name: before.get(name, False) for name in IDENTITY_FIELDS})

    # === ACCOUNTS === #

    def _get_status_accounts(self, company):
        mappings = company.sudo().coop_account_ids  # sudo: how many accounts there are is no secret
        if not mappings or not all(mapping.account_id for mapping in mappings):
            return ""
        if not company.sudo().coop_journal_id:
            return ""
        number = len(mappings)
        status = self.env._("%s accounts, and the cooperative's journals, stand in the chart of accounts.", number)
        if company.currency_id.name == 'IDR':
            return status
        return " ".join((status, self.env._(
            "They are kept in %s: where that is wrong, choose rupiah in Settings, Companies, before the first entry.",
            company.currency_id.name,
        )))

    def _get_refusal_accounts(self, company):
        accounts = company.sudo().coop_account_ids.account_id
        # sudo: whether anything is booked, or built, on the accounts
        item = self.env['account.move.line'].sudo().search([('account_id', 'in', accounts.ids)], limit=1)
        if item:
            return self.env._(
                "Something is booked on %s: the accounts stay. Which account serves what can still be changed here.",
                item.account_id.display_name,
            )
        rule = self.env['coop.shu.rule'].sudo().search([('company_id', '=', company.id)], limit=1)
        return self.env._("The rule %s rests on these accounts. Undo it first.", rule.name) if rule else ""

    def _take_accounts(self, company):
        return self._open_setup('accounts')

    def _undo_accounts(self, company, before):
        company.sudo()._coop_remove_unused_accounts()  # sudo: who undoes it was checked; only what nothing rests on

    # === VAT === #

    def _get_status_vat(self, company):
        return dict(company._fields['coop_vat_status']._description_selection(self.env)).get(
            company.sudo().coop_vat_status, "",  # sudo: an answer that stands on every invoice
        )

    def _get_refusal_vat(self, company):
        # sudo: whether there is an invoice, not what it says
        invoice = self.env['account.move'].sudo().search([
            ('company_id', '=', company.id), ('state', '=', 'posted'), ('move_type', '!=', 'entry'),
        ], limit=1)
        return self.env._(
            "%s is posted by this answer. When the registration changes, answer anew here: it holds for what comes.",
            invoice.name,
        ) if invoice else ""

    def _take_vat(self, company):
        return self._open_setup('vat', **({} if company.sudo().coop_vat_status else {'vat_status': 'not_registered'}))

    def _undo_vat(self, company, before):
        # sudo: who undoes it was checked; what stood there before is put back
        company.sudo().write({
            'coop_vat_status': before.get('vat_status', False),
            **{name: before[name] for name in ('account_sale_tax_id', 'account_purchase_tax_id') if name in before},
        })
        # sudo: as above, on the products that lost them
        Product, Tax = self.env['product.template'].sudo(), self.env['account.tax'].sudo()
        products_by_taxes = defaultdict(list)
        for product_id, taxes in before.get('products', {}).items():
            for name, tax_ids in taxes.items():
                products_by_taxes[name, tuple(tax_ids)].append(int(product_id))
        for (name, tax_ids), product_ids in products_by_taxes.items():
            taxes = Tax.browse(tax_ids).exists()
            Product.browse(product_ids).exists().write({name: [Command.link(tax.id) for tax in taxes]})

    # === PAYMENTS === #

    def _get_status_payments(self, company):
        cashiers = company._coop_get_payment_journals().coop_cashier_ids
        return self.env._("Cashiers: %s", ", ".join(cashiers.mapped('name'))) if cashiers else ""

    def _get_refusal_payments(self, company):
        # sudo: whether anything is booked, not what
        entry = self.env['account.move'].sudo().search([
            ('journal_id', 'in', company._coop_get_payment_journals().ids), ('state', '=', 'posted'),
        ], limit=1)
        return self.env._(
            "%s is booked in cash or bank already. Name other cashiers here at any time.", entry.name,
        ) if entry else ""

    def _take_payments(self, company):
        return self._open_setup('payments')

    def _undo_payments(self, company, before):
        journals = company._coop_get_payment_journals()
        for journal in journals:
            journal.coop_cashier_ids = [Command.set(before.get('cashiers', {}).get(str(journal.id), []))]
        lines = journals.inbound_payment_method_line_ids | journals.outbound_payment_method_line_ids
        for line in lines.filtered(lambda line: str(line.id) in before.get('accounts', {})):
            line.payment_account_id = before['accounts'][str(line.id)]
        for journal in journals.filtered(lambda journal: journal.id in before.get('journals', [])):
            _unlink_unless_referenced(journal)

    # === AMOUNTS OF SAVINGS === #

    def _get_savings_types(self, company):
        return self.env['coop.savings.type'].sudo().search([  # sudo: amounts of savings are no secret
            ('company_id', '=', company.id), ('kind', 'in', ('principal', 'mandatory')),
        ])

    def _get_status_savings(self, company):
        types = self._get_savings_types(company)
        if not types or not all(savings_type.rate_ids for savings_type in types):
            return ""
        return ", ".join(
            f"{savings_type.name}: {format_amount(self.env, savings_type.amount, company.currency_id)}"
            for savings_type in types
        )

    def _get_refusal_savings(self, company):
        # sudo: whether anything is booked, not what
        item = self.env['account.move.line'].sudo().search([
            ('account_id', 'in', self._get_savings_types(company).account_id.ids), ('parent_state', '=', 'posted'),
        ], limit=1)
        return self.env._(
            "%s is booked on these savings. What the meeting sets anew is entered here with the day it begins.",
            item.move_id.name,
        ) if item else ""

    def _take_savings(self, company):
        proposes = company.currency_id.name == 'IDR' and not self._get_savings_types(company).rate_ids
        return self._open_setup('savings', **(AMOUNTS if proposes else {}))

    def _undo_savings(self, company, before):
        for savings_type in self._get_savings_types(company):
            savings_type.rate_ids.unlink()
            savings_type.rate_ids = [
                Command.create({'date_from': day, 'amount': amount})
                for day, amount in before.get('rates', {}).get(str(savings_type.id), [])
            ]
