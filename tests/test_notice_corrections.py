from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_intake import IntakeCommon
from odoo.addons.producer_cooperative.tests.common_notice import NoticeMixin
from odoo.addons.producer_cooperative.tests.common_stockroom import LossCommon
from odoo.addons.producer_cooperative.tests.test_pool_money_correction import PoolMoneyCommon


@tagged('post_install', '-at_install')
class TestNoticeRound(NoticeMixin, PoolMoneyCommon):
    """What members get of a round and owe for it, and everything that changes it, as members read of it.

    Siti, Budi and Ani want 4, 2 and 1 bags of seed at Rp 143.
    """

    def _keys(self, member=None):
        return [notice.kind_id.key for notice in self._notices(member=member)]

    def test_distribution_is_told_with_goods_costs_and_what_is_owed(self):
        """4 × 143 are 572, and 4 of 7 parts of the freight of 100 are 57."""
        self._turn_on('pool_charged')
        pool = self._distributed(cost_ids=self.freight)
        notices = self._send()
        self.assertEqual((set(notices.mapped('kind_id.key')), len(notices)), ({'pool_charged'}, 3))
        charge = self._charge(pool, self.siti)
        texts = self._texts(self._notices(member=self.siti))
        self.assertRegex(texts["Seed"], r"4\.00 .* at .*143.*: .*572")
        self.assertEqual(self._figure(texts["Shared Costs"]), charge.cost_total)
        self.assertEqual(self._figure(texts["You Owe for It"]), charge.order_id.amount_total)
        self.assertNotIn("Budi", self._notices(member=self.siti).body)

    def test_share_that_is_not_what_was_asked_for_is_told_and_others_are_not(self):
        """5 of 7 bags come: 4, 2 and 1 become 3, 1 and 1 (largest remainder)."""
        pool = self._seed_pool()
        self._receive(self._order(pool).picking_ids, 5)
        notices = self._send()
        self.assertEqual(notices.membership_id, self.siti | self.budi)
        self.assertEqual(set(notices.mapped('kind_id.key')), {'pool_share'})
        self.assertRegex(self._texts(notices[0])["Seed"], r"^3\.00 .*\(you asked for 4\.00 .*\)$")
        pool._reallocate()
        pool._tell_shares()
        self.assertEqual(self._send(), notices, "nothing has changed since")

    def test_share_that_changes_again_is_told_again_until_it_is_as_asked_for(self):
        pool = self._seed_pool()
        self._receive(self._order(pool).picking_ids, 5)
        self._send()
        self._notices(member=self.siti).sudo().state = 'sent'
        self._share(pool, self.siti).write({'quantity': 2, 'manual_reason': "Has seed of her own"})
        self._send()
        first, second = self._notices(member=self.siti)
        self.assertEqual((first.state, second.state), ('sent', 'letter'))
        self.assertIn("Has seed of her own", second.body)
        self.assertRegex(self._texts(second)["Seed"], r"^2\.00 .*you asked for 4\.00")
        self._share(pool, self.siti).action_reset()
        self._send()
        third = self._notices(member=self.siti)[-1]
        self.assertEqual((second.state, second.reason), ('skipped', "The share has changed again."))
        self.assertRegex(self._texts(third)["Seed"], r"^3\.00 ", "the first share, told once more")

    def test_nobody_is_told_of_a_share_before_everything_has_come(self):
        pool = self._seed_pool()
        self._receive(self._order(pool).picking_ids, 5, backorder=True)
        self.assertFalse(self._notices())
        rest = pool.purchase_order_ids.picking_ids.filtered(lambda picking: picking.state != 'done')
        self._receive(rest, 2)
        self.assertFalse(self._notices(), "all get what they asked for")

    def test_goods_not_collected_are_told_with_both_charges_and_the_reason(self):
        pool = self._distributed()
        self._take_back(pool, self.siti, 1)
        notice = self._send()
        self.assertEqual((notice.membership_id, notice.kind_id.key), (self.siti, 'pool_corrected'))
        texts = self._texts(notice)
        self.assertEqual(texts["Correction"], "Not Collected")
        self.assertRegex(texts["Seed"], r"^-1\.00 .* at .*143.*: .*-.*143")
        self.assertEqual(self._figure(texts["Charge until now, before tax"]), 572)
        self.assertEqual(self._figure(texts["Charge from now on, before tax"]), 429)
        self.assertIn("Did not come", notice.body)

    def test_every_other_correction_of_a_charge_is_told_to_whom_it_concerns(self):
        pool = self._distributed(margin_percent=2.5)
        pool._correct_price(self._charge(pool, self.siti), -20, "Bag torn")
        self.assertEqual(self._figure(self._texts(self._send())["Price Correction"]), -20)
        self._take_back(pool, self.budi, 2, kind='returned')
        pool._offer_again(pool.line_ids, self.ani, 1, "Wants more")
        self._send()
        self.assertEqual(self._texts(self._notices(member=self.budi))["Correction"], "Brought Back")
        texts = self._texts(self._notices(member=self.ani))
        self.assertEqual(texts["Correction"], "Taken Over")
        self.assertRegex(texts["Seed"], r"^1\.00 ")

    def test_variance_is_told_to_each_member_with_the_own_part(self):
        """Bills of 150 instead of 143 ask 7 × 7 = 49 more: 28, 14 and 7."""
        pool = self._distributed()
        self._bill(pool.purchase_order_ids, price=150)
        pool.action_pass_on_variance()
        parts = {
            notice.membership_id: self._figure(self._texts(notice)["Variance, Seed"]) for notice in self._send()
        }
        self.assertEqual(parts, {self.siti: 28, self.budi: 14, self.ani: 7})

    def test_credit_note_that_lowers_a_charge_is_told(self):
        pool = self._invoiced(self._distributed())
        self._bill(pool.purchase_order_ids)
        invoice = pool.invoice_ids.filtered(lambda move: move.partner_id == self.siti.partner_id)
        credit_note = invoice._reverse_moves([{'invoice_date': '2026-11-03'}])
        credit_note.invoice_line_ids.write({'quantity': 4, 'price_unit': 10})
        credit_note.action_post()
        self._charge(pool, self.siti).with_user(self.officer).action_take_credit_notes()
        texts = self._texts(self._send())
        self.assertEqual(texts["Correction"], "Credit Note")
        self.assertEqual(self._figure(texts["Price Correction"]), -40)

    def test_nobody_is_told_of_kinds_that_are_switched_off(self):
        self._turn_on('pool_charged', 'pool_share', 'pool_corrected', channel='off')
        pool = self._distributed(received=5)
        pool._correct_price(self._charge(pool, self.siti), -20, "Bag torn")
        self.assertFalse(self._notices())

    def test_who_has_no_address_gets_a_letter_and_so_does_everybody_of_a_practice_company(self):
        self._turn_on('pool_corrected', channel='mail')
        (self.siti | self.budi).partner_id.email = "member@example.com"
        pool = self._distributed()
        self._take_back(pool, self.siti, 1)
        self._take_back(pool, self.ani, 1)
        notices = self._send()
        self.assertEqual([notice.state for notice in notices], ['sent', 'letter'])
        self.assertEqual(notices[1].reason, "No e-mail address.")
        self.patch(type(self.env['res.company']), '_coop_writes_to_members', lambda company: False)
        self._take_back(pool, self.budi, 1)
        notice = self._send()[-1]
        self.assertEqual((notice.membership_id, notice.state), (self.budi, 'letter'))
        self.assertFalse(notice.sudo().mail_id)
        self.budi.partner_id.phone = "0812-3456 7890"
        with self.assertRefused("Nothing is sent to members of this company"):
            notice.with_user(self.officer).action_open_chat()

    def test_window_confirmed_twice_tells_once(self):
        pool = self._distributed()
        wizard = self.env['coop.pool.take.back'].with_user(self.officer).create({
            'pool_id': pool.id, 'charge_id': self._charge(pool, self.siti).id, 'reason': "Ill",
        })
        wizard.line_ids.quantity = 1
        wizard.action_confirm()
        with self.assertRefused("has been recorded already"):
            wizard.action_confirm()
        self.assertEqual(len(self._send()), 1)

    def test_who_asked_for_goods_hears_of_a_cancelled_round_also_with_the_reminder_still_to_be_printed(self):
        self._turn_on('pool_deadline')
        pool = self._create_pool(date_cutoff=fields.Datetime.now() + timedelta(days=1))
        self._request(pool, {self.siti: 5})
        self.env['coop.pool']._cron_remind_of_deadlines()
        self._send()
        pool._cancel_with_reason("No vendor")
        self._send()
        self.assertEqual(self._keys(self.siti), ['pool_deadline', 'pool_cancelled'])
        self.assertEqual(self._keys(self.budi), ['pool_deadline'], "was reminded of nothing, and asked for nothing")
        self.assertEqual(set(self._notices('pool_deadline').mapped('state')), {'skipped'})

    def test_moved_due_date_is_told_with_both_days_and_so_is_its_way_back(self):
        season = self.env['coop.season'].create({'name': "Wet season", 'date_end': '2027-03-31'})
        self._invoiced(self._distributed(season_id=season.id))
        change = self.env['coop.due.change'].with_user(self.officer).create({
            'season_id': season.id, 'date_due': '2027-08-31', 'reason': "Drought",
            'membership_ids': [Command.set(self.siti.ids)],
        })
        change.action_request()
        self.assertFalse(self._notices())
        change.with_user(self.manager).action_approve()
        notice = self._send()
        self.assertEqual((notice.membership_id, notice.kind_id.key), (self.siti, 'due_moved'))
        [text] = self._texts(notice).values()
        self.assertRegex(text, r"572.*, due on 08/31/2027 instead of 03/31/2027")
        self.assertIn("Drought", notice.body)
        change.with_user(self.manager)._cancel_with_reason("It rained")
        back = self._send() - notice
        self.assertEqual((back.membership_id, back.kind_id.key), (self.siti, 'due_back'))
        [text] = self._texts(back).values()
        self.assertRegex(text, r"due on 03/31/2027 instead of 08/31/2027")
        self.assertIn("It rained", back.body)


@tagged('post_install', '-at_install')
class TestNoticeStock(NoticeMixin, LossCommon):
    """What changes a member's goods in stock, as the member reads of it."""

    def test_lower_asking_price_is_told_and_so_is_its_way_back(self):
        slip = self._bring_at(self.siti, 10, asking_price=12_000)
        reduction = self.env['coop.consignment.reduction'].with_user(self.officer).create({
            'membership_id': self.siti.id, 'consent_by': "Siti", 'consent_date': self.today, 'consent_kind': 'signed',
            'line_ids': [Command.create({'consignment_line_id': slip.line_ids.id, 'price': 9_000})],
        })
        self.assertFalse(self._notices())
        reduction.with_user(self.manager).action_confirm()
        with self.assertRefused("Confirmed"):
            reduction.with_user(self.manager).action_confirm()
        notice = self._send()
        self.assertEqual((notice.membership_id, notice.kind_id.key), (self.siti, 'price_lowered'))
        texts = self._texts(notice)
        self.assertRegex(texts[slip.line_ids.display_name], r"9,000.* per Units, until now .*12,000")
        self.assertIn("given by Siti", texts["Consent"])
        reduction._cancel_with_reason("She did not agree")
        back = self._send() - notice
        self.assertEqual(back.kind_id.key, 'price_restored')
        self.assertRegex(self._texts(back)[slip.line_ids.display_name], r"12,000.* per Units, until now .*9,000")
        self.assertIn("She did not agree", back.body)

    def test_cancelled_draft_of_a_reduction_is_told_to_nobody(self):
        slip = self._bring_at(self.siti, 10, asking_price=12_000)
        self.env['coop.consignment.reduction'].with_user(self.officer).create({
            'membership_id': self.siti.id,
            'line_ids': [Command.create({'consignment_line_id': slip.line_ids.id, 'price': 9_000})],
        })._cancel_with_reason("Mistake")
        self.assertFalse(self._notices())

    def test_missing_goods_are_told_to_each_owner_with_the_own_part_and_who_bears_it(self):
        """6 of 30 and 20 are missing: 3.6 of Siti's and 2.4 of Budi's, at Rp 100."""
        self._bring_at(self.siti, 30, asking_price=100)
        self._bring_at(self.budi, 20, asking_price=100)
        loss = self._loss(counted=44, bearer='cooperative')
        loss.action_submit()
        self.assertFalse(self._notices())
        loss.with_user(self.manager).action_approve()
        loss.with_user(self.accountant).action_book()
        notices = self._send()
        self.assertEqual(set(notices.mapped('kind_id.key')), {'goods_lost'})
        texts = {notice.membership_id: self._texts(notice) for notice in notices}
        self.assertEqual(len(notices), 2)
        for member, quantity, amount in ((self.siti, "3.60", 360), (self.budi, "2.40", 240)):
            self.assertRegex(texts[member]["Rice"], rf"^{quantity} .* are missing$")
            self.assertEqual(texts[member]["Borne By"], "The cooperative")
            self.assertEqual(self._figure(texts[member]["You get for it"]), amount)
        self.assertIn("Mice", notices[0].body)

    def test_spoilt_goods_that_members_bear_name_no_amount_and_found_ones_are_told(self):
        self._bring_at(self.siti, 30)
        loss = self._loss(spoilt=5)
        loss.action_submit()
        loss.with_user(self.manager).action_approve()
        self.assertEqual(self._texts(self._send()), {
            "Rice": "5.00 Units are spoilt or damaged", "Borne By": "The members",
        })
        self._find(self.siti, 2)
        texts = self._texts(self._send()[-1])
        self.assertEqual(texts["Rice"], "2.00 Units more were found; they are yours to be sold")

    def test_return_slip_is_told_ready_handed_over_and_cancelled(self):
        self._turn_on('return_ready', 'returned')
        self._bring(self.siti, 60)
        slips = self.env['coop.consignment.return'].with_user(self.officer).create([{
            'membership_id': self.siti.id, 'reason': 'wish', 'fetched_by': "Budi",
            'line_ids': [Command.create({'product_id': self.rice.id, 'quantity': quantity})],
        } for quantity in (20, 10)])
        slips.action_confirm()
        self._do(slips[0].picking_ids)
        self._send()
        for notice in self._notices('return_ready'):
            notice.sudo().state = 'printed'
        slips[1]._cancel_with_reason("Sold after all")
        notices = self._send()
        self.assertEqual(
            [notice.kind_id.key for notice in notices],
            ['return_ready', 'return_ready', 'returned', 'return_cancelled'],
        )
        self.assertEqual(self._texts(notices[2]), {
            "Rice": "20.00 Units", "Why": "The member wants them back", "Fetched By": "Budi",
        })
        self.assertEqual(self._texts(notices[3])["Rice"], "10.00 Units")
        self.assertIn("Sold after all", notices[3].body)


@tagged('post_install', '-at_install')
class TestNoticeBought(NoticeMixin, IntakeCommon):
    """Goods that the cooperative bought from a member, as the member reads of it."""

    def test_bill_names_goods_prices_and_debts_and_so_does_its_cancellation(self):
        """60 kg at 9 are 540; 50 are owed and set off, 490 are paid out."""
        self._turn_on('bought')
        self._take_in(self.siti, {'gross': 100})
        debt = self._owe(self.siti, 50, date='2026-02-01')
        buyout = self.env['coop.consignment.buyout'].with_user(self.officer).create({
            'membership_id': self.siti.id, 'agreed_by': "Siti", 'agreed_on': self.today, 'agreed_kind': 'signed',
            'set_off_rate': 100, 'set_off_consent_date': '2026-01-10',
            'line_ids': [Command.create({'product_id': self.rice.id, 'quantity': 60, 'price': 9})],
        })
        buyout.with_user(self.accountant).action_confirm()
        notice = self._send()
        self.assertEqual((notice.membership_id, notice.kind_id.key), (self.siti, 'bought'))
        texts = self._texts(notice)
        self.assertRegex(texts[self.own_rice.display_name], r"^60\.00 kg at .*9.*: .*540")
        labels = ("Total", f"Set Off, {debt.name}", "To Be Paid Out")
        self.assertEqual([self._figure(texts[label]) for label in labels], [540, -50, 490])
        notice.sudo().state = 'printed'
        buyout.bill_id.with_user(self.accountant)._cancel_with_reason("Wrong price")
        back = self._send() - notice
        self.assertEqual(back.kind_id.key, 'bought_cancelled')
        self.assertEqual(self._figure(self._texts(back)["Total"]), 540)
        self.assertIn("Wrong price", back.body)
