from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.test_pool_money_correction import PoolMoneyCommon


@tagged('post_install', '-at_install')
class TestPoolMoneySeason(PoolMoneyCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.season = cls.env['coop.season'].create({'name': "Wet season", 'date_end': '2027-03-31'})

    def _change(self, **values):
        return self.env['coop.due.change'].with_user(self.officer).create({
            'season_id': self.season.id, 'date_due': '2027-08-31', 'reason': "Drought in Dusun Krajan", **values,
        })

    def test_members_pay_when_the_season_ends(self):
        term = self.env['account.payment.term'].create({
            'name': "30 days", 'line_ids': [Command.create({'value': 'percent', 'value_amount': 100, 'nb_days': 30})],
        })
        self.siti.partner_id.property_payment_term_id = term
        pool = self._invoiced(self._distributed(season_id=self.season.id))
        for invoice in pool.invoice_ids:
            self.assertEqual(str(invoice.invoice_date_due), '2027-03-31')
            item = invoice.line_ids.filtered(lambda line: line.display_type == 'payment_term')
            self.assertEqual((str(item.date_maturity), item.account_id),
                             ('2027-03-31', self._account('member_receivable')))
        with self.assertRefused("either by the payment terms or at the end", ValidationError):
            self._create_pool(season_id=self.season.id, payment_term_id=term.id)
        with self.assertRefused("has been distributed"):
            pool.season_id = False

    def test_due_date_is_moved_with_approval(self):
        pool = self._invoiced(self._distributed(season_id=self.season.id))
        change = self._change()
        self.assertEqual(change.amount_open, 1_001)
        with self.assertRefused("is Draft and cannot become Approved"):
            change.with_user(self.manager).action_approve()
        change.action_request()
        with self.assertRefused("Only this role", AccessError):
            change.action_approve()
        with self.assertRefused("not changed any more"):
            change.date_due = '2027-12-31'
        change.with_user(self.manager).action_approve()
        self.assertEqual(set(pool.invoice_ids.mapped('invoice_date_due')), {fields.Date.to_date('2027-08-31')})
        items = pool.invoice_ids.line_ids.filtered(lambda line: line.display_type == 'payment_term')
        self.assertEqual(set(items.mapped('date_maturity')), {fields.Date.to_date('2027-08-31')})
        self.assertEqual(set(pool.invoice_ids.mapped('state')), {'posted'})
        self.assertEqual(
            change.line_ids.mapped(lambda line: (str(line.date_before), str(line.date_after))),
            [('2027-03-31', '2027-08-31')] * 3,
        )
        self.assertEqual((change.approved_by_id, sum(change.line_ids.mapped('amount_open'))), (self.manager, 1_001))
        self.assertIn("Drought in Dusun Krajan", pool.invoice_ids[0].message_ids[0].body)
        self.assertIn("due on 08/31/2027", pool.invoice_ids[0].message_ids[0].body)
        with self.assertRefused("due on 08/31/2027 or later already"):
            self._change().action_request()

    def test_nobody_moves_a_due_date_without_approval(self):
        pool = self._distributed(season_id=self.season.id)
        pool.action_create_invoices()
        invoice = pool.invoice_ids[0].with_user(self.accountant)
        term = self.env['account.payment.term'].create({
            'name': "2 years", 'line_ids': [Command.create({'value': 'percent', 'value_amount': 100, 'nb_days': 730})],
        })
        for values in ({'invoice_date_due': '2029-03-31'}, {'invoice_payment_term_id': term.id}):
            with self.assertRefused("Another due date is asked for and approved"):
                invoice.write(values)
        invoice.invoice_date = '2026-11-02'
        invoice.action_post()
        item = invoice.line_ids.filtered(lambda line: line.display_type == 'payment_term')
        with self.assertRefused("Another due date is asked for and approved"):
            item.date_maturity = '2029-03-31'
        with self.assertRefused("Another due date is asked for and approved"):
            invoice.invoice_date_due = '2029-03-31'
        self.assertEqual((str(invoice.invoice_date_due), str(item.date_maturity)), ('2027-03-31', '2027-03-31'))

    def test_due_date_follows_the_payment_terms_of_the_round(self):
        term = self.env['account.payment.term'].create({
            'name': "30 days", 'line_ids': [Command.create({'value': 'percent', 'value_amount': 100, 'nb_days': 30})],
        })
        pool = self._distributed(payment_term_id=term.id)
        pool.action_create_invoices()
        invoice = pool.invoice_ids[0].with_user(self.accountant)
        # 30 days from 2 November; the form sends the date that it has worked out with it
        invoice.write({'invoice_date': '2026-11-02', 'invoice_date_due': '2026-12-02'})
        self.assertEqual(str(invoice.invoice_date_due), '2026-12-02')
        with self.assertRefused("Another due date is asked for and approved"):
            invoice.invoice_date_due = '2026-12-03'

    def test_whoever_asks_does_not_approve(self):
        self._invoiced(self._distributed(season_id=self.season.id))
        change = self._change().with_user(self.manager)
        change.action_request()
        with self.assertRefused("another manager approves it"):
            change.action_approve()

    def test_due_date_of_one_member_is_moved(self):
        pool = self._invoiced(self._distributed(season_id=self.season.id))
        change = self._change(membership_ids=[Command.set(self.budi.ids)], pool_ids=[Command.set(pool.ids)])
        change.action_request()
        change.with_user(self.manager).action_approve()
        self.assertEqual(change.line_ids.partner_id, self.budi.partner_id)
        others = pool.invoice_ids.filtered(lambda move: move.partner_id != self.budi.partner_id)
        self.assertEqual(set(others.mapped('invoice_date_due')), {fields.Date.to_date('2027-03-31')})

    def test_later_instalment_keeps_its_due_date(self):
        term = self.env['account.payment.term'].create({'name': "Two harvests", 'line_ids': [
            Command.create({'value': 'percent', 'value_amount': 50, 'nb_days': days}) for days in (30, 400)
        ]})
        pool = self._invoiced(self._distributed(payment_term_id=term.id))
        change = self._change(season_id=False, pool_ids=[Command.set(pool.ids)])
        change.action_request()
        change.with_user(self.manager).action_approve()
        # 30 and 400 days after 2 November 2026; only the first is due before 31 August 2027
        for invoice in pool.invoice_ids:
            items = invoice.line_ids.filtered(lambda line: line.display_type == 'payment_term')
            self.assertEqual(sorted(map(str, items.mapped('date_maturity'))), ['2027-08-31', '2027-12-07'])
            self.assertEqual(str(invoice.invoice_date_due), '2027-12-07')

    def test_change_without_season_and_rounds_means_no_debt(self):
        self._invoiced(self._distributed())
        self.assertEqual(self._change(season_id=False).amount_open, 0)

    def test_templates_are_no_rounds_of_a_season(self):
        pool = self._seed_pool(season_id=self.season.id)
        pool.action_save_as_template()
        self.assertEqual((self.season.pool_ids, self.season.pool_count), (pool, 1))

    def test_nothing_owed_moves_nothing(self):
        with self.assertRefused("Nothing is owed"):
            self._change().action_request()
        with self.assertRefused("Choose the season or the rounds"):
            self._change(season_id=False).action_request()

    def test_cancelled_request_moves_nothing(self):
        pool = self._invoiced(self._distributed(season_id=self.season.id))
        change = self._change()
        change.action_request()
        change._cancel_with_reason("The rice was harvested after all")
        with self.assertRefused("is Cancelled; nothing further"):
            change.with_user(self.manager).action_approve()
        self.assertEqual(set(pool.invoice_ids.mapped('invoice_date_due')), {fields.Date.to_date('2027-03-31')})

    def test_nobody_forges_an_approval(self):
        change = self._change()
        for user in (self.officer, self.manager):
            for values in ({'state': 'approved'}, {'approved_by_id': user.id}, {'line_ids': [Command.clear()]}):
                with self.assertRefused("", AccessError):
                    change.with_user(user).write(values)

    def test_seasons_are_kept_by_managers(self):
        with self.assertRefused("", AccessError):
            self.env['coop.season'].with_user(self.officer).create({'name': "Dry", 'date_end': '2027-09-30'})
        season = self.env['coop.season'].with_user(self.manager).create({'name': "Dry", 'date_end': '2027-09-30'})
        with self.assertRefused("ends before it begins", ValidationError):
            season.date_start = '2027-10-01'
