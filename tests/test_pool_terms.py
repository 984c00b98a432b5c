from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolTerms(PoolCommon):
    """Members ask and pay relying on the terms of a round: who changes which of them, and until when."""

    def _opened(self, **values):
        pool = self._create_pool({self.fertilizer: {'member_limit': 10}}, limit_value=1_000, **values)
        return pool.with_user(self.officer)

    # === LIMITS === #

    def test_officer_tightens_the_limits_of_an_open_round_and_does_not_loosen_them(self):
        pool = self._opened()
        for values in ({'limit_value': 2_000}, {'limit_value': 0}, {'limit_policy': 'warn'}):
            with self.assertRefused("Only the chair or the board raises or lifts them", AccessError):
                pool.write(values)
        for limit in (20, 0):
            with self.assertRefused("Only the chair or the board raises or lifts them", AccessError):
                pool.line_ids.member_limit = limit
        pool.write({'limit_value': 900, 'limit_policy': 'refuse'})
        pool.line_ids.member_limit = 5
        self.assertEqual((pool.limit_value, pool.line_ids.member_limit), (900, 5))

    def test_manager_loosens_the_limits_of_an_open_round(self):
        pool = self._opened().with_user(self.manager)
        pool.write({'limit_value': 0, 'limit_policy': 'warn'})
        pool.line_ids.member_limit = 20
        self.assertEqual((pool.limit_value, pool.limit_policy, pool.line_ids.member_limit), (0, 'warn', 20))

    def test_officer_sets_the_limits_of_a_draft(self):
        pool = self._opened().copy()
        pool.write({'limit_value': 0, 'limit_policy': 'warn', 'deposit_unpaid': 'count'})
        self.assertEqual((pool.state, pool.limit_value, pool.limit_policy), ('draft', 0, 'warn'))

    # === DEPOSITS === #

    def test_officer_does_not_let_a_round_order_without_its_deposits(self):
        pool = self._opened(deposit_kind='percent', deposit_percent=50)
        self._request(pool, {self.siti: 5})
        for __ in ('open', 'closed'):
            for values in (
                {'deposit_unpaid': 'count'}, {'deposit_kind': 'none'}, {'deposit_kind': 'fixed'},
                {'deposit_percent': 1},
            ):
                with self.assertRefused("Only the chair, the board or the treasurer", AccessError):
                    pool.write(values)
            if pool.state == 'open':
                pool.action_close()
        pool.deposit_unpaid = 'drop'
        pool.with_user(self.manager).deposit_unpaid = 'count'
        self.assertEqual((pool.state, pool.deposit_unpaid), ('closed', 'count'))

    def test_officer_does_not_lower_the_deposit_per_unit(self):
        pool = self._opened(deposit_kind='fixed')
        pool.line_ids.deposit_per_unit = 20
        with self.assertRefused("Only the chair, the board or the treasurer", AccessError):
            pool.line_ids.deposit_per_unit = 19
        pool.line_ids.with_user(self.manager).deposit_per_unit = 19
        self.assertEqual(pool.line_ids.deposit_per_unit, 19)

    # === WHAT HAS TAKEN EFFECT === #

    def test_terms_that_have_taken_effect_are_not_changed(self):
        pool = self._opened()
        self._request(pool, {self.siti: 10})
        self._order(pool.with_user(self.env.user))
        for values in (
            {'limit_value': 1}, {'limit_policy': 'warn'}, {'arrears_policy': 'none'}, {'deposit_kind': 'fixed'},
            {'deposit_percent': 5}, {'deposit_unpaid': 'drop'},
        ):
            for user in (self.officer, self.manager):
                with self.assertRefused("has taken effect and is not changed any more"):
                    pool.with_user(user).write(values)
        for values in ({'member_limit': 1}, {'deposit_per_unit': 1}):
            with self.assertRefused("has taken effect and is not changed any more"):
                pool.line_ids.with_user(self.manager).write(values)
        pool.not_collected_costs = 'others'
        self._receive(pool.purchase_order_ids.picking_ids, 10)
        pool.action_distribute()
        with self.assertRefused("Costs of Goods Not Collected” has taken effect"):
            pool.not_collected_costs = 'cooperative'
        self.assertEqual(pool.not_collected_costs, 'others')

    # === DEADLINE === #

    def test_deadline_of_an_open_round_moves_only_with_its_button(self):
        pool = self._opened()
        before = pool.date_cutoff
        for date in ('2020-01-01 10:00:00', '2099-01-01 10:00:00', False):
            for user in (self.officer, self.manager):
                with self.assertRefused("the deadline moves only with a reason"):
                    pool.with_user(user).date_cutoff = date
        pool.write({'date_cutoff': before, 'title': "Fertilizer"})
        pool._extend(pool._get_extended_cutoff(), "Two hamlets are cut off")
        self.assertGreater(pool.date_cutoff, before)
