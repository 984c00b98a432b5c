import threading

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.tests.common_committed import CommittedCommon


@tagged('post_install', '-at_install', '-standard', 'committed')
class TestTwoOfficers(CommittedCommon):
    """An officer who closes a round while another enters a request."""
    cooperative = "Koperasi Dua Petugas"

    @classmethod
    def _prepare(cls, env):
        cls.member_ids = [
            cls._create_member(env, f"P{number}", name) for number, name in enumerate(("Siti", "Budi"))
        ]
        cls.product_id = env['product.product'].create({
            'name': "Fertilizer", 'is_storable': True, 'company_id': cls.company_id, 'seller_ids': [Command.create({
                'partner_id': env['res.partner'].create({'name': "Toko Tani"}).id, 'min_qty': 1, 'price': 100,
            })],
        }).id

    def _create_pool(self, quantity=0):
        with self._treasurer() as env:
            pool = env['coop.pool'].create({
                'title': "Fertilizer", 'arrears_policy': 'none',
                'line_ids': [Command.create({'product_id': self.product_id})],
            })
            pool.action_open()
            if quantity:
                self._request(env, pool.id, 0, quantity)
            return pool.id

    def _request(self, env, pool_id, index, quantity):
        return env['coop.pool'].browse(pool_id)._set_request(
            env['coop.membership'].browse(self.member_ids[index]), env['product.product'].browse(self.product_id),
            quantity,
        )

    def _retry(self, env, action, *args):
        """Do it as a request of the web client does: Odoo repeats it when another transaction was in the way."""
        return retrying(lambda: action(env, *args), env)

    def _read(self, pool_id):
        with self._treasurer() as env:
            pool = env['coop.pool'].browse(pool_id)
            return pool.state, sorted(pool.request_ids.mapped('quantity')), pool.line_ids.quantity

    def _close(self, env, pool_id):
        env['coop.pool'].browse(pool_id).action_close()

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_request_that_comes_after_the_closing_is_told_so(self):
        pool_id = self._create_pool(5)
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._retry(env_1, self._close, pool_id)
            with self.assertRaisesRegex(UserError, "is Closed. Requests are made and changed only while"):
                self._retry(env_2, self._request, pool_id, 1, 7)
        self.assertEqual(self._read(pool_id), ('closed', [5], 5))

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_request_that_comes_before_the_closing_is_in(self):
        pool_id = self._create_pool(5)
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._retry(env_1, self._request, pool_id, 1, 7)
            self._retry(env_2, self._close, pool_id)
        self.assertEqual(self._read(pool_id), ('closed', [5, 7], 12))

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_request_that_comes_while_the_pool_is_being_closed_is_told_so(self):
        pool_id = self._create_pool(5)
        self.assertEqual(self._meet(pool_id, self._close, self._request, (1, 7)), "is Closed")
        self.assertEqual(self._read(pool_id), ('closed', [5], 5))

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_closing_that_comes_while_a_request_is_being_entered_counts_it(self):
        pool_id = self._create_pool(5)
        self.assertEqual(self._meet(pool_id, self._request, self._close, first_args=(1, 7)), "")
        self.assertEqual(self._read(pool_id), ('closed', [5, 7], 12))

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_two_officers_who_change_one_request_leave_one_history(self):
        pool_id = self._create_pool(5)
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._retry(env_1, self._request, pool_id, 0, 8)
            self._retry(env_2, self._request, pool_id, 0, 6)
        with self._treasurer() as env:
            request = env['coop.pool'].browse(pool_id).request_ids
            self.assertEqual((request.quantity, request.row_ids.sorted().mapped('quantity')), (6, [5, 1]))

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_a_pool_that_cannot_be_closed_by_schedule_leaves_the_others_closed(self):
        due, broken = self._create_pool(5), self._create_pool()
        with self._treasurer() as env:
            env['coop.pool'].browse([due, broken]).write({'date_cutoff': '2026-01-01 10:00:00'})
        with self._treasurer() as env:
            env['coop.pool']._cron_close_due_pools()
        self.assertEqual(self._read(due)[0], 'closed')
        self.assertEqual(self._read(broken)[0], 'open')
        with self._treasurer() as env:
            self.assertTrue(env['coop.pool'].browse(broken).activity_ids)

    def _meet(self, pool_id, first, second, second_args=(), first_args=()):
        """Let ``second`` begin on another connection after ``first`` has written and before it commits.

        :return: how the second was refused, or an empty text.
        """
        refusals = []

        def run():
            with self._treasurer() as env:
                started.set()
                try:
                    self._retry(env, second, pool_id, *second_args)
                except UserError as error:
                    refusals.append(error.args[0])
        started, thread = threading.Event(), threading.Thread(target=run)
        with self._treasurer() as env:
            first(env, pool_id, *first_args)
            env.flush_all()
            thread.start()
            started.wait(10)
            thread.join(0.5)
            self.assertTrue(thread.is_alive(), "the second waits for the first")
        thread.join(20)
        self.assertFalse(thread.is_alive())
        return "is Closed" if any("is Closed" in refusal for refusal in refusals) else "".join(refusals)
