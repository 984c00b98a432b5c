from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_stockroom import LossCommon


@tagged('post_install', '-at_install')
class TestStockroomFound(LossCommon):
    """More than the books say: whose it is, and what comes back that was paid for it when it was lost."""

    # === FIXTURES === #

    def _lost_at_the_cooperatives_expense(self, book=True):
        """Return a write-off of 10 of Siti's 30, at 12,000 each."""
        self._bring_at(self.siti, 30, asking_price=12_000)
        loss = self._loss(20, bearer='cooperative')
        loss.action_submit()
        loss.with_user(self.manager).action_approve()
        if book:
            loss.with_user(self.accountant).action_book()
        return loss

    def _found(self, counted, approve=True):
        found = self._loss(counted, owner_id=self.siti.partner_id.id)
        found.action_submit()
        if approve:
            found.with_user(self.manager).action_approve()
        return found

    def _pay_out(self, entry, amount):
        owed = entry.with_env(self.env).line_ids.filtered(lambda line: line.account_id == self.proceeds)
        payment = self.env['account.move'].create({'date': self.today, 'line_ids': [
            Command.create({'account_id': self.proceeds.id, 'partner_id': owed.partner_id.id, 'balance': amount}),
            Command.create({'account_id': self.cash_journal.default_account_id.id, 'balance': -amount}),
        ]})
        payment.action_post()
        (owed | payment.line_ids.filtered(lambda line: line.account_id == self.proceeds)).reconcile()

    # === FOUND === #

    def test_more_than_in_the_books_is_shared_and_approved_like_a_loss(self):
        # 30 / 20 / 10 in the books, 63 counted: 3 are found, 1.50 / 1.00 / 0.50
        for member, quantity in ((self.siti, 30), (self.budi, 20), (self.wati, 10)):
            self._bring(member, quantity)
        found = self._loss(63)
        found.action_submit()
        self.assertEqual(self._shares(found), {
            self.siti.partner_id: -1.5, self.budi.partner_id: -1.0, self.wati.partner_id: -0.5,
        })
        self.assertEqual(self.assertStockExplained()[self.siti.partner_id], 30)  # nothing comes before the approval
        with self.assertRefused("Only this role", AccessError):
            found.with_user(self.officer).action_approve()
        found.with_user(self.manager).action_approve()
        self.assertEqual((found.state, found.amount_total), ('done', 0))
        self.assertEqual(self.assertStockExplained(), {
            self.siti.partner_id: 31.5, self.budi.partner_id: 21.0, self.wati.partner_id: 10.5,
        })
        self.assertEqual(set(found.share_ids.move_ids.location_id.mapped('usage')), {'inventory'})
        self.assertEqual(found.share_ids.move_ids.mapped('value'), [0, 0, 0])

    def test_nobody_approves_goods_that_they_found(self):
        found = self.env['coop.consignment.loss'].with_user(self.manager).create({
            'reason': "Behind the door", 'line_ids': [Command.create({
                'product_id': self.rice.id, 'counted': 5, 'owner_id': self.siti.partner_id.id,
            })],
        })
        found.action_submit()
        with self.assertRefused("Somebody else than"):
            found.action_approve()
        self.assertEqual(self._stock(), {})

    def test_found_where_nobody_has_any_somebody_must_be_named(self):
        found = self._loss(5)
        with self.assertRefused("No member has Rice at .*whose goods"):
            found.action_submit()
        found.line_ids.owner_id = self.wati.partner_id
        found.action_submit()
        found.with_user(self.accountant).action_approve()
        self.assertEqual(self.assertStockExplained(), {self.wati.partner_id: 5})
        self.assertEqual(found.share_ids.book, 0)

    def test_nothing_is_owed_for_what_is_found(self):
        # The cooperative bears 2 of Rice lost at 12,000; 1 of Corn is found.
        corn = self._create_product("Corn", coop_consigned=True)
        self._bring_at(self.siti, 30, asking_price=12_000)
        self._bring(self.budi, 5, corn)
        loss = self._loss(28, bearer='cooperative')
        loss.line_ids = [Command.create({'product_id': corn.id, 'counted': 6})]
        loss.action_submit()
        self.assertEqual(loss.amount_total, 24_000)
        loss.with_user(self.manager).action_approve()
        loss.with_user(self.accountant).action_book()
        self.assertEqual(self._stock(corn), {self.budi.partner_id: 6})
        self.assertEntry(loss.move_id, [(self.expense, None, 24_000), (self.proceeds, self.siti.partner_id, -24_000)])

    # === FOUND AGAIN === #

    def test_compensation_comes_back_from_what_was_not_paid_yet(self):
        # 10 of Siti's lost at 12,000 are owed; 4 are found again
        loss = self._lost_at_the_cooperatives_expense()
        found = self._found(24)
        self.assertEqual(found.share_ids.mapped('amount'), [-48_000])
        self.assertEqual(found.share_ids.origin_loss_id, loss)
        self.assertEqual(found.state, 'approved')
        found.with_user(self.accountant).action_book()
        self.assertEntry(found.move_id, [(self.proceeds, self.siti.partner_id, 48_000), (self.expense, None, -48_000)])
        payable = loss.move_id.line_ids.filtered(lambda line: line.account_id == self.proceeds)
        self.assertEqual(payable.amount_residual, -72_000)
        self.assertEqual(self.assertStockExplained(), {self.siti.partner_id: 24})

    def test_compensation_that_was_paid_is_taken_back_by_the_settlement_of_what_is_found(self):
        # 10 at 12,000 are lost and paid; 11 are found, one of them never lost; 30 + 1 are sold at 12,000 and pay
        # 372,000 - 37,200 of commission - 120,000 paid before
        loss = self._lost_at_the_cooperatives_expense()
        self._pay_out(loss.move_id, 120_000)
        found = self._found(31)
        self.assertEqual(
            [(share.quantity, share.amount) for share in found.share_ids], [(-10, -120_000), (-1, 0)],
        )
        found.with_user(self.accountant).action_book()
        advances = self._account('member_advance')
        self.assertEntry(found.move_id, [(advances, self.siti.partner_id, 120_000), (self.expense, None, -120_000)])
        self.assertEqual(self._balance(self.expense), 0)
        order = self._sell(31, price=12_000)
        self._deliver(order)
        self._invoice(order)
        settlement = self._settle(self.siti)
        self.assertEqual((settlement.amount_gross, settlement.amount_payable), (372_000, 214_800))

    def test_goods_that_are_found_twice_give_back_what_was_paid_once(self):
        loss = self._lost_at_the_cooperatives_expense()
        with self.subTest("in parts"):
            first, second = self._found(24, approve=False), self._found(25, approve=False)
            first.with_user(self.manager).action_approve()
            with self.assertRefused("since .* was handed in"):
                second.with_user(self.manager).action_approve()
            second._cancel_with_reason("Counted before")
        again = self._found(40)  # 16 more than the 24: 6 of the 10 were still missing
        self.assertEqual(
            [(share.quantity, share.amount) for share in again.share_ids], [(-6, -72_000), (-10, 0)],
        )
        self.assertEqual(sum((loss | first | again).mapped('amount_total')), 0)

    def test_what_is_found_is_theirs_first_who_were_paid_for_it(self):
        # All of Siti's 10 were lost here and paid for, Budi has 20: of 12 that are found, 10 are Siti's again
        self._bring_at(self.siti, 10, asking_price=12_000)
        loss = self._loss(0, bearer='cooperative')
        loss.action_submit()
        loss.with_user(self.manager).action_approve()
        loss.with_user(self.accountant).action_book()
        self._bring(self.budi, 20)
        found = self._loss(32)
        found.action_submit()
        self.assertEqual(
            {share.owner_id: (share.quantity, share.amount) for share in found.share_ids},
            {self.siti.partner_id: (-10, -120_000), self.budi.partner_id: (-2, 0)},
        )

    def test_what_was_paid_is_booked_before_it_comes_back(self):
        loss = self._lost_at_the_cooperatives_expense(book=False)
        found = self._found(30)
        with self.assertRefused(f"Book {loss.name} first"):
            found.with_user(self.accountant).action_book()
        loss.with_user(self.accountant).action_book()
        found.with_user(self.accountant).action_book()
        self.assertEqual((found.state, self._balance(self.expense), self._balance(self.proceeds)), ('done', 0, 0))

    def test_what_one_owner_gets_and_another_gives_back_is_booked_though_it_comes_to_nothing(self):
        self._lost_at_the_cooperatives_expense()
        self._bring_at(self.budi, 20, asking_price=12_000)
        both = self._loss(24, owner_id=self.siti.partner_id.id, bearer='cooperative')
        both.line_ids = [Command.create({
            'product_id': self.rice.id, 'owner_id': self.budi.partner_id.id, 'counted': 16,
        })]
        both.action_submit()
        both.with_user(self.manager).action_approve()
        both.with_user(self.accountant).action_book()
        self.assertEntry(both.move_id, [
            (self.proceeds, self.siti.partner_id, 48_000), (self.proceeds, self.budi.partner_id, -48_000),
        ])
