from odoo import Command, fields

from odoo.addons.producer_cooperative.tests.common import CoopCommon

YEAR = ('2024-01-01', '2024-12-31')
MEETING = '2025-02-20'


class ShuCommon(CoopCommon):
    """A cooperative whose year 2024 is over: members from an existing register, results booked by plain entries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.income, cls.expense, cls.unaffected = (
            cls.env['account.account'].search([
                *cls.env['account.account']._check_company_domain(cls.company), ('account_type', '=', account_type),
            ], limit=1)
            for account_type in ('income', 'expense', 'equity_unaffected')
        )
        cls.cash = cls.cash_journal.default_account_id
        cls.shu, cls.reserve, cls.payable = (cls._account(key) for key in ('shu', 'reserve', 'shu_payable'))
        cls.produce = cls.env['product.product'].create({'name': "Produce", 'type': 'consu'})
        cls.miscellaneous = cls._find_journal('general')

    # === FIXTURES === #

    @classmethod
    def _create_registered(cls, name, number, capital=0, joined='2020-01-01', paid=None, **values):
        """Return a member of an existing register whose ``capital`` was booked on mandatory savings when joining."""
        member = cls.env['coop.membership'].create({
            'partner_id': cls.env['res.partner'].create({'name': name}).id, 'number': number, 'date_joined': joined,
            **values,
        })
        if capital:
            cls._book(paid or joined, [
                (cls.cash, None, capital), (cls.mandatory.account_id, member.partner_id, -capital),
            ])
        return member

    @classmethod
    def _book(cls, date, items):
        """Return a posted plain entry with ``(account, partner or None, balance)`` lines."""
        move = cls.env['account.move'].create({
            'journal_id': cls.miscellaneous.id, 'date': date,
            'line_ids': [
                Command.create({'account_id': account.id, 'partner_id': partner and partner.id, 'balance': balance})
                for account, partner, balance in items
            ],
        })
        move._post(soft=False)
        return move

    @classmethod
    def _book_result(cls, amount, date='2024-06-30'):
        """Book income, or an expense for a negative amount, against cash."""
        account = cls.income if amount > 0 else cls.expense
        return cls._book(date, [(cls.cash, None, amount), (account, None, -amount)])

    @classmethod
    def _invoice(cls, member, amount, move_type='out_invoice', date='2024-03-15', post=True):
        """Return an untaxed invoice, bill or refund of the member."""
        is_sale = move_type.startswith('out')
        account, product = (cls.income, None) if is_sale else (cls.expense, cls.produce)
        move = cls.env['account.move'].create({
            'move_type': move_type, 'partner_id': member.partner_id.id, 'invoice_date': date, 'date': date,
            'invoice_line_ids': [Command.create({
                'name': "Goods", 'quantity': 1, 'price_unit': amount, 'account_id': account.id,
                'product_id': product and product.id, 'tax_ids': [Command.clear()],
            })],
        })
        if post:
            move.action_post()
        return move

    @classmethod
    def _create_rule(cls, *shares, **values):
        """Return a rule; shares are ``(kind, percent)`` or ``(kind, percent, base or fund)``."""
        return cls.env['coop.shu.rule'].create({
            'name': "Bylaws", 'date_from': '2000-01-01',
            'share_ids': [
                Command.create({
                    'sequence': sequence, 'kind': kind, 'percent': percent,
                    **({{'patronage': 'base', 'fund': 'fund'}[kind]: detail[0]} if detail else {}),
                })
                for sequence, (kind, percent, *detail) in enumerate(shares)
            ],
            **values,
        })

    @classmethod
    def _create_allocation(cls, surplus=None, period=YEAR):
        """Return a draft allocation; with ``surplus``, the rest of it is booked as plain income or expense."""
        allocation = cls.env['coop.shu.allocation'].create({'date_from': period[0], 'date_to': period[1]})
        if surplus is not None:
            missing = surplus - allocation._get_ledger_surplus()
            if missing:
                cls._book_result(missing, date=period[1])
        return allocation

    @classmethod
    def _compute(cls, surplus=None, period=YEAR):
        """Return an allocation that the accountant computed."""
        allocation = cls._create_allocation(surplus, period)
        allocation.with_user(cls.accountant).action_compute()
        return allocation

    @classmethod
    def _approve(cls, allocation, date=MEETING):
        """Let the manager note the meeting's approval."""
        allocation.with_user(cls.manager).write({'meeting_date': date, 'meeting_number': '01/RAT/2025'})
        allocation.with_user(cls.manager).action_approve()
        return allocation

    @classmethod
    def _post(cls, surplus=None, period=YEAR, date=MEETING):
        """Return an allocation that went all the way to its entries."""
        allocation = cls._approve(cls._compute(surplus, period), date)
        allocation.with_user(cls.accountant).action_post()
        return allocation

    @classmethod
    def _draft_payout(cls, allocation, method='cash', user=None, **values):
        """Return an empty payout of ``allocation`` by the way of payment ``method``."""
        journals = {'cash': cls.cash_journal, 'bank': cls.bank_journal}
        by_method = {'journal_id': journals[method].id} if method in journals else {'way': method}
        return cls.env['coop.payout'].with_user(user or cls.accountant).create({
            'shu_allocation_id': allocation.id, 'date': fields.Date.to_date('2025-03-01'), **by_method, **values,
        })

    @classmethod
    def _fill_payout(cls, allocation, method='cash', user=None, **values):
        """Return a draft payout to everybody who chose ``method`` and is still owed something."""
        payout = cls._draft_payout(allocation, method, user, **values)
        payout.action_fill()
        return payout

    @classmethod
    def _pay(cls, allocation, method='cash', **values):
        """Return a posted payout to everybody who chose ``method`` and is still owed something."""
        payout = cls._fill_payout(allocation, method, **values)
        payout.action_post()
        return payout

    # === READING === #

    def _parts(self, allocation):
        """Return ``{member's name: SHU}``."""
        return {line.partner_id.name: line.amount_total for line in allocation.member_line_ids}

    def _shares(self, allocation):
        """Return the amounts of the shares in their order."""
        return allocation.share_ids.mapped('amount_booked')

    def _line(self, allocation, member):
        return allocation.member_line_ids.filtered(lambda line: line.membership_id == member)

    def _ledger(self):
        """Return ``{(account, partner): balance}`` of everything posted."""
        groups = self.env['account.move.line']._read_group(
            [('parent_state', '=', 'posted'), ('company_id', '=', self.company.id)], ['account_id', 'partner_id'],
            ['balance:sum'],
        )
        return {(account, partner): round(balance, 2) for account, partner, balance in groups if round(balance, 2)}
