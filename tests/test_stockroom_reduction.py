from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_stockroom import StockroomCommon


@tagged('post_install', '-at_install')
class TestStockroomReduction(StockroomCommon):
    """A lower asking price, with the member's consent."""

    def setUp(self):
        super().setUp()
        self.slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id,
            'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 60, 'asking_price': 12_000})],
        })
        self.slip.action_confirm()
        self.slip.picking_ids.button_validate()

    def _reduce(self, price, **values):
        return self.env['coop.consignment.reduction'].with_user(self.officer).create({
            'membership_id': self.siti.id, 'consent_by': "Siti", 'consent_date': self.today, 'consent_kind': 'signed',
            'line_ids': [Command.create({'consignment_line_id': self.slip.line_ids.id, 'price': price})], **values,
        })

    def _confirm(self, reduction):
        reduction.with_user(self.manager).action_confirm()
        return reduction

    def test_price_is_lowered_and_every_earlier_one_is_kept(self):
        line = self.slip.line_ids
        self.assertEqual(line.price_now, 12_000)
        first, second = self._reduce(10_000), self._reduce(9_000)
        self._confirm(first)
        self._confirm(second)
        self.assertEqual((line.asking_price, line.price_now), (12_000, 9_000))
        self.assertEqual([change.price_before for change in (first | second).line_ids], [12_000, 10_000])
        self.assertEqual((first.noted_by_id, first.confirmed_by_id), (self.officer, self.manager))
        self.assertEqual(first.consent_kind, 'signed')
        row = self.env['coop.consignment.unsold'].search([('owner_id', '=', self.siti.partner_id.id)])
        self.assertEqual((row.asking_price, row.asking_value), (9_000, 540_000))
        second._cancel_with_reason("Siti changed her mind")
        self.assertEqual(line.price_now, 10_000)

    def test_no_consent_no_reduction(self):
        for missing in ('consent_by', 'consent_date', 'consent_kind'):
            with self.subTest(missing=missing), self.assertRefused("Note who of Siti consented"):
                self._confirm(self._reduce(10_000, **{missing: False}))
        with self.assertRefused("before the price is lowered"):
            self._confirm(self._reduce(10_000, consent_date=fields.Date.add(self.today, days=1)))
        self.assertEqual(self.slip.line_ids.price_now, 12_000)

    def test_price_must_be_lower_and_above_nothing(self):
        with self.assertRefused("is not lower"):
            self._confirm(self._reduce(12_000))
        with self.assertRefused("Say what is asked"):
            self._confirm(self._reduce(0))
        with self.assertRefused("Add the goods"):
            self._confirm(self._reduce(1, line_ids=[]))

    def test_goods_of_another_member_are_refused(self):
        with self.assertRefused("belongs to Siti, not to Budi"):
            self._confirm(self._reduce(10_000, membership_id=self.budi.id, consent_by="Budi"))

    def test_confirmed_reduction_is_not_changed(self):
        reduction = self._confirm(self._reduce(10_000))
        with self.assertRefused("is not changed"):
            reduction.line_ids.price = 1
        with self.assertRefused("is not changed"):
            reduction.consent_by = "Somebody"
        with self.assertRefused("own buttons", Exception):
            self._reduce(9_000).line_ids.price_before = 5
        with self.assertRefused("by a price reduction only", Exception):
            self.slip.line_ids.with_user(self.officer).price_now = 1

    def test_reduction_starts_from_the_unsold_goods_of_one_member(self):
        rows = self.env['coop.consignment.unsold'].with_user(self.officer).search([])
        action = rows.action_reduce_price()
        reduction = self.env['coop.consignment.reduction'].browse(action['res_id'])
        self.assertEqual((reduction.membership_id, reduction.line_ids.price), (self.siti, 12_000))
        self._bring(self.budi, 5)
        with self.assertRefused("goods of one member"):
            self.env['coop.consignment.unsold'].with_user(self.officer).search([]).action_reduce_price()
        self._find(self.wati, 7)
        rows = self.env['coop.consignment.unsold'].search([('owner_id', '=', self.wati.partner_id.id)])
        with self.assertRefused("without an intake slip"):
            rows.with_user(self.officer).action_reduce_price()

    def test_officer_lowers_prices_and_the_others_do_not(self):
        reduction = self._reduce(10_000)
        for user in (self.supervisor, self.accountant, self.warehouse_user):
            with self.subTest(user=user.login), self.assertRefused("not allowed", Exception):
                reduction.with_user(user).action_confirm()
        self._confirm(reduction)
        self.assertEqual(reduction.state, 'confirmed')

    def test_whoever_wrote_a_price_or_the_consent_does_not_lower_it(self):
        reduction = self._reduce(1)
        with self.assertRefused("You wrote this price reduction"):
            reduction.action_confirm()
        other = self.manager.copy({'login': 'other manager', 'group_ids': self.manager.group_ids.ids})
        for change in (
            lambda doc: doc.write({'consent_kind': 'spoken'}),
            lambda doc: doc.line_ids.write({'price': 9_000}),
        ):
            written = self._reduce(10_000)
            change(written.with_user(self.manager))
            with self.assertRefused("You wrote this price reduction"):
                self._confirm(written)
            written.with_user(other).action_confirm()
            self.assertEqual((written.state, written.confirmed_by_id), ('confirmed', other))
            written._cancel_with_reason("Next try")
        with self.assertRefused("own buttons", Exception):
            reduction.noted_by_id = self.supervisor
        self.assertEqual(self.slip.line_ids.price_now, 12_000)

    def test_member_is_told_the_lower_price_and_who_is_said_to_have_consented(self):
        self.siti.partner_id.email = 'siti@example.com'
        self._confirm(self._reduce(9_000))
        message = self.siti.message_ids[0]
        self.assertEqual(message.notified_partner_ids, self.env["res.partner"])
        for text in (self.slip.name, "12,000", "9,000", "Siti consented on", "Signed on paper"):
            self.assertIn(text, message.body)
