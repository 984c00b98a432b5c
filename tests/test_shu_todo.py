from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, RedirectWarning
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.test_shu_surplus import ShuSurplusCommon
from odoo.addons.producer_cooperative.tools.obstacle import Obstacle


@tagged('post_install', '-at_install')
class TestShuTodo(ShuSurplusCommon):

    def _todo(self, allocation):
        """Return the rows that the list shows."""
        action = allocation.with_user(self.accountant).action_open_todo()
        return self.env['coop.shu.todo'].with_user(self.accountant).search(action['domain'])

    def _found(self, row):
        """Return the records that a row opens."""
        action = row.action_open()
        return self.env[action['res_model']].search(action['domain'])

    def test_every_thing_to_do_opens_what_it_is_about(self):
        draft = self._invoice(self.budi, 1_000, post=False)
        voucher = self.env['coop.savings.voucher'].create({
            'direction': 'in', 'date': '2024-05-05', 'journal_id': self.cash_journal.id,
            'line_ids': [Command.create({
                'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'amount': 5_000,
            })],
        })
        payment = self.env['account.payment'].create({
            'payment_type': 'inbound', 'partner_type': 'customer', 'partner_id': self.stranger.id, 'amount': 10,
            'date': '2024-06-06', 'journal_id': self.cash_journal.id,
        })
        allocation = self._create_allocation(1_000_000)
        rows = self._todo(allocation).filtered('is_blocking')
        by_model = {row.res_model: row for row in rows}
        self.assertEqual(self._found(by_model['account.move']), draft)
        self.assertEqual(self._found(by_model['coop.savings.voucher']), voucher)
        self.assertEqual(self._found(by_model['account.payment']), payment)
        self.assertEqual(len(rows), 3)

    def test_refusal_names_what_is_to_be_done_and_leads_to_the_list(self):
        self._invoice(self.budi, 1_000, post=False)
        allocation = self._create_allocation(1_000_000).with_user(self.accountant)
        with self.assertRefused("books of 2024 are not complete yet:.*- 1 drafts in", RedirectWarning) as refused:
            allocation.action_compute()
        _message, action_id, _button, context = refused.exception.args
        action = self.env['ir.actions.server'].with_user(self.accountant).browse(action_id)
        opened = action.with_context(**context).run()
        self.assertEqual(opened['res_model'], 'coop.shu.todo')
        self.assertTrue(self.env['coop.shu.todo'].search(opened['domain']))

    def test_payment_without_an_entry_holds_the_computation_up(self):
        payment = self.env['account.payment'].create({
            'payment_type': 'inbound', 'partner_type': 'customer', 'partner_id': self.stranger.id, 'amount': 10,
            'date': '2024-06-06', 'journal_id': self.cash_journal.id,
        })
        payment.outstanding_account_id = False
        payment.action_post()
        self.assertFalse(payment.move_id)
        allocation = self._create_allocation(1_000_000)
        with self.assertRefused("1 payments of the period are not in the books", RedirectWarning):
            allocation.with_user(self.accountant).action_compute()
        payment.date = '2025-01-02'
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(allocation.state, 'computed')

    def test_bills_that_name_no_product_are_listed_where_deliveries_count(self):
        bill = self._invoice(self.siti, 50_000, 'in_invoice')
        bill.invoice_line_ids.product_id = False
        allocation = self._create_allocation(1_000_000)
        self.assertFalse(allocation._get_deliveries_advice())
        self.rule.share_ids[1].write({'kind': 'patronage', 'base': 'deliveries'})
        row = self._todo(allocation).filtered(lambda row: "without a product" in row.name)
        self.assertEqual((self._found(row), row.is_blocking), (bill, False))

    def test_advice_is_listed_and_holds_nothing_up(self):
        self._sell(self.stranger, 250_000)
        allocation = self._create_allocation()
        rows = self._todo(allocation)
        self.assertFalse(rows.filtered('is_blocking'))
        self.assertIn("250,000.00", rows[0].name)
        self.assertEqual(self._found(rows[0]).mapped('amount'), [250_000])
        self.assertIn("not locked up to 12/31/2024", rows[1].name)
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(allocation.state, 'computed')

    def test_texts_without_a_link_are_listed_as_well(self):
        allocation = self._create_allocation(1_000_000)
        with patch.object(
            type(self.company), '_coop_get_closing_obstacles', autospec=True,
            side_effect=lambda company, date_from, date_to: ["Count the cash"],
        ):
            row = self._todo(allocation)[0]
        self.assertEqual((row.name, row.is_blocking), ("Count the cash", True))
        with self.assertRefused("nothing to open here"):
            row.action_open()

    def test_defaults_of_an_obstacle_reach_the_new_record(self):
        allocation = self._create_allocation(1_000_000)
        row = self.env['coop.shu.todo'].create(allocation._prepare_todo(Obstacle(
            "Accrue", 'coop.commission.accrual', [], {'date': fields.Date.to_date(YEAR_END)},
            action='coop_commission_accrual_action',
        )))
        self.assertEqual(row.action_open()['context'], {'default_date': YEAR_END})

    def test_books_are_locked_on_the_allocation(self):
        allocation = self._create_allocation(1_000_000)
        draft = self._invoice(self.budi, 1_000, post=False)
        with self.assertRefused("1 drafts", RedirectWarning):
            allocation.with_user(self.accountant).action_lock_books()
        draft.unlink()
        with self.assertRefused("Only this role", AccessError):
            allocation.with_user(self.manager).action_lock_books()
        allocation.with_user(self.accountant).action_lock_books()
        self.assertEqual(str(self.company.fiscalyear_lock_date), YEAR_END)
        self.assertFalse(self._todo(allocation).filtered(lambda row: "not locked" in row.name))
        self.assertGreater(str(self._book_result(5).date), YEAR_END)

    def test_books_that_are_locked_further_stay_so(self):
        self.company.fiscalyear_lock_date = '2025-02-28'
        allocation = self._create_allocation()
        allocation.with_user(self.accountant).action_lock_books()
        self.assertEqual(str(self.company.fiscalyear_lock_date), '2025-02-28')


YEAR_END = '2024-12-31'


@tagged('post_install', '-at_install')
class TestShuTurnover(ShuSurplusCommon):

    def _rows(self, allocation, *domain):
        action = allocation.action_open_turnover()
        return self.env['coop.shu.turnover'].search([*action['domain'], *domain])

    def test_turnover_without_a_member_is_told_by_channel(self):
        self._sell(self.siti.partner_id, 600_000)
        self._sell(self.stranger, 400_000)
        self._sell(self.stranger, 30_000, 'out_refund')
        self._sell(self.stranger, 5_000, 'out_receipt')
        self._book_result(70_000)
        self._book('2024-07-01', [(self.cash, None, 10_000), (self.interest, None, -10_000)])
        self._sell(self.stranger, 999, date='2025-01-01')
        allocation = self._create_allocation()
        self.assertEqual(allocation.turnover_without_member, 445_000)
        found = self._rows(allocation, ('membership_id', '=', False))
        self.assertEqual(
            sorted(found.mapped(lambda row: (row.channel, row.amount))),
            [('credit_note', -30_000), ('entry', 70_000), ('invoice', 400_000), ('receipt', 5_000)],
        )
        self.assertEqual(sum(self._rows(allocation).mapped('amount')), 1_045_000)

    def test_several_lines_of_a_document_are_one_row(self):
        move = self._book('2024-07-01', [
            (self.cash, None, 30_000), (self.income, None, -10_000), (self.income, None, -20_000),
        ])
        row = self._rows(self._create_allocation())
        self.assertEqual((row.move_id, row.amount), (move, 30_000))
        self.assertEqual(row.action_open_document()['res_id'], move.id)

    def test_customers_who_may_be_members_are_pointed_out(self):
        namesake = self.env['res.partner'].create({'name': " siti "})
        self._sell(namesake, 100)
        self._sell(self.budi.partner_id, 200, date='2019-12-31')
        self._sell(self.stranger, 300)
        self._sell(self.budi.partner_id, 400)
        rows = self.env['coop.shu.turnover'].search([('company_id', '=', self.company.id)])
        self.assertEqual(
            {row.amount: row.possible_membership_id for row in rows},
            {100: self.siti, 200: self.budi, 300: self.env['coop.membership'], 400: self.env['coop.membership']},
        )
        possible = rows.search([('possible_membership_id', '!=', False), ('company_id', '=', self.company.id)])
        self.assertEqual(sorted(possible.mapped('amount')), [100, 200])

    def test_members_are_found_again_after_the_register_was_put_right(self):
        late = self._create_registered("Wati", '003', joined='2024-06-01')
        self._sell(late.partner_id, 100, date='2024-03-01')
        late.write({'date_joined': '2024-01-01', 'date_applied': '2024-01-01'})
        allocation = self._compute()
        row = self._rows(allocation, ('partner_id', '=', late.partner_id.id))
        row.with_user(self.accountant).action_stamp_again()
        self.assertEqual(row.membership_id, late)
        self.assertEqual(allocation.state, 'draft')
        self.assertEqual(row.move_id.coop_membership_id, late)

    def test_documents_of_a_decided_year_keep_their_members(self):
        self._sell(self.stranger, 1_000_000)
        allocation = self._approve(self._compute())
        with self.assertRefused("meeting decided on the surplus of 2024"):
            self._rows(allocation).with_user(self.accountant).action_stamp_again()
        with self.assertRefused("Only this role", AccessError):
            self._rows(allocation).with_user(self.supervisor).action_stamp_again()

    def test_closing_entry_is_no_turnover(self):
        self._book_result(70_000)
        self._book('2024-12-31', [(self.income, None, 70_000), (self.shu, None, -70_000)])
        allocation = self._create_allocation()
        self.assertEqual(allocation.turnover_without_member, 70_000)
        self.assertEqual(sum(self._rows(allocation).mapped('amount')), 70_000)
