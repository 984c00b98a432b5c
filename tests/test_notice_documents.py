from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.tests.common_counter import CounterCommon
from odoo.addons.producer_cooperative.tests.common_intake import IntakeCommon
from odoo.addons.producer_cooperative.tests.common_notice import NoticeMixin
from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon
from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon


@tagged('post_install', '-at_install')
class TestNoticeMoney(NoticeMixin, CounterCommon):
    """Receipts and settlements as members read of them."""

    def test_settlement_names_every_deduction(self):
        """Sales of 100 × 100 less 10 % commission are 9,000; Rp 4,000 are owed and due, so 5,000 are paid out."""
        self._turn_on('settlement')
        wati = self._create_member("Wati")
        self._create_agreement(wati, commission_rate=10, set_off_rate=100, set_off_consent_date='2020-01-01')
        debt = self._owe(wati, 4_000, date='2026-01-10')
        self._sold(wati, 100, price=100)
        settlement = self._settle(wati)
        self.assertEqual(settlement.amount_set_off, 4_000)
        notice = self._send()
        self.assertRegex(notice.sudo()._get_chat_text(), r"\n- Commission: .*\n- Proceeds: ")
        texts = self._texts(notice)
        amounts = {label: text for label, text in texts.items() if label in (
            "Sales", "Commission", "Proceeds", "To Be Paid Out")}
        self.assertEqual({label: self._figure(text) for label, text in amounts.items()}, {
            "Sales": 10_000, "Commission": -1_000, "Proceeds": 9_000, "To Be Paid Out": 5_000,
        })
        [deduction] = [label for label in texts if label.startswith("Set Off, ")]
        self.assertIn(debt.name, deduction)
        self.assertEqual(self._figure(texts[deduction]), -4_000)

    def test_cancelled_settlement_is_told_of_with_the_reason(self):
        self.of_siti._cancel_with_reason("Wrong price")
        notice = self._send()
        self.assertEqual((notice.kind_id.key, notice.membership_id), ('settlement_cancelled', self.siti))
        self.assertIn("Wrong price", notice.body)
        self.assertEqual(self._figure(self._texts(notice)["To Be Paid Out"]), 9_045)

    def test_counter_receipt_is_told_of_once_with_all_that_it_settled(self):
        self._turn_on('receipt')
        # of the 9,045 that are owed, no coin pays the last 45
        self._serve(self.siti, {('savings', self.voluntary): 50_000, 'payable': 9_045})
        notice = self._send()
        self.assertEqual(notice.mapped('res_model'), ['coop.counter.receipt'])
        texts = self._texts(notice)
        self.assertEqual({self._figure(text) for text in texts.values()}, {50_000, 9_000, 41_000})

    def test_payout_is_told_to_each_member_with_the_own_amount(self):
        self._turn_on('receipt')
        payout = self._pay()
        notices = self._send()
        self.assertEqual(
            {notice.membership_id: self._figure(self._texts(notice)["You were paid"].split(" (")[0])
             for notice in notices},
            {line.membership_id: line.amount for line in payout.line_ids},
        )
        self.assertEqual(len(notices), 2)
        payout._cancel_with_reason("Wrong day")
        self.assertEqual(set(self._send().mapped('state')), {'skipped'})

    def test_opening_balances_are_told_to_nobody(self):
        self._turn_on('receipt')
        self.env['coop.savings.voucher'].create({
            'direction': 'opening', 'date': '2026-01-01', 'line_ids': [Command.create({
                'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'amount': 1_000,
            })],
        }).action_post()
        self.assertFalse(self._notices())

    def test_admission_is_told_with_number_and_savings(self):
        self._turn_on('admission')
        wati = self._create_member("Wati")
        notice = self._send()
        self.assertEqual((notice.membership_id, notice.kind_id.key), (wati, 'admission'))
        texts = self._texts(notice)
        self.assertEqual(texts["Member Number"], wati.number)
        self.assertEqual(self._figure(texts[self.principal.name]), 100_000)
        wati.action_admit()
        self.assertEqual(self._send(), notice)


@tagged('post_install', '-at_install')
class TestNoticeGoods(NoticeMixin, IntakeCommon):
    """Intake slips, corrected weights and prices as members read of them."""

    def test_intake_is_told_as_signed_and_the_correction_by_itself(self):
        self._turn_on('intake')
        slip = self._take_in(self.siti, {'gross': 100, 'tare': 2})
        correction = self.env['coop.consignment.correction'].with_user(self.officer).create({
            'line_id': slip.line_ids.id, 'new_net': 90, 'reason': "Stones in the sack",
        })
        correction.action_request()
        correction.with_user(self.manager).action_post()
        intake, corrected = self._send()
        self.assertEqual((intake.kind_id.key, corrected.kind_id.key), ('intake', 'intake_corrected'))
        self.assertEqual(self._texts(intake), {"Rice": "98.00 kg net (gross 100.00 kg)"})
        texts = self._texts(corrected)
        self.assertEqual((texts["Net until now"], texts["Net from now on"]), ("98.00 kg", "90.00 kg"))
        self.assertIn("Stones in the sack", corrected.body)
        self.assertEqual(corrected.membership_id, self.siti)

    def test_cancelled_slip_is_told_and_a_cancelled_draft_is_not(self):
        draft = self._write_slip(self.siti, {'gross': 10})
        draft._cancel_with_reason("Mistake")
        self.assertFalse(self._notices())
        slip = self._write_slip(self.siti, {'gross': 10})
        slip.action_confirm()
        slip._cancel_with_reason("Wrong member")
        self.assertEqual(self._send().kind_id.key, 'intake_cancelled')

    def test_corrected_price_is_told_to_the_owners_of_the_goods_and_nobody_else(self):
        self._bring(self.budi, 5)
        invoice = self._sold(self.siti, 60)
        wizard = self.env['coop.price.correction'].create({'move_id': invoice.id, 'reason': "Wet rice"})
        wizard.line_ids.price_new = 8
        wizard.action_confirm()
        notice = self._send()
        self.assertEqual((notice.membership_id, notice.kind_id.key), (self.siti, 'price_corrected'))
        texts = self._texts(notice)
        self.assertEqual(texts["Invoice"], invoice.name)
        self.assertRegex(texts["Rice"], r"-.*2\.00 per kg")
        self.assertIn("Wet rice", notice.body)
        self.assertNotIn(self.customer.name, notice.body)


@tagged('post_install', '-at_install')
class TestNoticePool(NoticeMixin, PoolCommon):
    """Deadlines of rounds as members read of them."""

    def test_deadline_is_told_once_to_every_active_member_with_the_own_requests(self):
        self._turn_on('pool_deadline')
        pool = self._create_pool(date_cutoff=fields.Datetime.now() + timedelta(days=1))
        self._request(pool, {self.siti: 5})
        for _turn in range(2):
            self.env['coop.pool']._cron_remind_of_deadlines()
        notices = self._send()
        self.assertEqual(notices.membership_id, self.siti | self.budi | self.ani)
        self.assertEqual(len(notices), 3)
        texts = {notice.membership_id: self._texts(notice) for notice in notices}
        self.assertIn("5.00", texts[self.siti]["Fertilizer"])
        self.assertEqual(texts[self.budi]["Your requests"], "none yet")

    def test_round_that_cannot_be_told_of_holds_up_no_other(self):
        self._turn_on('pool_deadline')
        broken, sound = (
            self._create_pool(date_cutoff=fields.Datetime.now() + timedelta(days=1)) for _number in range(2)
        )
        queue = type(broken)._queue_notices

        def fail(pool, *args):
            if pool == broken:
                raise ValueError("broken")
            return queue(pool, *args)
        self.patch(type(broken), '_queue_notices', fail)
        with mute_logger('odoo.addons.producer_cooperative.models.coop_notice_pool'):
            self.env['coop.pool']._cron_remind_of_deadlines()
        self.assertEqual(set(self._notices().mapped('res_id')), {sound.id})

    def test_deadline_that_is_far_away_is_told_to_nobody(self):
        self._turn_on('pool_deadline')
        self._create_pool(date_cutoff=fields.Datetime.now() + timedelta(days=3))
        self.env['coop.pool']._cron_remind_of_deadlines()
        self.assertFalse(self._notices())

    def test_moved_deadline_and_cancelled_round_are_told_to_who_takes_part(self):
        pool = self._create_pool(date_cutoff=fields.Datetime.now() + timedelta(days=1))
        self._request(pool, {self.siti: 5})
        pool._extend(fields.Datetime.now() + timedelta(days=4), "Rain")
        pool._cancel_with_reason("No vendor")
        notices = self._send()
        self.assertEqual(
            [(notice.membership_id, notice.kind_id.key) for notice in notices],
            [(self.siti, 'pool_moved'), (self.siti, 'pool_cancelled')],
        )
        self.assertIn("No vendor", notices[1].body)


@tagged('post_install', '-at_install')
class TestNoticeShu(NoticeMixin, ShuCommon):
    """SHU statements go out by themselves where that is set so, with the one mechanism that sends them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_rule(('reserve', 60), ('capital', 40))
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.budi = cls._create_registered("Budi", '002', 100_000)
        cls.siti.partner_id.phone = "+62 812 3456 7890"

    def _run(self, allocation):
        return self.env['coop.shu.statement.run'].search([('allocation_id', '=', allocation.id)])

    def test_posting_starts_the_sending_where_members_are_told(self):
        self.assertFalse(self._run(self._post(1_000_000)))
        self._turn_on('shu', channel='chat')
        allocation = self._post(period=('2025-01-01', '2025-12-31'), surplus=1_000_000, date='2026-02-01')
        run = self._run(allocation)
        self.assertEqual(run.state, 'running')
        while run._as_starter()._send_next():
            pass
        states = {line.membership_id: line.state for line in run.line_ids}
        self.assertEqual(states, {self.siti: 'chat', self.budi: 'letter'})
        line = run.line_ids.filtered(lambda line: line.membership_id == self.siti)
        url = line.with_user(self.officer).action_open_chat()['url']
        self.assertIn("https://wa.me/6281234567890?text=", url)
        self.assertIn("300%2C000", url)
        self.assertEqual(line.state, 'sent')
        self.assertTrue(line.member_line_id.statement_sent_on)

    def test_cancelled_shu_is_told_to_who_has_the_statement(self):
        allocation = self._post(1_000_000)
        self._line(allocation, self.siti).statement_sent_on = fields.Datetime.now()
        allocation._cancel_with_reason("Wrong rule")
        notice = self._send()
        self.assertEqual((notice.membership_id, notice.kind_id.key), (self.siti, 'shu_cancelled'))
        self.assertIn("Wrong rule", notice.body)
