from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_control import ControlCommon


@tagged('post_install', '-at_install')
class TestCashHandover(ControlCommon):
    """The drawer holds Rp 220,000; the first cashier hands it over to the second."""

    def _pay_in(self, user):
        voucher = self.env['coop.savings.voucher'].with_user(user).create({
            'journal_id': self.cash_journal.id, 'date': self.today, 'line_ids': [Command.create({
                'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'amount': 5_000,
            })],
        })
        voucher.action_post()
        return voucher

    def _handed_over(self, notes=None, **values):
        handover = self._hand_over(notes or {100_000: 2, 20_000: 1}, **values)
        handover.with_user(handover.to_user_id).action_receive()
        return handover

    # === WHO HOLDS IT === #

    def test_receiver_confirms_and_holds_the_drawer(self):
        handover = self._hand_over({100_000: 2, 20_000: 1})
        self.assertRecordValues(handover, [{
            'state': 'offered', 'amount_counted': 220_000, 'amount_expected': 220_000, 'difference': 0,
        }])
        self.assertFalse(self.cash_journal.coop_holder_id)
        self.assertIn(self.other_cashier, handover.sudo().activity_ids.user_id)
        handover.with_user(self.other_cashier).action_receive()
        self.assertEqual(handover.state, 'done')
        self.cash_journal.invalidate_recordset()
        self.assertEqual(self.cash_journal.coop_holder_id, self.other_cashier)
        self.assertEqual(self.cash_journal.coop_held_since, handover.received_on)
        self.assertFalse(handover.sudo().activity_ids)

    def test_only_the_holder_books_on_a_drawer_that_was_handed_over(self):
        self._pay_in(self.cashier)
        self._handed_over({100_000: 2, 20_000: 1, 5_000: 1})
        with self.assertRefused("coop_cashier_2 .*holds the drawer|holds the drawer of"):
            self._pay_in(self.cashier)
        self.assertEqual(self._pay_in(self.other_cashier).state, 'posted')
        self.assertEqual(self._pay_in(self.accountant).state, 'posted')

    def test_new_voucher_goes_over_the_drawer_that_the_cashier_holds(self):
        kiosk = self.env['account.journal'].create({'name': "Kiosk", 'type': 'cash', 'code': 'KSK', 'sequence': 99})
        kiosk.coop_cashier_ids = self.cashier | self.other_cashier
        vouchers = self.env['coop.savings.voucher']
        self.assertEqual(vouchers.with_user(self.cashier).create({}).journal_id.id, self.cash_journal.id)
        self._handed_over()
        self.assertEqual(vouchers.with_user(self.cashier).create({}).journal_id.id, kiosk.id)
        self.assertEqual(vouchers.with_user(self.other_cashier).create({}).journal_id.id, self.cash_journal.id)

    def test_nothing_is_booked_while_a_hand_over_waits(self):
        self._handed_over()
        back = self._hand_over({100_000: 2, 20_000: 1}, giver=self.other_cashier, receiver=self.cashier)
        with self.assertRefused("Nothing is booked on it until that is confirmed"):
            self._pay_in(self.other_cashier)
        back.action_take_back()
        self.assertEqual(self._pay_in(self.other_cashier).state, 'posted')

    def test_what_was_booked_meanwhile_is_counted_again(self):
        handover = self._hand_over({100_000: 2, 20_000: 1})
        self._pay_in(self.accountant)
        with self.assertRefused("Since .* counted, .*5,000.* was booked"):
            handover.with_user(self.other_cashier).action_receive()
        handover.action_take_back()
        handover.note_ids = [Command.create({'value': 5_000, 'quantity': 1})]
        handover.action_hand_over()
        handover.with_user(self.other_cashier).action_receive()
        self.assertEqual((handover.state, handover.difference), ('done', 0))

    def test_everybody_concerned_sees_who_holds_which_drawer(self):
        other = self.env['account.journal'].create({'name': "Kiosk", 'type': 'cash', 'code': 'KSK'})
        self._handed_over({100_000: 2, 10_000: 1})
        following = self._hand_over({100_000: 2, 10_000: 1}, giver=self.other_cashier, receiver=self.cashier)
        drawers = self.env['coop.cash.drawer'].with_user(self.cashier).search([])
        self.assertRecordValues(drawers, [{
            'journal_id': self.cash_journal.id, 'balance': 220_000, 'pending': -10_000,
            'holder_id': self.other_cashier.id, 'handover_id': following.id,
        }])
        self.assertEqual(drawers.action_hand_over()['res_id'], following.id)
        count = drawers.action_count()
        self.assertEqual(count['context'], {'default_journal_id': self.cash_journal.id})
        for user in (self.accountant, self.manager, self.supervisor):
            found = self.env['coop.cash.drawer'].with_user(user).search([('company_id', '=', self.company.id)])
            self.assertEqual(found.sudo().journal_id.sudo(False), (self.cash_journal | other).sudo(False))
        with self.assertRaises(AccessError):
            self.env['coop.cash.drawer'].with_user(self.officer).search([]).mapped('balance')

    def test_drawer_goes_on_from_hand_to_hand(self):
        self._handed_over()
        self._handed_over(giver=self.other_cashier, receiver=self.accountant)
        self._handed_over(giver=self.accountant, receiver=self.cashier)
        self.cash_journal.invalidate_recordset()
        self.assertEqual(self.cash_journal.coop_holder_id, self.cashier)

    # === WHO MAY === #

    def test_only_the_receiver_confirms(self):
        handover = self._hand_over({100_000: 2, 20_000: 1})
        for user in (self.cashier, self.accountant):
            with self.assertRefused("who confirms it with the own login"):
                handover.with_user(user).action_receive()
        for user in (self.officer, self.manager, self.supervisor):
            with self.assertRaises(AccessError):
                handover.with_user(user).action_receive()
        self.assertEqual(handover.state, 'offered')

    def test_only_the_holder_hands_over(self):
        self._handed_over()
        with self.assertRefused("and it is handed over from there"):
            self._hand_over({100_000: 2, 20_000: 1}, giver=self.cashier)
        draft = self._hand_over(
            {100_000: 2}, giver=self.cashier, receiver=self.accountant, offer=False, from_user_id=self.other_cashier.id,
        )
        with self.assertRefused("signs with the own login"):
            draft.action_hand_over()

    def test_drawer_goes_only_to_its_cashiers_and_treasurers(self):
        stranger = self._create_role_user('cashier_3', 'producer_cooperative.group_coop_cashier')
        for receiver in (stranger, self.officer, self.manager):
            with self.assertRefused("is no cashier of"):
                self._hand_over({100_000: 2}, receiver=receiver)

    def test_nobody_hands_over_to_oneself(self):
        with self.assertRefusedByDatabase('coop.cash.handover', "handed over to somebody else"):
            self._hand_over({100_000: 2}, receiver=self.cashier)

    def test_treasurer_signs_for_a_cashier_who_is_ill(self):
        self._handed_over()
        values = {'from_user_id': self.other_cashier.id, 'receiver': self.cashier, 'is_absent': True}
        with self.assertRefused("Say why"):
            self._hand_over({100_000: 2, 20_000: 1}, giver=self.accountant, **values)
        with self.assertRefused("You cannot sign for .* and receive the cash yourself"):
            self._hand_over(
                {100_000: 2}, giver=self.accountant, **{**values, 'receiver': self.accountant}, absence_reason="Ill",
            )
        with self.assertRefused("Only this role may do that", AccessError):
            self._hand_over({100_000: 2}, giver=self.cashier, **{**values, 'receiver': self.accountant},
                            absence_reason="Ill")
        handover = self._hand_over(
            {100_000: 2, 20_000: 1}, giver=self.accountant, **values, absence_reason="Ill since Monday",
        )
        handover.with_user(self.cashier).action_receive()
        self.assertRecordValues(handover, [{
            'state': 'done', 'from_user_id': self.other_cashier.id, 'offered_by_id': self.accountant.id,
        }])
        self.cash_journal.invalidate_recordset()
        self.assertEqual(self.cash_journal.coop_holder_id, self.cashier)

    def test_one_hand_over_waits_at_a_time(self):
        self._hand_over({100_000: 2, 20_000: 1})
        with self.assertRefused("waits to be confirmed already"):
            self._hand_over({100_000: 2, 20_000: 1}, receiver=self.accountant)

    # === THE DIFFERENCE === #

    def test_what_is_missing_becomes_a_count_of_who_hands_over(self):
        handover = self._handed_over({100_000: 2, 10_000: 1})  # 10,000 too little
        self.assertEqual(handover.difference, -10_000)
        count = handover.sudo().count_ids
        self.assertRecordValues(count, [{
            'state': 'counted', 'difference': -10_000, 'cashier_id': self.cashier.id, 'amount_counted': 210_000,
        }])
        self.assertEqual(
            {note.value: note.quantity for note in count.note_ids}, {100_000: 2, 10_000: 1},
        )
        # The next one starts from what was received.
        following = self._hand_over(
            {100_000: 2, 10_000: 1}, giver=self.other_cashier, receiver=self.accountant,
        )
        self.assertEqual((following.amount_expected, following.difference), (210_000, 0))
        count.with_user(self.supervisor).action_witness()
        count.with_user(self.manager).action_give_approval()
        self.assertEntry(count.move_id, [
            (self.cash, None, -10_000), (self.cash_journal.loss_account_id, None, 10_000),
        ])

    # === KEEPING === #

    def test_signed_hand_over_is_neither_changed_nor_deleted_nor_forged(self):
        handover = self._hand_over({100_000: 2, 20_000: 1})
        with self.assertRefused("A signed hand-over is not changed"):
            handover.to_user_id = self.accountant
        with self.assertRefused("is signed: its notes and coins"):
            handover.note_ids.quantity = 1
        with self.assertRefused("was signed and stays"):
            handover.unlink()
        for vals in ({'state': 'done'}, {'received_on': fields.Datetime.now()}, {'difference': 1}):
            with self.assertRefused("own buttons", AccessError):
                handover.write(vals)
        with self.assertRefused("own buttons", AccessError):
            self._hand_over({100_000: 2}, receiver=self.accountant, state='done')

    def test_hand_over_that_nobody_confirmed_is_cancelled_with_a_reason(self):
        handover = self._hand_over({100_000: 2, 20_000: 1})
        handover.with_user(self.other_cashier)._cancel_with_reason("Did not come")
        self.assertEqual(handover.state, 'cancelled')
        done = self._handed_over()
        with self.assertRefused("nothing further can be done"):
            done._cancel_with_reason("x")

    def test_record_names_both_and_what_was_handed_over(self):
        handover = self._handed_over(note="Two keys")
        report = handover.with_user(self.supervisor)._get_report_data()
        self.assertIn(handover.name, report.title)
        self.assertIn(self.cashier.name, report.signatures[0])
        self.assertIn(self.other_cashier.name, report.signatures[1])
        self.assertEqual([row.values['quantity'] for row in report.tables[0].lines], [2, 1])
        self.assertIn("Also handed over: Two keys", [row.values.get('what') for row in report.tables[1].rows])
        html, _kind = self.env['ir.actions.report']._render_qweb_html(handover._report_action, handover.ids)
        self.assertIn("Also handed over: Two keys", html.decode())
