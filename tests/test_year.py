from datetime import date
from fractions import Fraction

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged


@tagged('post_install', '-at_install')
class TestYear(TransactionCase):
    """The demo cooperative's year, walked through real documents and read back from the ledger and the stock.

    The figures are worked out by hand from what the demo says: 24 members, Rp 100,000 principal savings and Rp 20,000 a
    month; 94 sacks at 141,000 with 4 % margin and 470,000 freight; 12,000 kg at 6,800 and 36 - 2 batik at 425,000.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env['res.company'].create({'name': "Koperasi Tahun", 'country_id': cls.env.ref('base.id').id})
        cls.env.user.write({'company_ids': [Command.link(cls.company.id)], 'company_id': cls.company.id})
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=cls.company.ids))
        cls.company = cls.company.with_env(cls.env)
        cls.year = fields.Date.today().year - 1
        cls.year_end = date(cls.year, 12, 31)
        cls.env['coop.demo'].load_cooperative()
        cls.members = cls.env['coop.membership'].search([
            ('company_id', '=', cls.company.id), ('state', '=', 'active'),
        ])
        cls.allocation = cls.env['coop.shu.allocation'].search([('company_id', '=', cls.company.id)])

    def _trial_balance(self, until=None):
        domain = [('company_id', '=', self.company.id), ('parent_state', '=', 'posted')]
        if until:
            domain.append(('date', '<=', until))
        groups = self.env['account.move.line']._read_group(domain, ['account_id'], ['balance:sum'])
        return {account.code: round(balance, 2) for account, balance in groups if round(balance, 2)}

    def _member(self, name):
        return self.members.filtered(lambda member: member.partner_id.name == name)

    def _balance(self, key, partner=None):
        domain = [
            ('company_id', '=', self.company.id), ('parent_state', '=', 'posted'),
            ('account_id', '=', self.company._get_coop_account(key).id),
        ]
        if partner:
            domain.append(('partner_id', '=', partner.id))
        return sum(self.env['account.move.line'].search(domain).mapped('balance'))

    # === THE LEDGER === #

    def test_trial_balance_at_year_end(self):
        # Savings: 24 x 100,000; mandatory 16 x 12 + 2 x 11 + 2 x 10 + 9 + 8 + 2 x 7 = 265 months x 20,000.
        # Pool: goods 94 x 141,000 = 13,254,000; margin 4 % = 530,160, charged as 530,200 in hundreds; freight 470,000.
        # Commission: 5 % of 81,600,000 + 12 % of 14,450,000 = 4,080,000 + 1,734,000.
        # Hadi Pranoto brings no goods and still owes his 8 sacks.
        self.assertEqual(self._trial_balance(self.year_end), {
            '11110001': 14_437_700,  # cash: savings 10,950,000 + pool paid in cash 3,487,700
            '11120001': 41_763_400,  # bank
            '11220010': 1_213_100,  # members' pooled goods receivable
            '28120010': -3_250_000,  # voluntary savings
            '31110010': -2_400_000,  # principal savings
            '31110020': -5_300_000,  # mandatory savings
            '31120010': -40_000_000,  # grant
            '31520010': -6_464_200,  # SHU not yet distributed
            '41000010': -18_754_200,  # pool 14,254,200 + tractor hire 4,500,000
            '43000010': -5_814_000,  # commission
            '51000010': 13_254_000,  # fertilizer
            '61100010': 3_000_000,
            '63110080': 780_000,
            '65110090': 470_000,
            '68000010': 600_000,
            self.company.get_unaffected_earnings_account().code: 6_464_200,
        })

    def test_cash_and_bank_are_what_came_in_less_what_went_out(self):
        savings = 3_250_000 + 2_400_000 + 5_300_000
        paid_in_cash = sum(self.env['coop.pool.charge'].search([
            ('company_id', '=', self.company.id),
            ('membership_id.partner_id.name', 'in', ("Sumiati", "Joko Susilo", "Mulyono")),
        ]).mapped('amount_total'))
        balance = self._trial_balance(self.year_end)
        self.assertEqual(balance['11110001'], savings + paid_in_cash)
        settlements = self.env['coop.settlement'].search([('company_id', '=', self.company.id)])
        sold = 96_050_000 + 4_500_000
        paid = 13_254_000 + 470_000 + 3_000_000 + 780_000 + 600_000 + sum(settlements.mapped('amount_payable'))
        self.assertEqual(balance['11120001'], 40_000_000 + sold - paid)

    def test_clearing_and_shu_accounts_end_at_zero(self):
        for key in ('clearing', 'shu', 'shu_payable', 'proceeds'):
            self.assertEqual(self._balance(key), 0, key)
        explained = self.company._coop_get_clearing_reconciliation(self.year_end)
        self.assertEqual(
            (explained['invoiced'], explained['settled'], explained['difference']), (96_050_000, 96_050_000, 0),
        )

    def test_every_entry_balances_and_is_posted(self):
        moves = self.env['account.move'].search([('company_id', '=', self.company.id)])
        self.assertEqual(set(moves.mapped('state')), {'posted'})
        for move in moves:
            self.assertEqual(round(sum(move.line_ids.mapped('balance')), 2), 0, move.name)

    # === THE MEMBERS === #

    def test_orders_and_invoices_are_in_rupiah(self):
        domain = [('company_id', '=', self.company.id)]
        orders, moves = self.env['sale.order'].search(domain), self.env['account.move'].search(domain)
        self.assertTrue(orders)
        self.assertEqual((orders.currency_id | moves.currency_id).mapped('name'), ["IDR"])

    def test_every_member_has_the_savings_that_were_paid_in(self):
        self.assertEqual(len(self.members), 24)
        balances = self.members._get_savings_balances(date=self.year_end)
        for member, by_type in balances.items():
            saved = {savings_type.kind: amount for savings_type, amount in by_type.items()}
            months = 13 - member.date_joined.month
            self.assertEqual(
                (saved['principal'], saved['mandatory']), (100_000, 20_000 * months), member.display_name,
            )
        self.assertEqual(sum(
            amount for by_type in balances.values() for kind, amount in by_type.items() if kind.kind == 'voluntary'
        ), 3_250_000)

    def test_pool_charged_everything_and_debts_were_set_off_or_paid(self):
        charges = self.env['coop.pool.charge'].search([('company_id', '=', self.company.id)])
        # 94 sacks for wishes of 96 (and 4 more): goods, margin and freight to the rupiah
        self.assertEqual(sum(charges.mapped('amount_total')), 13_254_000 + 530_200 + 470_000)
        self.assertEqual(sum(charges.pool_id.allocation_ids.mapped('quantity')), 94)
        order_line = charges.pool_id.purchase_order_ids.order_line
        self.assertEqual((len(order_line), order_line.product_qty, order_line.price_unit), (1, 100, 141_000))
        for charge in charges:
            partner = charge.membership_id.partner_id
            owed = charge.amount_total if partner.name == "Hadi Pranoto" else 0
            self.assertEqual(self._balance('member_receivable', partner), owed, partner.name)

    def test_settlements_pay_what_was_sold_less_commission_and_debts(self):
        settlement = self.env['coop.settlement'].search([('membership_id', '=', self._member("Siti Aminah").id)])
        # 1,240 - 12 - 28 = 1,200 kg at 6,800; 5 % commission; her 8 sacks set off
        self.assertEqual(
            (settlement.amount_gross, settlement.amount_commission), (8_160_000, 408_000),
        )
        self.assertEqual(
            (settlement.amount_set_off, settlement.amount_payable), (1_213_100, 6_538_900),
        )
        self.assertEqual(settlement.payment_state, 'paid')
        # Endang brought 8 pieces, all were sold, 2 came back to her: 6 at 425,000, 12 % commission
        settlement = self.env['coop.settlement'].search([('membership_id', '=', self._member("Endang Lestari").id)])
        self.assertEqual((settlement.amount_gross, settlement.amount_payable), (2_550_000, 2_244_000))

    def test_second_settlement_of_the_year_is_empty(self):
        self.assertFalse(self.env['coop.settlement']._get_due(self.company, date=self.year_end))

    # === THE STOCK === #

    def test_stock_of_each_owner(self):
        groups = self.env['stock.quant']._read_group(
            [('company_id', '=', self.company.id), ('location_id.usage', '=', 'internal')],
            ['product_id', 'owner_id'], ['quantity:sum'],
        )
        left = {(product.default_code, owner.name): quantity for product, owner, quantity in groups if quantity}
        # Paddy: 12,370 kg came, 12,000 were sold first in, first out. Batik: 40 came, 36 were sold, 2 came back.
        self.assertEqual(left, {
            ('GKG', "Kelompok Tani Sido Mulyo"): 370,
            ('BATIK', "Endang Lestari"): 2,
            ('BATIK', "Ratna Sari"): 4,
        })

    # === THE SURPLUS === #

    def test_surplus_comes_from_the_ledger_and_its_shares_add_up(self):
        # 18,754,200 + 5,814,000 - 13,254,000 - 3,000,000 - 780,000 - 470,000 - 600,000
        self.assertEqual(self.allocation.surplus, 6_464_200)
        self.assertEqual(self.allocation.difference, 0)
        # 40 / 15 / 10 / 15 / 5 / 5 / 5 / 5 per cent
        self.assertEqual(self.allocation.share_ids.mapped('amount_booked'), [
            2_585_680, 969_630, 646_420, 969_630, 323_210, 323_210, 323_210, 323_210,
        ])
        self.assertEqual(self.allocation.state, 'paid')

    def test_every_member_can_recompute_the_own_shu(self):
        capital_base, pool_base, sold_base = 7_700_000, 14_254_200, 96_050_000
        charges = {charge.membership_id: charge.amount_total for charge in self.env['coop.pool.charge'].search([
            ('company_id', '=', self.company.id),
        ])}
        sold = {settlement.membership_id: settlement.amount_gross for settlement in self.env['coop.settlement'].search([
            ('company_id', '=', self.company.id), ('date', '<=', self.year_end),
        ])}
        for line in self.allocation.member_line_ids:
            member = line.membership_id
            capital = 100_000 + 20_000 * (13 - member.date_joined.month)
            exact = (
                Fraction(969_630 * capital, capital_base)
                + Fraction(646_420 * round(charges.get(member, 0)), pool_base)
                + Fraction(969_630 * round(sold.get(member, 0)), sold_base)
            )
            # three pools, each rounded by less than one rupiah
            self.assertLess(abs(Fraction(round(line.amount_total)) - exact), 3, member.display_name)
            self.assertEqual(line.amount_residual, 0, member.display_name)
        self.assertEqual(sum(self.allocation.member_line_ids.mapped('amount_total')), 969_630 + 646_420 + 969_630)
        # Siti: 969,630 x 340,000 / 7,700,000 = 42,814.83 (largest remainder: 42,815);
        # 646,420 x 1,213,100 / 14,254,200 = 55,013.41 (55,013); 969,630 x 8,160,000 / 96,050,000 = 82,375.65 (82,376)
        siti = self.allocation.member_line_ids.filtered(lambda line: line.partner_id.name == "Siti Aminah")
        self.assertEqual(siti.part_ids.mapped('amount'), [42_815, 55_013, 82_376])

    # === A DAY AT THE COUNTER === #

    def _receipts(self):
        receipts = self.env['coop.counter.receipt'].search([('company_id', '=', self.company.id)], order='id')
        return receipts, receipts.filtered(lambda receipt: receipt.state == 'posted')

    def test_thirty_people_were_served_with_every_kind_of_business(self):
        receipts, posted = self._receipts()
        self.assertEqual(len(posted.membership_id), 30)
        self.assertEqual(receipts.mapped('state').count('cancelled'), 1)
        self.assertEqual(set(posted.line_ids.filtered('chosen').mapped('kind')), {
            'savings', 'invoice', 'payable', 'withdrawal', 'advance', 'advance_back', 'bill',
        })
        # without a gap, the void one among them
        numbers = [int(receipt.name.rsplit('/', 1)[1]) for receipt in receipts]
        self.assertEqual(numbers, list(range(1, len(receipts) + 1)))
        # who was set off by a consent on the receipt was seen by the chair
        set_off = posted.filtered('amount_set_off')
        self.assertEqual(set_off.approval_ids.mapped('state'), ['approved'] * 2)
        self.assertFalse(any(set_off.mapped('posted_alone')))

    def test_receipts_are_the_cash_movement_and_the_count_is_the_cash_book(self):
        receipts, posted = self._receipts()
        journal = posted.journal_id
        cash = journal.default_account_id
        moved = sum(
            sum(receipt._get_entries().line_ids.filtered(lambda item: item.account_id == cash).mapped('balance'))
            for receipt in receipts
        )
        self.assertEqual(moved, sum(posted.mapped('amount_net')))
        self.assertEqual(sum(posted.mapped('amount_in')) - sum(posted.mapped('amount_out')), moved)
        count = self.env['coop.cash.count'].search([('journal_id', '=', journal.id)], order='id DESC', limit=1)
        day = self.env['coop.cash.day'].search([('journal_id', '=', journal.id)], order='date DESC', limit=1)
        ledger = sum(self.env['account.move.line'].search([
            ('account_id', '=', cash.id), ('parent_state', '=', 'posted'), ('company_id', '=', self.company.id),
        ]).mapped('balance'))
        self.assertEqual((count.state, count.difference), ('done', 0))
        self.assertEqual((count.amount_counted, day.closing), (ledger, ledger))
        self.assertEqual(journal.coop_holder_id, posted.poster_id)

    def test_each_line_of_the_day_is_booked_under_its_member(self):
        _receipts, posted = self._receipts()
        cash = posted.journal_id.default_account_id
        for receipt in posted:
            items = receipt._get_entries().line_ids
            self.assertEqual(items.partner_id, receipt.membership_id.partner_id, receipt.name)
            others = items.filtered(lambda item: item.account_id != cash)
            paid = sum(
                line.amount_cash * (1 if line.direction == 'in' else -1)
                for line in receipt.line_ids.filtered('chosen')
            )
            self.assertEqual((-sum(others.mapped('balance')), paid), (receipt.amount_net, receipt.amount_net))

    def test_each_members_sheet_is_the_ledger(self):
        memberships = self.env['coop.membership'].search([('company_id', '=', self.company.id)])
        sheets = memberships._get_member_sheet(date(self.year, 1, 1), fields.Date.today())
        accounts = self.env['coop.savings.type'].search([('company_id', '=', self.company.id)]).account_id
        for key in ('pool_deposit', 'member_advance'):
            accounts |= self.company._get_coop_account(key)
        for membership, sheet in sheets.items():
            items = self.env['account.move.line'].search([
                ('company_id', '=', self.company.id), ('parent_state', '=', 'posted'),
                ('partner_id', '=', membership.partner_id.id),
            ]).filtered(lambda item: item.account_id in accounts or item.account_type in (
                'asset_receivable', 'liability_payable',
            ))
            self.assertAlmostEqual(
                sum(sheet.closing.values()), -sum(items.mapped('balance')), msg=membership.display_name,
            )

    def test_void_receipt_leaves_no_trace_in_balances_and_stays_on_paper(self):
        receipts, posted = self._receipts()
        void = receipts - posted
        by_account = {}
        for item in void._get_entries().line_ids:
            key = item.account_id, item.partner_id
            by_account[key] = by_account.get(key, 0) + item.balance
        self.assertTrue(by_account)
        self.assertEqual(set(by_account.values()), {0})
        self.assertTrue(void.name and void.cancel_reason)
        html = self.env['ir.actions.report']._render_qweb_html(
            'producer_cooperative.report_coop_counter_receipt_half', void.ids,
        )[0].decode()
        self.assertIn(void.cancel_reason, html)
        self.assertIn(void.name, html)

    # === THE LOADER === #

    def test_demo_is_loaded_into_an_empty_company_only(self):
        entries = self.env['account.move'].search_count([('company_id', '=', self.company.id)])
        with self.assertRaisesRegex(UserError, "into an empty company only"):
            self.env['coop.demo'].load_cooperative()
        self.assertEqual(self.env['account.move'].search_count([('company_id', '=', self.company.id)]), entries)

    def test_every_role_has_a_login(self):
        logins = [login for _role, login, _password in self.env['coop.demo'].logins()]
        users = self.env['res.users'].search([('login', 'in', logins), ('company_id', '=', self.company.id)])
        self.assertCountEqual(users.mapped('login'), logins)
        member = users.filtered(lambda user: user.login == 'anggota')
        self.assertTrue(member.share)
        self.assertEqual(member.partner_id, self._member("Siti Aminah").partner_id)
