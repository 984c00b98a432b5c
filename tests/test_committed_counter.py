from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.tests.common_committed import CommittedCommon


@tagged('post_install', '-at_install', '-standard', 'committed')
class TestTwoCashiersAndOneMember(CommittedCommon):
    """Two cashiers serve the same member; one clicks twice; a browser closes; the printer is asked twice."""
    cooperative = "Koperasi Dua Loket"

    @classmethod
    def _prepare(cls, env):
        company = env['res.company'].browse(cls.company_id)
        cls.cash = env['account.journal'].search([
            ('type', '=', 'cash'), ('company_id', '=', company.id),
        ], limit=1).default_account_id.id
        cls.proceeds = company._get_coop_account('proceeds').id
        cls.clearing = company._get_coop_account('clearing').id

    def _new_member(self, number):
        """Return the id of a member who owes Rp 60,000 and is owed Rp 9,000."""
        with self._treasurer() as env:
            member_id = self._create_member(env, number)
            partner = env['coop.membership'].browse(member_id).partner_id
            company = env['res.company'].browse(self.company_id)
            moves = env['account.move'].create([{
                'move_type': 'out_invoice', 'partner_id': partner.id, 'invoice_date': fields.Date.today(),
                'invoice_date_due': fields.Date.today(),
                'invoice_line_ids': [Command.create({
                    'name': "Fertiliser", 'quantity': 1, 'price_unit': 60_000, 'tax_ids': [Command.clear()],
                })],
            }, {
                'journal_id': company.coop_journal_id.id, 'date': fields.Date.today(),
                'coop_source_model': 'coop.settlement', 'coop_source_id': 0,
                'line_ids': [
                    Command.create({'account_id': account, 'partner_id': partner.id, 'balance': balance})
                    for account, balance in ((self.proceeds, -9_000), (self.clearing, 9_000))
                ],
            }])
            moves.action_post()
            return member_id

    def _draft(self, member_id):
        """Return the id of a draft with everything that is due, but no savings."""
        with self._treasurer() as env:
            receipt = env['coop.counter.receipt'].create({'membership_id': member_id})
            receipt.action_refresh()
            receipt.line_ids.filtered(lambda line: line.kind == 'savings').chosen = False
            return receipt.id

    def _moved(self, member_id):
        """Return what the cash box got from and for the member, and the numbers that were drawn."""
        with self._treasurer() as env:
            partner = env['coop.membership'].browse(member_id).partner_id
            items = env['account.move.line'].search([
                ('account_id', '=', self.cash), ('parent_state', '=', 'posted'), ('partner_id', '=', partner.id),
            ])
            return sum(items.mapped('balance'))

    def _numbers(self):
        with self._treasurer() as env:
            receipts = env['coop.counter.receipt'].search([
                ('company_id', '=', self.company_id), ('state', '!=', 'draft'),
            ])
            return sorted(int(receipt.name.rsplit('/', 1)[1]) for receipt in receipts)

    def _assert_no_gap(self):
        numbers = self._numbers()
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_two_cashiers_settle_the_same_once(self):
        member_id = self._new_member('00001')
        first, second = self._draft(member_id), self._draft(member_id)
        with self._treasurer() as here, self._treasurer() as there:
            self.assertEqual(there['coop.counter.receipt'].browse(second).amount_net, 51_000)
            self._call(here, 'coop.counter.receipt', first, 'action_post')
            here.cr.commit()
            with self.assertRaisesRegex(UserError, "in the meantime"):
                self._call(there, 'coop.counter.receipt', second, 'action_post')
            there.cr.rollback()
        self.assertEqual(self._moved(member_id), 51_000)
        self._assert_no_gap()

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_double_click_posts_once(self):
        member_id = self._new_member('00002')
        receipt_id = self._draft(member_id)
        with self._treasurer() as here, self._treasurer() as there:
            self.assertEqual(there['coop.counter.receipt'].browse(receipt_id).state, 'draft')
            self._call(here, 'coop.counter.receipt', receipt_id, 'action_post_and_print')
            here.cr.commit()
            with self.assertRaisesRegex(UserError, "posted already"):
                self._call(there, 'coop.counter.receipt', receipt_id, 'action_post_and_print')
            there.cr.rollback()
        self.assertEqual(self._moved(member_id), 51_000)
        self._assert_no_gap()

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_browser_that_closes_before_the_posting_is_over_takes_no_number(self):
        member_id = self._new_member('00003')
        receipt_id = self._draft(member_id)
        with self._treasurer() as env:
            env['coop.counter.receipt'].browse(receipt_id).action_post()
            env.cr.rollback()  # the server went down before it was kept
        self.assertEqual(self._moved(member_id), 0)
        with self._treasurer() as env:
            self._call(env, 'coop.counter.receipt', receipt_id, 'action_post')
        self.assertEqual(self._moved(member_id), 51_000)
        with self._treasurer() as env:
            again = env['coop.counter.receipt'].new({'membership_id': member_id})
            self.assertIn('KW/', again.served_today)
            self.assertFalse([due for due in again._get_due().values() if due.amount and due.field == 'item_id'])
        self._assert_no_gap()

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_two_printers_make_one_original(self):
        member_id = self._new_member('00004')
        receipt_id = self._draft(member_id)
        with self._treasurer() as env:
            self._call(env, 'coop.counter.receipt', receipt_id, 'action_post')
        with self._treasurer() as here, self._treasurer() as there:
            self.assertEqual(there['coop.counter.receipt'].browse(receipt_id).print_count, 0)
            self._call(here, 'coop.counter.receipt', receipt_id, '_count_print')
            here.cr.commit()
            self._call(there, 'coop.counter.receipt', receipt_id, '_count_print')
            there.cr.commit()
        with self._treasurer() as env:
            receipt = env['coop.counter.receipt'].browse(receipt_id)
            self.assertEqual((receipt.print_count, receipt._get_marks(receipt.print_count)), (2, ["COPY (print 3)"]))
        self.assertEqual(self._moved(member_id), 51_000)
        self._assert_no_gap()

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_withdrawal_at_two_counters_is_covered_once(self):
        member_id = self._create_committed_saver('00005')
        drafts = []
        for _turn in range(2):
            with self._treasurer() as env:
                receipt = env['coop.counter.receipt'].create({'membership_id': member_id})
                receipt.action_refresh()
                for line in receipt.line_ids:
                    taken = line.kind == 'withdrawal'
                    line.write({'chosen': taken, 'amount': 80_000 if taken else 0})
                drafts.append(receipt.id)
        with self._treasurer() as here, self._treasurer() as there:
            self.assertEqual(there['coop.counter.receipt'].browse(drafts[1]).amount_out, 80_000)
            self._call(here, 'coop.counter.receipt', drafts[0], 'action_post')
            here.cr.commit()
            with self.assertRaisesRegex(UserError, "is due now"):
                self._call(there, 'coop.counter.receipt', drafts[1], 'action_post')
            there.cr.rollback()
        self.assertEqual(self._balance_of(member_id), 20_000)
        self._assert_no_gap()

    def _create_committed_saver(self, number):
        with self._treasurer() as env:
            member_id = self._create_member(env, number)
        self._create_voucher_of(member_id, 'in', 100_000, post=True)
        return member_id
