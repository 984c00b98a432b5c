from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_payout import PayoutCommon


@tagged('post_install', '-at_install')
class TestPayoutBank(PayoutCommon):
    """Siti is sent Rp 9,045 and Budi Rp 18,090, each to the own account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._open_account(cls.siti, '0012345678')
        cls._open_account(cls.budi, '0098765432')
        cls.outstanding = cls.env['account.account'].create({
            'name': "Outstanding Payments", 'code': '111999', 'account_type': 'asset_current', 'reconcile': True,
        })

    def _match(self, payout, member, amount):
        """Enter a line of the bank's statement and match it with the member's transfer; return its entry."""
        line = self.env['account.bank.statement.line'].create({
            'journal_id': self.bank_journal.id, 'date': self.today, 'amount': -amount, 'payment_ref': "Transfer",
        })
        _bank, suspense, _other = line._seek_for_lines()
        suspense.account_id = self.outstanding
        transfer = payout.move_id.line_ids.filtered(
            lambda item: item.account_id == self.outstanding and item.partner_id == member.partner_id,
        )
        (suspense | transfer).reconcile()
        self.assertEqual((transfer.amount_residual, transfer.reconciled), (0, True))
        return line.move_id

    def test_each_transfer_is_an_item_of_its_own(self):
        payout = self._pay(self.bank_journal)
        self.assertEntry(payout.move_id, [
            (self.proceeds, self.siti.partner_id, 9_045), (self.proceeds, self.budi.partner_id, 18_090),
            (self.bank, self.siti.partner_id, -9_045), (self.bank, self.budi.partner_id, -18_090),
        ])

    def test_several_bills_of_one_member_are_one_transfer(self):
        self._sold(self.siti, 100)  # 1,000 less 10 % commission
        self._settle(self.siti)
        payout = self._pay(self.bank_journal, membership_ids=self.siti.ids)
        self.assertEntry(payout.move_id, [
            (self.proceeds, self.siti.partner_id, 9_045), (self.proceeds, self.siti.partner_id, 900),
            (self.bank, self.siti.partner_id, -9_945),
        ])
        self.assertEqual(len(payout._get_transfer_rows()), 1)

    def test_transfers_are_matched_with_the_banks_statement_where_payments_are_outstanding(self):
        """The bank loses the money when the statement says so, transfer by transfer, and once only."""
        self.bank_journal.outbound_payment_method_line_ids.payment_account_id = self.outstanding
        payout = self._pay(self.bank_journal)
        self.assertEntry(payout.move_id, [
            (self.proceeds, self.siti.partner_id, 9_045), (self.proceeds, self.budi.partner_id, 18_090),
            (self.outstanding, self.siti.partner_id, -9_045), (self.outstanding, self.budi.partner_id, -18_090),
        ])
        entries = self._match(payout, self.siti, 9_045) | self._match(payout, self.budi, 18_090)
        items = self.env['account.move.line'].search([('account_id', 'in', (self.outstanding | self.bank).ids)])
        self.assertEqual(sum(items.filtered(lambda item: item.account_id == self.outstanding).mapped('balance')), 0)
        of_payout = items.filtered(lambda item: item.move_id in entries and item.account_id == self.bank)
        self.assertEqual(sorted(of_payout.mapped('balance')), [-18_090, -9_045])

    def test_transfer_that_the_statement_shows_is_not_taken_back(self):
        self.bank_journal.outbound_payment_method_line_ids.payment_account_id = self.outstanding
        payout = self._pay(self.bank_journal)
        self._match(payout, self.siti, 9_045)
        with self.assertRefused("The bank's statement shows transfers of BPA/.* already: .* Undo their matching first"):
            payout._cancel_with_reason("Wrong account")
        self.assertEqual(payout.state, 'posted')
