import random

from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_shu_payout import ShuPayoutCommon


@tagged('post_install', '-at_install')
class TestShuPayoutRun(ShuPayoutCommon):
    """The window that writes a voucher for each way of payment."""

    def _pay_out(self, records, user=None, **values):
        action = records.with_user(user or self.accountant).action_pay_out()
        wizard = self.env['coop.shu.pay.out'].with_user(user or self.accountant).with_context(
            **action['context'],
        ).create(values)
        action = wizard.action_confirm()
        return self.env['coop.payout'].browse(action.get('res_id') or action['domain'][0][2])

    def test_each_way_of_payment_gets_a_voucher_of_its_own(self):
        self.of_siti.payout_method = 'savings'
        payouts = self._pay_out(self.allocation)
        self.assertEqual(
            [(payout.method, payout.amount_total) for payout in payouts.sorted('id')],
            [('cash', 100_000), ('savings', 300_000)],
        )
        payouts.action_post()
        self.assertEqual(self.allocation.state, 'paid')

    def test_window_says_how_many_chose_which_way(self):
        self.of_siti.payout_method = 'savings'
        with Form(self.env['coop.shu.pay.out'].with_user(self.cashier).with_context(
            default_allocation_id=self.allocation.id,
        )) as form:
            self.assertIn("members: 1, owed: ", form.cash_text)
            self.assertIn("300,000", form.savings_text)
            self.assertEqual(form.set_off_text, "nobody")
            self.assertEqual(form.cash_journal_id, self.cash_journal)

    def test_single_members_are_paid_out_from_their_list(self):
        payouts = self._pay_out(self.of_budi, self.officer)
        self.assertEqual((payouts.line_ids.shu_line_id, payouts.amount_total), (self.of_budi, 100_000))

    def test_way_that_is_not_ticked_gets_no_voucher(self):
        self.of_siti.payout_method = 'savings'
        payouts = self._pay_out(self.allocation, is_cash=False)
        self.assertEqual(payouts.mapped('method'), ['savings'])
        with self.assertRefused("Choose a way of payment that members have chosen"):
            self._pay_out(self.allocation, is_cash=False, is_savings=False)

    def test_nothing_owed_is_refused(self):
        self._pay(self.allocation)
        with self.assertRefused("Nothing is owed: all SHU is paid"):
            self._pay_out(self.allocation)

    def test_many_members_are_spread_over_several_vouchers(self):
        self.patch(self.env.registry['coop.payout'], '_most_members', 1)
        payouts = self._pay_out(self.allocation)
        self.assertEqual(payouts.sorted('id').mapped('amount_total'), [300_000, 100_000])
        payouts.action_post()
        self.assertEqual(self.allocation.state, 'paid')

    def test_whatever_members_choose_everything_owed_is_paid_once(self):
        """Twelve more members with SHU, choices and debts at random, always the same."""
        chance = random.Random(7)
        self._end_mandatory_savings()
        self.allocation._cancel_with_reason("Again")
        members = self.siti | self.budi
        for number in range(3, 15):
            members |= self._create_registered(f"Member {number}", f'{number:03d}', chance.randrange(1, 900) * 1_000)
        self.company.coop_cash_unit = 1
        allocation = self._post()
        debts = {}
        for line in allocation.member_line_ids:
            line.membership_id.shu_set_off_date = '2025-01-10'
            line.payout_method = chance.choice(['cash', 'savings', 'set_off'])
            debts[line] = [
                self._owe(line.membership_id, chance.randrange(1, 60) * 1_000, f'2025-01-{day:02d}')
                for day in range(chance.randrange(3))
                if day
            ]
        for _round in range(2):  # what is left of the set-off is paid in cash afterwards
            if allocation.state == 'posted':
                self._pay_out(allocation, date='2025-03-01').action_post()
        self.assertEqual(allocation.state, 'paid')
        self.assertEqual(self._balance(self.payable), 0)
        for line, items in debts.items():
            owed = sum(item.balance for item in items)
            open_now = sum(item.amount_residual for item in items)
            settled = min(owed, line.amount_net) if line.payout_method == 'set_off' else 0
            self.assertEqual(owed - open_now, settled, line.display_name)
            saved = line.amount_net if line.payout_method == 'savings' else 0
            balances = line.membership_id._get_savings_balances()[line.membership_id]
            self.assertEqual(balances[self.voluntary], saved, line.display_name)
