from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_control import ControlCommon
from odoo.addons.producer_cooperative.tests.common_counter import CounterCommon


class EyesMixin:

    def _rows(self, what, user=None):
        self.env.flush_all()
        return self.env['coop.oversight'].with_user(user or self.supervisor).search([('what', '=', what)])


@tagged('post_install', '-at_install')
class TestEyesOversight(EyesMixin, ControlCommon):
    """Supervisors see by themselves where the rule of two people was loosened, refused or not needed, and the cash."""

    def _propose(self, user=None, **values):
        limit = self.env['coop.approval.limit'].with_user(user or self.manager).create({
            'kind': 'payout', 'amount': 9_000_000, 'reason': "Decided by the board", **values,
        })
        limit.action_propose()
        return limit

    def test_raised_limit_stands_on_the_list_once_it_is_confirmed(self):
        limit = self._propose()
        self.assertFalse(self._rows('limit_loosened'))
        limit.with_user(self.other_manager).action_give_approval()
        row = self._rows('limit_loosened')
        self.assertEqual(
            (row.kind, row.res_model, row.res_id, row.user_id, row.amount, row.reason, row.day),
            ('eyes', 'coop.approval.limit', limit.id, self.other_manager, 9_000_000, "Decided by the board",
             self.today),
        )
        self.assertEqual(row.action_open()['res_id'], limit.id)

    def test_limit_that_is_switched_off_stands_on_the_list_and_a_stricter_one_does_not(self):
        self._propose(amount=1_000_000)
        self.assertFalse(self._rows('limit_loosened'))
        off = self._propose(kind='withdrawal', is_required=False, amount=0)
        off.with_user(self.accountant).action_give_approval()
        self.assertEqual(self._rows('limit_loosened').res_id, off.id)

    def test_refused_approval_with_the_reason(self):
        voucher = self._withdraw(6_000_000, self.accountant)
        voucher.action_ask_approval()
        approval = voucher._get_waiting_approval()
        self.assertFalse(self._rows('approval_refused'))
        approval.with_user(self.manager)._cancel_with_reason("No signature")
        row = self._rows('approval_refused')
        self.assertEqual(
            (row.kind, row.res_id, row.user_id, row.amount, row.reason),
            ('eyes', approval.id, self.manager, 6_000_000, "No signature"),
        )
        self.assertIn(voucher.display_name, row.document)

    def test_what_one_person_did_alone(self):
        alone = self._withdraw(1_000_000, self.cashier)
        alone.action_post()
        by_two = self._withdraw(1_000_000, self.cashier, member=self.budi)
        by_two.with_user(self.accountant).action_post()
        row = self._rows('done_alone')
        self.assertEqual(
            (row.kind, row.res_model, row.res_id, row.user_id, row.amount, row.day),
            ('alone', 'coop.savings.voucher', alone.id, self.cashier, 1_000_000, self.today),
        )
        self.assertIn(row, self.env['coop.oversight'].search([('kind', '=', 'alone')]))

    def test_who_did_it_alone_is_nobodys_to_write(self):
        alone = self._withdraw(1_000_000, self.cashier)
        alone.action_post()
        for vals in ({'posted_alone': False}, {'alone_by_id': self.officer.id}, {'alone_on': '2020-01-01'}):
            with self.assertRefused("own buttons", AccessError):
                alone.with_user(self.accountant).write(vals)

    def test_cash_difference_whether_approved_or_not(self):
        """The books say Rp 220,000; Rp 20,000 are missing."""
        count = self._count({100_000: 2}, explanation="Change given wrongly")
        row = self._rows('cash_difference')
        self.assertEqual(
            (row.kind, row.res_id, row.user_id, row.amount, row.reason),
            ('cash', count.id, self.cashier, -20_000, "Change given wrongly"),
        )
        count.with_user(self.supervisor).action_witness()
        count.with_user(self.manager).action_give_approval()
        self.assertEqual(self._rows('cash_difference').res_id, count.id)

    def test_count_that_is_even_does_not_stand_on_the_list(self):
        self._count({100_000: 2, 20_000: 1})
        self.assertFalse(self._rows('cash_difference'))

    def test_hand_over_without_the_giver(self):
        self._hand_over({100_000: 2, 20_000: 1}).with_user(self.other_cashier).action_receive()
        self.assertFalse(self._rows('giver_absent'))
        notes = {100_000: 2, 20_000: 1}
        handover = self.env['coop.cash.handover'].with_user(self.accountant).create({
            'journal_id': self.cash_journal.id, 'from_user_id': self.other_cashier.id, 'to_user_id': self.cashier.id,
            'is_absent': True, 'absence_reason': "In hospital",
            'note_ids': [Command.create({'value': value, 'quantity': notes[value]}) for value in notes],
        })
        handover.action_hand_over()
        row = self._rows('giver_absent')
        self.assertEqual(
            (row.kind, row.res_id, row.user_id, row.amount, row.reason),
            ('cash', handover.id, self.accountant, 220_000, "In hospital"),
        )

    def test_report_counts_what_was_done_alone_and_lists_it_when_asked(self):
        self._withdraw(1_000_000, self.cashier).action_post()
        self.env.flush_all()
        report = self.env['coop.oversight.report'].with_user(self.supervisor).create({
            'date_from': self.today, 'date_to': self.today,
        })
        titles = [table.title for table in report._get_report().tables]
        self.assertNotIn("By One Person Alone", titles)
        report.kind = 'alone'
        self.assertIn("By One Person Alone", [table.title for table in report._get_report().tables])


@tagged('post_install', '-at_install')
class TestVoidReceiptOversight(EyesMixin, CounterCommon):

    def test_void_receipt_stands_on_the_list_with_its_reason(self):
        receipt = self._serve(self.siti, {('savings', self.voluntary): 50_000})
        self._void(receipt, reason="Wrong member")
        row = self._rows('cancelled').filtered(lambda row: row.res_model == 'coop.counter.receipt')
        self.assertEqual(
            (row.kind, row.res_id, row.document, row.user_id, row.amount, row.reason),
            ('void', receipt.id, receipt.name, self.cashier, 50_000, "Wrong member"),
        )
