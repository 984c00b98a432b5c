from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolDeadline(PoolCommon):
    """Rounds of fertilizer (steps 1, 50, 100), with a deadline at 10:00 UTC on 31 October, 17:00 in Jakarta."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['coop.pool'].search([('state', '=', 'open')]).date_cutoff = False
        cls.seed = cls._create_product("Seed", {cls.vendor: {20: 10}})

    def _due_pool(self, wishes=None, lines=None, **values):
        """Return an open pool with these requests, whose deadline is over when the schedule runs."""
        with freeze_time('2026-10-30 03:00:00'):
            pool = self._create_pool(lines, date_cutoff='2026-10-31 10:00:00', **values)
            self._request(pool, wishes or {})
        return pool

    def _run_schedule(self, moment='2026-10-31 10:30:00'):
        with self.enter_registry_test_mode(), freeze_time(moment):
            self.env.ref('producer_cooperative.coop_pool_cron_close').method_direct_trigger()

    def _activities(self, pool):
        return pool.activity_ids.filtered(lambda activity: activity.summary.startswith("Deadline passed"))

    def _assert_said(self, pool, text):
        self.assertIn(text, " ".join(pool.message_ids.mapped('body')))

    # === WHEN === #

    def test_deadline_is_five_in_the_afternoon_where_the_cooperative_is(self):
        with freeze_time('2026-10-24 03:00:00'):
            self.assertEqual(str(self.env['coop.pool']._get_cutoff(7)), '2026-10-31 10:00:00')
            jayapura = self.env['coop.pool'].with_context(tz='Asia/Jayapura')
            self.assertEqual(str(jayapura._get_cutoff(7)), '2026-10-31 08:00:00')
        # 18:30 UTC on the 23rd is already the 24th in Jakarta
        with freeze_time('2026-10-23 18:30:00'):
            self.assertEqual(str(self.env['coop.pool']._get_cutoff(7)), '2026-10-31 10:00:00')
            self.assertEqual(str(Form(self.env['coop.pool']).date_cutoff), '2026-10-31 10:00:00')

    def test_message_says_the_deadline_in_local_time(self):
        pool = self._due_pool()
        with freeze_time('2026-10-31 10:00:01'), self.assertRefused(r"until 10/31/26, 5:00"):
            self._request(pool, {self.siti: 2})

    def test_pool_is_not_opened_after_its_deadline(self):
        with freeze_time('2026-11-01 03:00:00'):
            pool = self.env['coop.pool'].create({
                'title': "Late", 'date_cutoff': '2026-10-31 10:00:00',
                'line_ids': [Command.create({'product_id': self.fertilizer.id})],
            })
            with self.assertRefused("has passed. Set a new one, or leave it empty"):
                pool.action_open()
            pool.date_cutoff = False
            pool.action_open()
        self.assertEqual(pool.state, 'open')

    # === BY ITSELF === #

    def test_due_pool_is_closed_by_schedule_and_others_stay_open(self):
        due = self._due_pool({self.siti: 60})
        with freeze_time('2026-10-30 03:00:00'):
            later = self._create_pool(date_cutoff='2026-11-05 10:00:00')
            endless = self._create_pool(date_cutoff=False)
        self._run_schedule('2026-10-31 10:00:00')
        self.assertEqual(due.state, 'open', "the last second counts")
        self._run_schedule()
        self.assertEqual((due.state, later.state, endless.state), ('closed', 'open', 'open'))
        self.assertEqual((due.line_ids.quantity, due.line_ids.vendor_id), (60, self.vendor))
        self._assert_said(due, "Closed by itself at the deadline of 10/31/26, 5:00")

    def test_pool_below_the_minimum_waits_for_a_decision(self):
        pool = self._due_pool({self.siti: 15}, {self.seed: {}}, cutoff_action='minimum')
        self._run_schedule()
        self.assertEqual((pool.state, pool.is_overdue), ('open', True))
        self.assertIn("Seed lacks 5.00 Units", self._activities(pool).note)
        self.assertEqual(self._activities(pool).user_id, pool.user_id)
        self._run_schedule('2026-10-31 11:30:00')
        self.assertEqual(len(self._activities(pool)), 1, "asked once")
        pool.action_close()
        self.assertEqual(pool.state, 'closed')

    def test_pool_that_reaches_the_minimum_is_closed(self):
        pool = self._due_pool({self.siti: 15, self.budi: 5}, {self.seed: {}}, cutoff_action='minimum')
        self._run_schedule()
        self.assertEqual((pool.state, pool.line_ids.quantity), ('closed', 20))

    def test_product_that_nobody_asked_for_has_no_minimum_to_meet(self):
        pool = self._due_pool(cutoff_action='minimum', lines={self.fertilizer: {}, self.seed: {}})
        with freeze_time('2026-10-30 04:00:00'):
            self._request(pool, {self.siti: 3}, product=self.fertilizer)
        self._run_schedule()
        self.assertEqual(pool.state, 'closed')

    def test_pool_below_the_minimum_is_extended_as_often_as_it_was_set(self):
        pool = self._due_pool(
            {self.siti: 15}, {self.seed: {}}, cutoff_action='extend', extension_days=2, extension_limit=2,
        )
        self._run_schedule('2026-10-31 10:30:00')
        self.assertEqual((str(pool.date_cutoff), pool.extension_count), ('2026-11-02 10:00:00', 1))
        self._assert_said(pool, "Seed lacks 5.00 Units")
        with freeze_time('2026-11-01 03:00:00'):
            self._request(pool, {self.budi: 1})
        self._run_schedule('2026-11-02 10:30:00')
        self.assertEqual((str(pool.date_cutoff), pool.extension_count), ('2026-11-04 10:00:00', 2))
        self._run_schedule('2026-11-04 10:30:00')
        self.assertEqual((pool.state, pool.extension_count), ('open', 2))
        self.assertIn("Seed lacks 4.00 Units", self._activities(pool).note)

    def test_extended_pool_is_closed_once_the_minimum_is_met(self):
        pool = self._due_pool({self.siti: 15}, {self.seed: {}}, cutoff_action='extend')
        self._run_schedule()
        with freeze_time('2026-11-01 03:00:00'):
            self._request(pool, {self.budi: 5})
        self._run_schedule('2026-11-03 10:30:00')
        self.assertEqual((pool.state, pool.line_ids.quantity), ('closed', 20))

    def test_reminder_closes_nothing(self):
        pool = self._due_pool({self.siti: 60}, cutoff_action='remind')
        self._run_schedule()
        self.assertEqual(pool.state, 'open')
        self.assertIn("Close the pool, or extend it", self._activities(pool).note)

    def test_empty_pool_is_left_to_the_responsible(self):
        pool = self._due_pool()
        self._run_schedule()
        self.assertEqual(pool.state, 'open')
        self.assertIn("Nobody has asked for anything", self._activities(pool).note)

    def test_pool_that_cannot_be_closed_does_not_hold_up_the_others(self):
        hoe = self._create_product("Hoe", {})
        broken = self._due_pool({self.siti: 2}, {hoe: {}})
        good = self._due_pool({self.siti: 60})
        self._run_schedule()
        self.assertEqual((broken.state, good.state), ('open', 'closed'))
        self.assertIn("Hoe has no vendor with a price", self._activities(broken).note)
        self.assertFalse(broken.line_ids.explanation)

    def test_new_deadline_is_dealt_with_anew(self):
        pool = self._due_pool({self.siti: 60}, cutoff_action='remind')
        self._run_schedule()
        with freeze_time('2026-11-01 03:00:00'):
            pool.write({'cutoff_action': 'close'})
        self._run_schedule('2026-11-01 04:00:00')
        self.assertEqual(pool.state, 'closed')

    # === BY HAND === #

    def test_officer_extends_with_a_reason(self):
        pool = self._due_pool({self.siti: 60}, cutoff_action='remind')
        self._run_schedule()
        with freeze_time('2026-11-01 03:00:00'):
            wizard = self.env['coop.pool.extend'].with_user(self.officer).create({
                'pool_id': pool.id, 'reason': "Two hamlets have not met yet",
            })
            self.assertEqual(str(wizard.date_cutoff), '2026-11-04 10:00:00')
            wizard.action_confirm()
            self._assert_said(pool, "Two hamlets have not met yet")
            self.assertFalse(self._activities(pool))
            self._request(pool, {self.budi: 2})
        self.assertEqual((str(pool.date_cutoff), pool.extension_count), ('2026-11-04 10:00:00', 0))

    def test_extension_counts_from_a_deadline_that_is_still_to_come(self):
        pool = self._due_pool({self.siti: 60})
        with freeze_time('2026-10-30 05:00:00'):
            wizard = self.env['coop.pool.extend'].create({'pool_id': pool.id, 'reason': "Rain"})
        self.assertEqual(str(wizard.date_cutoff), '2026-11-03 10:00:00')

    def test_deadline_moves_later_only_with_a_reason_and_while_open(self):
        pool = self._due_pool({self.siti: 60})
        later = fields.Datetime.to_datetime('2026-11-04 10:00:00')
        with freeze_time('2026-10-30 05:00:00'):
            with self.assertRefused("must be later"):
                pool._extend(fields.Datetime.to_datetime('2026-10-31 09:00:00'), "x")
            blank = self.env['coop.pool.extend'].create({'pool_id': pool.id, 'reason': "  "})
            with self.assertRefused("Say why the deadline moves"):
                blank.action_confirm()
            with self.assertRefused("", Exception):
                pool.with_user(self.supervisor)._extend(later, "x")
            pool.action_close()
            with self.assertRefused("is not open"):
                pool._extend(later, "x")

    def test_pool_reopened_after_its_deadline_gets_a_new_one(self):
        pool = self._due_pool({self.siti: 60})
        self._run_schedule()
        with freeze_time('2026-11-01 03:00:00'):
            pool.action_reopen()
            self._request(pool, {self.budi: 2})
        self.assertEqual(str(pool.date_cutoff), '2026-11-04 10:00:00')
        self._run_schedule('2026-11-01 04:00:00')
        self.assertEqual(pool.state, 'open')

    def test_how_often_it_was_extended_is_not_written(self):
        with self.assertRefused("own buttons", Exception):
            self._due_pool().with_user(self.officer).extension_count = 0
