from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.test_pool_money_correction import PoolMoneyCommon


@tagged('post_install', '-at_install')
class TestPoolMessages(PoolMoneyCommon):
    """What is refused in a round says what to do instead, and rights are looked at before anything else."""

    # === STEPS OF A ROUND === #

    def test_step_that_comes_too_early_names_the_step_before(self):
        draft = self._create_pool().copy()
        with self.assertRefused("is not open yet: open it and enter the requests first"):
            draft.action_close()
        pool = self._seed_pool()
        for step in (pool.action_order, pool.action_distribute, pool.action_done):
            with self.assertRefused("is not closed yet. Close it first"):
                step()
        pool.action_close()
        for step in (pool.action_distribute, pool.action_done):
            with self.assertRefused("is not ordered yet: order the goods and receive them first"):
                step()
        pool.action_order()
        order = pool.purchase_order_ids
        with self.assertRefused(f"Confirm {order.name}, and receive the goods"):
            pool.action_distribute()
        order.button_confirm()
        receipt = order.picking_ids
        for user in (self.officer, self.manager):
            with self.assertRefused(f"goods are still expected with {receipt.name}. Validate that receipt first"):
                pool.with_user(user).action_distribute()
        self._receive(receipt, 7)
        with self.assertRefused("is not distributed yet: distribute the goods first"):
            pool.action_done()

    def test_step_taken_twice_names_what_came_of_it(self):
        pool = self._seed_pool()
        with self.assertRefused("is open already: enter the requests"):
            pool.action_open()
        pool.action_close()
        with self.assertRefused("was closed already"):
            pool.action_close()
        pool.action_order()
        with self.assertRefused(f"was ordered already: see {pool.purchase_order_ids.name}"):
            pool.action_order()

    def test_rights_are_checked_before_the_state(self):
        pool = self._seed_pool()
        pool.action_close()
        for action in ('action_open', 'action_print_papers'):
            with self.assertRefused("", AccessError):
                getattr(pool.with_user(self.warehouse_user), action)()

    def test_deposit_cancelled_is_not_paid(self):
        pool = self._seed_pool(deposit_kind='percent', deposit_percent=50)
        pool.action_close()
        pool.action_request_deposits()
        deposit = pool.deposit_ids[0]
        deposit._cancel_with_reason("Asked for by mistake")
        with self.assertRefused("was cancelled. Enter a new deposit"):
            deposit.action_pay()

    # === INVOICES AND DUE DATES === #

    def test_round_without_invoices_opens_none(self):
        pool = self._distributed()
        with self.assertRefused("has no invoices yet. Create them first"):
            pool.action_view_invoices()
        self._bill(pool.purchase_order_ids, price=150)
        self.assertIs(pool.with_user(self.officer).action_pass_on_variance(), True)
        self.assertEqual(pool.amount_variance, 0)

    def test_due_date_that_was_approved_is_not_approved_again(self):
        season = self.env['coop.season'].create({'name': "Wet season", 'date_end': '2027-03-31'})
        self._invoiced(self._distributed(season_id=season.id))
        change = self.env['coop.due.change'].with_user(self.officer).create({
            'season_id': season.id, 'date_due': '2027-08-31', 'reason': "Drought",
        })
        change.action_request()
        change.with_user(self.manager).action_approve()
        with self.assertRefused("is Approved and cannot become Approved. From here it can become: Cancelled"):
            change.with_user(self.manager).action_approve()
        with self.assertRefused("is due on 08/31/2027 or later already"):
            change.copy().action_request()

    # === REQUESTS === #

    def test_request_is_refused_in_words_of_its_own(self):
        pool, other = self._seed_pool(), self._create_pool()
        requests = self.env['coop.pool.request'].with_user(self.officer)
        values = {'line_id': pool.line_ids.id, 'membership_id': self.siti.id}
        with self.assertRefused("does not offer Seed. It offers: Fertilizer"):
            requests.create({**values, 'pool_id': other.id, 'quantity': 1})
        with self.assertRefused("Siti, Seed has been asked for already; change that request"):
            requests.create({**values, 'quantity': 1})
        wati = self._create_member("Wati")
        values['membership_id'] = wati.id
        with self.assertRefused("Nobody can ask for less than nothing"):
            requests.create({**values, 'quantity': -1})
        with self.assertRefused("Say how much of Seed the member asks for"):
            requests.create({**values, 'quantity': 0})
        with self.assertRefused("1,000,000,000,000,000.00 Units of Seed are too much to be meant"):
            requests.create({**values, 'quantity': 1e15})
        joko = self._create_member("Joko")
        requests.create([{**values, 'quantity': 1}, {**values, 'membership_id': joko.id, 'quantity': 2}])
        self.assertEqual(pool.line_ids.quantity_requested, 10)

    # === TAKING BACK === #

    def test_goods_that_were_collected_are_returned_through_the_delivery_first(self):
        pool = self._distributed()
        charge = self._charge(pool, self.siti)
        self._receive(charge.order_id.picking_ids, 4, user=self.warehouse_user)
        wizard = self.env['coop.pool.take.back'].with_user(self.officer).new({
            'pool_id': pool.id, 'charge_id': charge.id, 'kind': 'returned', 'reason': "Torn",
        })
        message = "Return the goods through their delivery first"
        self.assertIn(message, wizard._onchange_charge_id()['warning']['message'])
        with self.assertRefused(f"{message} .*{charge.order_id.picking_ids.name}"):
            pool.with_user(self.officer)._take_back(charge, {}, 'returned', "Torn")
