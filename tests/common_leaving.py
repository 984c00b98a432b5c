from odoo import Command, fields

from odoo.addons.producer_cooperative.tests.common import CoopCommon


class LeavingCommon(CoopCommon):
    """Siti, who saved Rp 100,000 principal and Rp 10,000 mandatory savings, owes something or not, and leaves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_member("Siti")
        cls.capital = cls._account('former_member')
        cls.receivable = cls.siti.partner_id.property_account_receivable_id
        cls.income = cls._find_account('income')
        cls.expense = cls._find_account('expense')
        cls.today = fields.Date.context_today(cls.siti)
        cls.cash = cls.cash_journal.default_account_id

    # === FIXTURES === #

    @classmethod
    def _find_account(cls, account_type):
        return cls.env['account.account'].search([
            *cls.env['account.account']._check_company_domain(cls.company), ('account_type', '=', account_type),
        ], limit=1)

    @classmethod
    def _invoice(cls, partner, amount, move_type='out_invoice', date='2026-02-01', due=None):
        """Return a posted, untaxed invoice, bill or credit note."""
        account = cls.income if move_type.startswith('out') else cls.expense
        move = cls.env['account.move'].create({
            'move_type': move_type, 'partner_id': partner.id, 'invoice_date': date, 'date': date,
            'invoice_date_due': due or date, 'invoice_payment_term_id': False,
            'invoice_line_ids': [Command.create({
                'name': "Goods", 'quantity': 1, 'price_unit': amount, 'account_id': account.id,
                'tax_ids': [Command.clear()],
            })],
        })
        move.action_post()
        return move

    @classmethod
    def _leave(cls, member=None, reason='resigned', date='2026-03-10', **values):
        """Return a draft leaving."""
        return cls.env['coop.leaving'].create({
            'membership_id': (member or cls.siti).id, 'reason': reason, 'date': date, **values,
        })

    @classmethod
    def _approve(cls, member=None, **values):
        leaving = cls._leave(member, **values)
        leaving.with_user(cls.manager).action_approve()
        return leaving

    @classmethod
    def _post(cls, member=None, **values):
        leaving = cls._approve(member, **values)
        leaving.with_user(cls.accountant).action_post()
        return leaving

    @classmethod
    def _heirs(cls, **shares):
        """Return the values of heirs, e.g. ``_heirs(Ani='1/2', Budi='50')``."""
        return {'reason': 'deceased', 'heir_ids': [
            Command.create({'partner_id': cls._partner(name).id, 'share': share, 'sequence': sequence})
            for sequence, (name, share) in enumerate(shares.items())
        ]}

    @classmethod
    def _partner(cls, name):
        return cls.env['res.partner'].search([('name', '=', name)], limit=1) or cls.env['res.partner'].create({
            'name': name,
        })

    @classmethod
    def _pay(cls, leaving, amount=None, journal=None, user=None):
        """Pay what is open through Odoo's own form; return the payments."""
        action = leaving.with_user(user or cls.accountant).action_register_payment()
        wizard = cls.env['account.payment.register'].with_user(user or cls.accountant).with_context(
            **action['context'],
        ).create({'journal_id': (journal or cls.cash_journal).id})
        if amount is not None:
            wizard.amount = amount
        return wizard._create_payments()

    # === READING === #

    def _own_entries(self, leaving):
        """Return the entries of a leaving in the order in which they were made."""
        return leaving._get_entries()

    def _savings(self, member=None):
        member = member or self.siti
        return sum(member._get_savings_balances()[member].values())
