from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestClosing(CoopCommon):
    """A month or a year is closed by a checklist; what is found there comes from the books."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_member("Siti", joined='2026-01-05')
        cls.env['coop.closing.task'].search([]).active = False
        cls.task = cls.env['coop.closing.task'].create({'name': "Count the cash", 'period': 'month'})
        cls.draft = cls.env['coop.savings.voucher'].create({
            'direction': 'in', 'date': '2026-01-20', 'journal_id': cls.cash_journal.id,
            'line_ids': [Command.create({
                'membership_id': cls.siti.id, 'type_id': cls.voluntary.id, 'amount': 5_000,
            })],
        })
        cls.closing = cls._create_closing('2026-01-10')

    @classmethod
    def _create_closing(cls, day, period='month', **values):
        return cls.env['coop.closing'].with_user(cls.accountant).create({'day': day, 'period': period, **values})

    @classmethod
    def _item(cls, model=None, source='found', closing=None):
        return (closing or cls.closing).item_ids.filtered(
            lambda item: item.source == source and (model is None or item.res_model == model),
        )

    @classmethod
    def _finish(cls, closing=None):
        """Do what has to be done first."""
        cls.draft.unlink()
        cls._item(source='task', closing=closing).with_user(cls.accountant).action_done()

    # === WHAT IT SHOWS === #

    def test_checklist_shows_what_is_open_and_leads_to_it(self):
        self.assertEqual(
            (str(self.closing.date_from), str(self.closing.date_to)), ('2026-01-01', '2026-01-31'),
        )
        self.assertEqual(self.closing.display_name, "Closing of January 2026")
        item = self._item('coop.savings.voucher')
        self.assertTrue(item.is_blocking)
        action = item.with_user(self.accountant).action_open()
        self.assertEqual(self.env[action['res_model']].search(action['domain']), self.draft)
        self.assertEqual(self._item(source='task').name, "Count the cash")
        self.assertEqual((self.closing.open_count, self.closing.blocking_count), (3, 2))

    def test_checklist_and_shu_list_ask_the_same_company(self):
        """One mechanism: whatever a room names for the one stands on the other."""
        found = set(self.company._coop_get_closing_obstacles(self.closing.date_from, self.closing.date_to))
        found |= set(self.company._coop_get_closing_advice(self.closing.date_from, self.closing.date_to))
        self.assertEqual(set(self._item().mapped('name')), found)
        allocation = self.env['coop.shu.allocation'].create({'date_from': '2026-01-01', 'date_to': '2026-01-31'})
        self.assertLessEqual(found, {str(text) for text in allocation._get_todo()})

    def test_what_is_done_ticks_itself_and_what_comes_back_is_open_again(self):
        item = self._item('coop.savings.voucher')
        self.draft.date = '2026-02-01'
        self.closing.with_user(self.officer).action_refresh()
        self.assertEqual((item.state, item.done_by_id), ('done', self.officer))
        self.draft.date = '2026-01-31'
        self.closing.with_user(self.accountant).action_refresh()
        self.assertEqual((item.state, item.done_by_id.id), ('open', False))
        self.assertEqual(len(self._item('coop.savings.voucher')), 1)

    def test_year_takes_the_fiscal_year_and_its_own_tasks(self):
        self.env['coop.closing.task'].create({'name': "Book depreciation", 'period': 'year'})
        year = self._create_closing('2026-06-15', 'year')
        self.assertEqual((str(year.date_from), str(year.date_to)), ('2026-01-01', '2026-12-31'))
        self.assertEqual(self._item(source='task', closing=year).mapped('name'), ["Book depreciation"])
        self.assertEqual(year.display_name, "Closing of 2026")

    def test_unfinished_papers_of_any_room_are_advice(self):
        self.env['coop.fund.spending'].create({
            'date': '2026-01-15', 'journal_id': self.cash_journal.id, 'reason': "x",
            'fund_id': self.env['coop.fund'].search([('company_id', '=', self.company.id)], limit=1).id,
        })
        self.closing.action_refresh()
        item = self._item('coop.fund.spending')
        self.assertFalse(item.is_blocking)
        self.assertIn("1 not finished (Draft)", item.name)
        item.with_user(self.accountant).action_done()
        self.assertEqual((item.state, item.done_by_id), ('done', self.accountant))
        self.closing.action_refresh()
        self.assertEqual(item.state, 'done', "the same advice was looked at")

    def test_goods_to_be_counted_are_advice(self):
        product = self.env['product.product'].create({'name': "Urea", 'type': 'consu', 'is_storable': True})
        stock = self.env['stock.warehouse'].search([('company_id', '=', self.company.id)], limit=1).lot_stock_id
        quant = self.env['stock.quant'].with_context(inventory_mode=True).create({
            'product_id': product.id, 'location_id': stock.id, 'inventory_quantity': 5,
        })
        self.closing.action_refresh()
        self.assertIn("1 counted quantities", "\n".join(self.closing.item_ids.mapped('name')))
        quant.action_apply_inventory()
        quant.inventory_date = '2026-01-31'
        self.closing.action_refresh()
        open_texts = "\n".join(self.closing.item_ids.filtered(lambda item: item.state == 'open').mapped('name'))
        self.assertNotIn("1 counted quantities", open_texts)
        self.assertIn("1 quantities of stock were to be counted by then", open_texts)

    # === TICKING === #

    def test_task_is_ticked_with_who_and_when_by_each_role_that_works(self):
        task = self._item(source='task')
        for user in (self.officer, self.cashier, self.accountant, self.manager):
            task.with_user(user).action_done()
            self.assertEqual((task.state, task.done_by_id), ('done', user))
            self.assertTrue(task.done_on)
            task.with_user(user).action_undo()
            self.assertEqual((task.state, task.done_by_id.id, task.done_on), ('open', False, False))
        for user in (self.supervisor, self.warehouse_user):
            with self.assertRaises(AccessError):
                task.with_user(user).action_done()

    def test_what_the_books_show_is_not_ticked_by_hand(self):
        with self.assertRefused("ticked by itself once it is done"):
            self._item('coop.savings.voucher').with_user(self.accountant).action_done()
        for vals in ({'state': 'done'}, {'is_blocking': False}, {'name': "x"}, {'done_by_id': self.cashier.id}):
            with self.assertRefused("own buttons", AccessError):
                self._item('coop.savings.voucher').with_user(self.accountant).write(vals)
        with self.assertRaises(AccessError):
            self.env['coop.closing.item'].with_user(self.accountant).create({
                'closing_id': self.closing.id, 'source': 'task', 'name': "x",
            })
        with self.assertRaises(AccessError):
            self._item('coop.savings.voucher').with_user(self.accountant).unlink()

    def test_chair_lets_pass_with_a_reason_and_another_figure_is_open_again(self):
        item = self._item('coop.savings.voucher')
        with self.assertRefused("Only this role may do that: Manager", AccessError):
            item.with_user(self.accountant).action_pass()
        with self.assertRefused("Write into the note why"):
            item.with_user(self.manager).action_pass()
        item.with_user(self.cashier).note = "The slip was lost in the flood"
        item.with_user(self.manager).action_pass()
        self.assertEqual((item.state, item.done_by_id), ('passed', self.manager))
        self.assertIn("flood", self.closing.message_ids[0].body)
        self.closing.action_refresh()
        self.assertEqual(item.state, 'passed')
        self.draft.copy({'date': '2026-01-21'})
        self.closing.action_refresh()
        self.assertEqual(item.state, 'open')

    def test_treasurer_writes_notes_on_the_form_and_adds_no_lines(self):
        closing, item = self.closing.with_user(self.accountant), self._item(source='task')
        closing.write({'item_ids': [Command.update(item.id, {'note': "Rp 5,000 too much"})]})
        self.assertEqual(item.note, "Rp 5,000 too much")
        for command in (
            Command.create({'name': "x", 'source': 'task'}), Command.delete(item.id),
            Command.update(item.id, {'state': 'done'}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                closing.write({'item_ids': [command]})

    # === CLOSING === #

    def test_period_is_not_closed_before_everything_is_done(self):
        with self.assertRefused("this is to be done first:\n- 1 savings vouchers.*\n- Count the cash"):
            self.closing.with_user(self.accountant).action_close()
        self.assertFalse(self.company.fiscalyear_lock_date)

    def test_closing_locks_the_books_with_odoos_own_lock_date(self):
        self._finish()
        with self.assertRefused("Only this role", AccessError):
            self.closing.with_user(self.manager).action_close()
        self.closing.with_user(self.accountant).action_close()
        self.assertEqual((self.closing.state, self.closing.closed_by_id), ('closed', self.accountant))
        self.assertEqual(str(self.company.fiscalyear_lock_date), '2026-01-31')
        with self.assertRefused("books are closed up to"):
            self._save(self.siti, {self.voluntary: 5_000}, date='2026-01-25')
        self._save(self.siti, {self.voluntary: 5_000}, date='2026-02-01')

    def test_books_that_are_locked_further_stay_so(self):
        self.company.fiscalyear_lock_date = '2026-03-31'
        self._finish()
        self.closing.with_user(self.accountant).action_close()
        self.assertEqual(str(self.company.fiscalyear_lock_date), '2026-03-31')

    def test_period_that_is_not_over_is_not_closed(self):
        today = fields.Date.context_today(self.closing)
        self._finish()
        self.closing.with_user(self.accountant).action_close()
        now = self._create_closing(today)
        with self.assertRefused("Close it from the next day on"):
            now.with_user(self.accountant).action_close()

    def test_months_are_closed_in_order_and_reopened_in_order(self):
        february = self._create_closing('2026-02-10')
        self._finish()
        self._item(source='task', closing=february).with_user(self.accountant).action_done()
        with self.assertRefused("Closing of January 2026 is open still"):
            february.with_user(self.accountant).action_close()
        self.closing.with_user(self.accountant).action_close()
        february.with_user(self.accountant).action_close()
        self.assertEqual(str(self.company.fiscalyear_lock_date), '2026-02-28')
        with self.assertRefused("Closing of February 2026 was closed after it"):
            self.closing.with_user(self.manager)._cancel_with_reason("x")
        february.with_user(self.manager)._cancel_with_reason("A voucher was forgotten")
        self.assertEqual(str(self.company.fiscalyear_lock_date), '2026-01-31')
        self.assertEqual((february.state, february.reopen_count), ('open', 1))
        self.assertIn("A voucher was forgotten", february.message_ids[0].body)
        self.closing.with_user(self.manager)._cancel_with_reason("y")
        self.assertFalse(self.company.fiscalyear_lock_date)

    def test_only_the_chair_reopens_through_the_window_with_a_reason(self):
        self._finish()
        self.closing.with_user(self.accountant).action_close()
        action = self.closing.with_user(self.manager).action_reopen()
        Wizard = self.env[action['res_model']].with_context(**action['context'])
        for user in (self.officer, self.cashier, self.accountant, self.supervisor):
            with self.assertRaises(AccessError):
                Wizard.with_user(user).create({'reason': "Because"})
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.env['coop.document.cancel'].sudo().create({
                    'document_model': 'coop.closing', 'document_id': self.closing.id, 'reason': "Because",
                }).with_user(user).sudo(False).action_confirm()
        wizard = Wizard.with_user(self.manager).create({'reason': "  "})
        with self.assertRefused("Say why"):
            wizard.action_confirm()
        wizard.reason = "A bill came late"
        wizard.action_confirm()
        self.assertEqual((self.closing.state, self.closing.reopen_reason), ('open', "A bill came late"))

    def test_books_locked_for_good_are_not_reopened(self):
        self._finish()
        self.closing.with_user(self.accountant).action_close()
        self.company.hard_lock_date = '2026-01-31'
        with self.assertRefused("locked for good"):
            self.closing.with_user(self.manager)._cancel_with_reason("x")

    def test_closed_checklist_changes_no_more(self):
        self._finish()
        self.closing.with_user(self.accountant).action_close()
        item = self._item(source='task')
        for method in ('action_undo', 'action_done'):
            with self.assertRefused("is closed. The chair reopens it"):
                getattr(item.with_user(self.accountant), method)()
        with self.assertRefused("is closed. The chair reopens it"):
            item.with_user(self.accountant).note = "x"
        with self.assertRefused("is closed"):
            self.closing.with_user(self.accountant).action_refresh()
        with self.assertRefused("keeps its period"):
            self.closing.with_user(self.accountant).day = '2026-03-01'
        with self.assertRefused("it stays"):
            self.closing.with_user(self.accountant).unlink()

    def test_one_checklist_for_each_period(self):
        with self.assertRefusedByDatabase('coop.closing', "There is a checklist for this period already"):
            self._create_closing('2026-01-31')
            self.env.flush_all()

    def test_only_treasurer_and_chair_begin_one(self):
        for user in (self.officer, self.cashier, self.supervisor, self.warehouse_user):
            with self.assertRaises(AccessError):
                self.env['coop.closing'].with_user(user).create({'day': '2026-05-05'})
        self.assertTrue(self.env['coop.closing'].with_user(self.manager).create({'day': '2026-05-05'}))
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor):
            self.assertTrue(self.closing.with_user(user).item_ids.mapped('name'))

    def test_other_companies_do_not_see_it(self):
        other = self._create_cooperative("Koperasi Lain")
        self.accountant.write({'company_ids': [Command.link(other.id)]})
        closing = self.env['coop.closing'].with_context(allowed_company_ids=other.ids).create({
            'day': '2026-01-10', 'company_id': other.id,
        })
        self.assertFalse(self.env['coop.closing'].with_user(self.cashier).search([('id', '=', closing.id)]))
        self.assertFalse(self.env['coop.closing.item'].with_user(self.cashier).search([
            ('closing_id', '=', closing.id),
        ]))

    def test_paper_of_the_checklist(self):
        self._finish()
        self.closing.with_user(self.accountant).action_close()
        html = self.env['ir.actions.report'].with_user(self.supervisor)._render_qweb_html(
            'producer_cooperative.report_coop_closing', self.closing.ids,
        )[0].decode()
        for text in ("Closing of January 2026", "Count the cash", "Done", "Supervisors", self.accountant.name):
            self.assertIn(text, html)

    def test_default_is_the_month_before(self):
        month = fields.Date.start_of(fields.Date.context_today(self.closing), 'month')
        closing = self.env['coop.closing'].with_user(self.accountant).create({})
        self.assertEqual(closing.date_from, month - relativedelta(months=1))
