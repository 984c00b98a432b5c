from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.test_pool_money_correction import PoolMoneyCommon


@tagged('post_install', '-at_install')
class TestPoolMoneyDeposit(PoolMoneyCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env.user)
        cls.cash = cls.cash_journal.default_account_id
        cls.liability = cls._account('pool_deposit')
        cls.receivable = cls._account('member_receivable')

    def _closed(self, **values):
        pool = self._seed_pool(**{'deposit_kind': 'percent', 'deposit_percent': 50, **values})
        pool.action_close()
        pool.with_user(self.officer).action_request_deposits()
        return pool

    def _deposit(self, pool, member):
        return pool.deposit_ids.filtered(lambda deposit: deposit.membership_id == member)

    def _pay(self, deposits, user=None):
        deposits.write({'journal_id': self.cash_journal.id, 'date': self.today})
        deposits.with_user(user or self.cashier).action_pay()
        return deposits

    def _finish(self, pool, received=7):
        pool.action_order()
        pool.purchase_order_ids.button_confirm()
        self._receive(pool.purchase_order_ids.picking_ids, received)
        pool.action_distribute()
        return self._invoiced(pool)

    # === REQUESTING === #

    def test_deposits_are_half_of_what_the_goods_are_expected_to_cost(self):
        pool = self._closed()
        # 4, 2, 1 at 143: 286, 143, 71.5 -> 72
        self.assertEqual([self._deposit(pool, member).amount for member in (self.siti, self.budi, self.ani)],
                         [286, 143, 72])
        with self.assertRefused("Everybody was asked"):
            pool.action_request_deposits()

    def test_fixed_deposit_per_unit(self):
        pool = self._seed_pool(deposit_kind='fixed')
        pool.line_ids.deposit_per_unit = 20
        pool.action_close()
        pool.action_request_deposits()
        self.assertEqual(sorted(pool.deposit_ids.mapped('amount')), [20, 40, 80])

    def test_deposits_are_requested_between_closing_and_ordering(self):
        pool = self._seed_pool(deposit_kind='percent', deposit_percent=50)
        with self.assertRefused("when .* is closed and not ordered yet"):
            pool.action_request_deposits()
        pool.deposit_kind = 'none'
        with self.assertRefused("takes no deposit"):
            pool.action_request_deposits()

    def test_member_whose_deposit_was_paid_back_is_asked_anew(self):
        pool = self._closed()
        deposit = self._pay(self._deposit(pool, self.siti))
        requests = pool.request_ids.filtered(lambda request: request.membership_id == self.siti)
        requests.with_user(self.manager)._withdraw("Ill")
        deposit._refund(deposit.date, journal=self.cash_journal)
        pool.action_reopen()
        self._request(pool, {self.siti: 4})
        pool.action_close()
        pool.with_user(self.officer).action_request_deposits()
        self.assertEqual(
            self._deposit(pool, self.siti).sorted('id').mapped(lambda deposit: (deposit.state, deposit.amount)),
            [('settled', 286), ('requested', 286)],
        )

    def test_deposit_that_was_entered_by_hand_is_not_asked_for_again(self):
        pool = self._seed_pool(deposit_kind='percent', deposit_percent=50)
        pool.action_close()
        self.env['coop.pool.deposit'].with_user(self.officer).create({
            'pool_id': pool.id, 'membership_id': self.siti.id, 'amount': 286,
        })
        pool.action_request_deposits()
        self.assertEqual([len(self._deposit(pool, member)) for member in (self.siti, self.budi, self.ani)], [1, 1, 1])

    # === PAYING === #

    def test_cashier_takes_a_deposit(self):
        pool = self._closed()
        deposit = self._pay(self._deposit(pool, self.siti))
        self.assertRegex(deposit.name, rf'^UMP/{self.today.year}/')
        self.assertEntry(deposit.move_id, [
            (self.cash, self.siti.partner_id, 286), (self.liability, self.siti.partner_id, -286),
        ])
        self.assertEqual((deposit.amount_left, pool.amount_deposit_held), (286, 286))
        with self.assertRefused("UMP/.* was paid already"):
            deposit.with_user(self.cashier).action_pay()
        with self.assertRefused("is not changed"):
            deposit.amount = 1
        with self.assertRefused("belongs to .* and is undone only there"):
            deposit.move_id.button_draft()

    def test_deposit_is_taken_on_own_journals_only(self):
        deposit = self._deposit(self._closed(), self.siti)
        deposit.journal_id = self.bank_journal
        with self.assertRefused("may not post on"):
            deposit.with_user(self.cashier).action_pay()
        with self.assertRefused("may not post on"):
            deposit.with_user(self.officer).action_pay()
        for user in (self.supervisor, self.warehouse_user):
            with self.assertRefused("", AccessError):
                deposit.with_user(user).action_pay()
        deposit.with_user(self.accountant).action_pay()
        self.assertEqual(deposit.state, 'paid')

    def test_cashier_takes_no_deposit_of_a_day_that_is_over(self):
        deposit = self._deposit(self._closed(), self.siti)
        deposit.write({'journal_id': self.cash_journal.id, 'date': fields.Date.subtract(self.today, days=1)})
        with self.assertRefused("Cashiers date payments .* or later"):
            deposit.with_user(self.cashier).action_pay()
        deposit.with_user(self.accountant).action_pay()
        self.assertEqual(deposit.move_id.date, fields.Date.subtract(self.today, days=1))

    def test_deposit_is_not_taken_in_the_future_or_in_a_closed_period(self):
        deposit = self._deposit(self._closed(), self.siti)
        deposit.write({'journal_id': self.cash_journal.id, 'date': fields.Date.add(self.today, days=1)})
        with self.assertRefused("is in the future. Post it on the day"):
            deposit.with_user(self.accountant).action_pay()
        deposit.date = self.today
        self.company.fiscalyear_lock_date = self.today
        with self.assertRefused("The books are closed up to"):
            deposit.with_user(self.accountant).action_pay()
        self.assertEqual(deposit.state, 'requested')

    def test_deposit_is_taken_only_of_members_who_take_part(self):
        pool, other = self._closed(), self._create_member("Wati")
        values = {'pool_id': pool.id, 'membership_id': other.id, 'amount': 77, 'journal_id': self.cash_journal.id}
        with self.assertRefused("Wati asks for nothing in"):
            self.env['coop.pool.deposit'].with_user(self.cashier).create(values)
        deposit = self._deposit(pool, self.siti)
        pool.request_ids.filtered(lambda request: request.membership_id == self.siti)._withdraw("Ill")
        with self.assertRefused("Siti asks for nothing in"):
            self._pay(deposit)

    def test_deposit_is_cancelled_by_reversal(self):
        deposit = self._pay(self._deposit(self._closed(), self.siti), user=self.accountant)
        deposit.with_user(self.accountant)._cancel_with_reason("Counted wrongly")
        self.assertEntry(deposit.reversal_move_id, [
            (self.cash, self.siti.partner_id, -286), (self.liability, self.siti.partner_id, 286),
        ])
        self.assertEqual((deposit.state, deposit.amount_left, self._balance(self.liability)), ('cancelled', 0, 0))

    def test_nobody_forges_a_deposit(self):
        deposit = self._deposit(self._closed(), self.siti)
        for values in ({'state': 'paid'}, {'name': "UMP/1"}, {'amount_requested': 1}, {'move_id': False}):
            with self.assertRefused("", AccessError):
                deposit.with_user(self.officer).write(values)

    # === ORDERING === #

    def test_ordering_waits_for_the_deposits(self):
        pool = self._closed()
        self._pay(self._deposit(pool, self.siti) | self._deposit(pool, self.budi))
        with self.assertRefused("deposit of these members is not paid: .* Ani"):
            pool.action_order()
        self._pay(self._deposit(pool, self.ani))
        pool.action_order()
        self.assertEqual(pool.state, 'ordered')

    def test_ordering_without_deposit_is_noted(self):
        pool = self._closed(deposit_unpaid='count')
        pool.action_order()
        said = "".join(pool.message_ids.mapped('body'))
        self.assertIn("Ordered without the deposit of 3 members", said)
        self.assertNotIn("Siti", said, "warehouse staff read the chatter")
        self.assertIn("was ordered without the member's deposit", self.siti.message_ids[0].body)
        self.assertEqual(pool.line_ids.quantity, 7)

    def test_requests_without_deposit_are_left_out(self):
        pool = self._closed(deposit_unpaid='drop')
        self._pay(self._deposit(pool, self.siti))
        with self.assertRefused("Leave their requests out first"):
            pool.action_order()
        before = pool.lock_version
        pool.with_user(self.officer).action_drop_unpaid()
        self.assertGreater(pool.lock_version, before, "whoever orders at this moment waits")
        self.assertEqual(pool.line_ids.quantity, 4)
        pool.action_order()
        with self.assertRefused("Every member of .* has paid"):
            pool.action_drop_unpaid()

    # === SETTING OFF === #

    def test_deposit_is_set_off_when_the_invoice_is_posted(self):
        pool = self._closed()
        self._pay(pool.deposit_ids)
        self._finish(pool)
        deposit = self._deposit(pool, self.siti)
        self.assertEntry(deposit.set_off_ids, [
            (self.liability, self.siti.partner_id, 286), (self.receivable, self.siti.partner_id, -286),
        ])
        invoice = pool.invoice_ids.filtered(lambda move: move.partner_id == self.siti.partner_id)
        self.assertEqual((invoice.amount_residual, deposit.state, deposit.amount_left), (286, 'settled', 0))
        self.assertEqual((self._balance(self.liability), self._balance(self.receivable)), (0, 1_001 - 501))

    def test_deposit_is_held_again_when_the_invoice_is_opened_again(self):
        pool = self._closed()
        self._pay(pool.deposit_ids)
        self._finish(pool)
        invoice = pool.invoice_ids.filtered(lambda move: move.partner_id == self.siti.partner_id)
        invoice.with_user(self.accountant).button_draft()
        deposit = self._deposit(pool, self.siti)
        self.assertEqual((deposit.state, deposit.amount_left, self._balance(self.liability)), ('paid', 286, -286))
        invoice.with_user(self.accountant).action_post()
        self.assertEqual((deposit.state, invoice.amount_residual, self._balance(self.liability)), ('settled', 286, 0))

    def test_surplus_is_paid_back(self):
        # Ani pays 72, only 3 come for 4 : 2 : 1 -> 2, 1, 0: she gets nothing
        pool = self._closed()
        self._pay(pool.deposit_ids)
        self._finish(pool, received=3)
        deposit = self._deposit(pool, self.ani)
        self.assertEqual((self._charge(pool, self.ani).id, deposit.amount_left), (False, 72))
        self._bill(pool.purchase_order_ids, quantity=3)
        with self.assertRefused("members' deposits are still held"):
            pool.action_done()
        wizard = Form(self.env['coop.pool.deposit.refund'].with_user(self.cashier).with_context(
            default_deposit_ids=deposit.ids,
        ))
        self.assertEqual(wizard.amount_left, 72)
        wizard.save().action_confirm()
        self.assertEntry(deposit.refund_move_id, [
            (self.liability, self.ani.partner_id, 72), (self.cash, self.ani.partner_id, -72),
        ])
        self.assertEqual((deposit.state, self._balance(self.liability)), ('settled', 0))
        with self.assertRefused("paid back already|Nothing of"):
            deposit._refund(deposit.date, journal=self.cash_journal)
        self._hand_out(pool)
        pool.action_done()

    def test_surplus_is_kept_as_voluntary_savings(self):
        pool = self._closed()
        self._pay(pool.deposit_ids)
        self._finish(pool, received=3)
        deposit = self._deposit(pool, self.ani)
        with self.assertRefused("Only this role", AccessError):
            deposit.with_user(self.cashier)._refund(deposit.date, savings_type=self.voluntary)
        deposit.with_user(self.accountant)._refund(deposit.date, savings_type=self.voluntary)
        self.assertEntry(deposit.refund_move_id, [
            (self.liability, self.ani.partner_id, 72), (self.voluntary.account_id, self.ani.partner_id, -72),
        ])
        self.assertEqual(self.ani._get_savings_balances()[self.ani][self.voluntary], 72)

    def test_deposit_of_a_running_round_is_not_paid_back(self):
        pool = self._closed()
        deposit = self._pay(self._deposit(pool, self.siti))
        with self.assertRefused("still counts on"):
            deposit._refund(deposit.date, journal=self.cash_journal)
        requests = pool.request_ids.filtered(lambda request: request.membership_id == self.siti)
        requests.with_user(self.manager)._withdraw("Ill")
        deposit._refund(deposit.date, journal=self.cash_journal)
        self.assertEqual(self._balance(self.liability), 0)

    def test_cashier_pays_back_today_and_nobody_before_the_payment(self):
        pool = self._closed()
        deposit = self._deposit(pool, self.siti)
        paid_on, between = (fields.Date.subtract(self.today, days=days) for days in (3, 2))
        deposit.write({'journal_id': self.cash_journal.id, 'date': paid_on})
        deposit.with_user(self.accountant).action_pay()
        pool._cancel_with_reason("Prices rose")
        with self.assertRefused("it is paid back on that day or later"):
            deposit.with_user(self.accountant)._refund(
                fields.Date.subtract(paid_on, days=1), journal=self.cash_journal,
            )
        with self.assertRefused("Cashiers date payments .* or later"):
            deposit.with_user(self.cashier)._refund(between, journal=self.cash_journal)
        deposit.with_user(self.accountant)._refund(between, journal=self.cash_journal)
        self.assertEqual(deposit.refund_move_id.date, between)

    def test_cancelled_round_pays_deposits_back(self):
        pool = self._closed()
        deposit = self._pay(self._deposit(pool, self.siti))
        pool._cancel_with_reason("Prices rose")
        self.assertEqual(self._deposit(pool, self.budi).state, 'cancelled')
        self.assertEqual((deposit.state, deposit.amount_left), ('paid', 286))
        self.assertTrue(pool.activity_ids)
        deposit.with_user(self.cashier)._refund(deposit.date, journal=self.cash_journal)
        self.assertEntry(deposit.refund_move_id, [
            (self.liability, self.siti.partner_id, 286), (self.cash, self.siti.partner_id, -286),
        ])
        self.assertEqual((deposit.state, self._balance(self.liability), self._balance(self.cash)),
                         ('settled', 0, 3 * 110_000))

    def test_closing_waits_for_deposits_of_cancelled_rounds_and_for_drafts(self):
        pool = self._closed()
        self._pay(self._deposit(pool, self.siti))
        other = self._distributed()
        other.action_create_invoices()
        year = (fields.Date.to_date('2026-01-01'), fields.Date.to_date('2026-12-31'))
        self.assertIn(other.name, "".join(self.company._coop_get_closing_obstacles(*year)))
        self.assertNotIn("are to be paid back", "".join(self.company._coop_get_closing_obstacles(*year)))
        pool._cancel_with_reason("Prices rose")
        self.assertIn("are to be paid back: UMP", "".join(self.company._coop_get_closing_obstacles(*year)))

    def test_members_see_their_own_deposits(self):
        pool = self._closed()
        portal = self._portal_user(self.siti)
        visible = self.env['coop.pool.deposit'].with_user(portal).search([])
        self.assertEqual(visible, self._deposit(pool, self.siti))
        with self.assertRefused("", AccessError):
            visible.amount = 1

    def _portal_user(self, member):
        return self.env['res.users'].with_context(no_reset_password=True).create({
            'name': member.partner_id.name, 'login': f'portal_{member.number}', 'partner_id': member.partner_id.id,
            'group_ids': [Command.set(self.env.ref('base.group_portal').ids)],
            'company_id': self.company.id, 'company_ids': [Command.set(self.company.ids)],
        })
