from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.test_pool_money_correction import PoolMoneyCommon


@tagged('post_install', '-at_install')
class TestLeavingPool(PoolMoneyCommon):
    """What a leaving member has open in pooled purchases."""

    def _coming(self):
        leaving = self.env['coop.leaving'].create({'membership_id': self.siti.id, 'reason': 'resigned'})
        return leaving.coming_line_ids

    def test_deposits_that_are_held_and_open_requests_are_shown(self):
        pool = self._seed_pool(deposit_kind='percent', deposit_percent=50)
        pool.action_close()
        pool.action_request_deposits()
        deposit = pool.deposit_ids.filtered(lambda deposit: deposit.membership_id == self.siti)
        request = pool.request_ids.filtered(lambda request: request.membership_id == self.siti)
        rows = self._coming()
        leaving = rows.leaving_id
        self.assertEqual(rows.mapped('name'), [
            f"Asked for in {pool.display_name}: {request.quantity:.2f} {request.uom_id.name} of"
            f" {request.product_id.display_name}",
        ], "a deposit that is only asked for is not held")
        deposit.write({'journal_id': self.cash_journal.id, 'date': '2026-11-01'})
        deposit.action_pay()
        leaving.action_refresh()
        held = leaving.coming_line_ids.filtered('amount')
        self.assertEqual((held.amount, str(held.date)), (deposit.amount, '2026-11-01'))
        self.assertEqual(
            held.name, f"Deposit {deposit.name} for {pool.display_name}, held until it is set off or paid back",
        )

    def test_nothing_is_shown_of_rounds_that_are_over(self):
        pool = self._seed_pool()
        pool.action_close()
        pool.with_user(self.manager)._cancel_with_reason("No vendor")
        self.assertFalse(self._coming())
