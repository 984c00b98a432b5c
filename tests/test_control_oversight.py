from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_payout import PayoutCommon


@tagged('post_install', '-at_install')
class TestOversight(PayoutCommon):
    """What somebody should look at stands on the supervisors' list by itself, and leads to its document."""

    def _rows(self, what, user=None):
        return self.env['coop.oversight'].with_user(user or self.supervisor).search([('what', '=', what)])

    def test_void_voucher_with_who_and_why(self):
        voucher = self._save(self.siti, {self.voluntary: 50_000}, date=self.today)
        voucher.with_user(self.cashier)._cancel_with_reason("Counted twice")
        row = self._rows('cancelled')
        self.assertEqual(
            (row.res_model, row.res_id, row.document, row.user_id, row.reason, row.amount, row.kind),
            ('coop.savings.voucher', voucher.id, voucher.name, self.cashier, "Counted twice", 50_000, 'void'),
        )
        self.assertEqual(row.action_open()['res_id'], voucher.id)

    def test_who_did_it_is_noted_whoever_looks_afterwards(self):
        voucher = self._save(self.siti, {self.voluntary: 50_000}, date=self.today)
        voucher.with_user(self.cashier)._cancel_with_reason("Counted twice")
        invoice = self._owe(self.siti, 30_000)
        invoice.with_user(self.accountant).button_draft()
        self.env.flush_all()
        # Odoo notes whoever has a total worked out anew as who changed the record last.
        for record, name in ((voucher, 'amount_total'), (invoice, 'amount_total')):
            self.env.add_to_compute(record._fields[name], record)
            record.with_user(self.manager).sudo().flush_recordset()
        self.assertEqual(self._rows('cancelled').user_id, self.cashier)
        self.assertEqual(self._rows('reset').user_id, self.accountant)
        for record, vals in (
            (voucher, {'state_changed_by_id': self.officer.id}), (invoice, {'coop_unbooked_by_id': self.officer.id}),
            (invoice, {'coop_booked_on': '2020-01-01'}),
        ):
            for user in (self.accountant, self.manager):
                with self.assertRaises(AccessError):
                    record.with_user(user).write(vals)

    def test_entry_that_was_posted_late_is_back_dated_by_who_posted(self):
        day = fields.Date.subtract(self.today, days=5)
        entry = self.env['account.move'].with_user(self.accountant).create({
            'journal_id': self.company.coop_journal_id.id, 'date': day,
            'line_ids': [
                Command.create({'account_id': self.cash.id, 'balance': 10}),
                Command.create({'account_id': self.bank.id, 'balance': -10}),
            ],
        })
        self.assertNotIn(entry.id, self._rows('entry_backdated').mapped('res_id'))
        entry.action_post()
        row = self._rows('entry_backdated').filtered(lambda row: row.res_id == entry.id)
        self.assertEqual((row.user_id, row.days_back), (self.accountant, 5))

    def test_draft_that_was_dropped_is_no_void(self):
        advance = self.env['coop.settlement.advance'].create({
            'membership_id': self.siti.id, 'amount': 1_000, 'journal_id': self.cash_journal.id,
        })
        advance.unlink()
        self.assertFalse(self._rows('cancelled'))

    def test_posted_entry_that_was_taken_back(self):
        invoice = self._owe(self.siti, 30_000)
        self.assertFalse(self._rows('reset'))
        invoice.with_user(self.accountant).button_draft()
        row = self._rows('reset')
        self.assertEqual((row.res_id, row.user_id, row.amount), (invoice.id, self.accountant, 30_000))

    def test_back_dated_voucher_with_how_far_back(self):
        day = fields.Date.subtract(self.today, days=9)
        voucher = self._save(self.siti, {self.voluntary: 50_000}, date=day)
        row = self._rows('entry_backdated').filtered(lambda row: row.res_id == voucher.id)
        self.assertEqual((row.res_model, row.day, row.days_back), ('coop.savings.voucher', day, 9))
        now = self._save(self.siti, {self.voluntary: 50_000}, date=self.today)
        self.assertNotIn(now.id, self._rows('entry_backdated').mapped('res_id'))

    def test_bill_of_a_vendor_that_came_late_is_not_listed(self):
        bill = self.env['account.move'].create({
            'move_type': 'in_invoice', 'partner_id': self.customer.id, 'invoice_date': '2026-01-02',
            'date': '2026-01-02',
            'invoice_line_ids': [Command.create({'name': "x", 'price_unit': 5_000, 'tax_ids': []})],
        })
        bill.action_post()
        self.assertNotIn(('account.move', bill.id), self._rows('entry_backdated').mapped(
            lambda row: (row.res_model, row.res_id),
        ))

    def test_back_dated_slip(self):
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id, 'date': fields.Date.subtract(self.today, days=3),
            'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 10})],
        })
        self.assertFalse(self._rows('paper_backdated'))
        slip.action_confirm()
        row = self._rows('paper_backdated')
        self.assertEqual((row.res_model, row.res_id, row.membership_id, row.days_back), (
            'coop.consignment', slip.id, self.siti, 3,
        ))

    def test_corrected_weight(self):
        slip = self._bring(self.siti, 100)
        correction = self.env['coop.consignment.correction'].with_user(self.officer).create({
            'line_id': slip.line_ids.id, 'new_net': 90, 'reason': "Scale was wet",
        })
        correction.action_request()
        other = self._create_role_user('officer_two', 'producer_cooperative.group_coop_officer')
        correction.with_user(other).action_post()
        row = self._rows('weight_corrected')
        self.assertEqual((row.quantity, row.reason, row.user_id, row.membership_id, row.by_own_hand), (
            -10, "Scale was wet", other, self.siti, False,
        ))

    def test_corrected_price(self):
        self._bring(self.siti, 10)
        order = self._sell(10, owner=self.siti)
        self._deliver(order)
        invoice = self._invoice(order)
        wizard = self.env['coop.price.correction'].create({'move_id': invoice.id, 'reason': "Wet rice"})
        wizard.line_ids.price_new = 8
        wizard.action_confirm()
        row = self._rows('price_corrected')
        self.assertEqual(row.amount, -20)
        self.assertIn("Wet rice", row.reason)

    def test_terms_from_an_earlier_day(self):
        before = len(self._rows('terms_backdated'))
        member = self._create_member("Wati")
        agreement = self._create_agreement(
            member, date_from=fields.Date.subtract(self.today, days=2), commission_rate=1,
        )
        rows = self._rows('terms_backdated')
        self.assertEqual(len(rows), before + 1)
        self.assertIn(agreement.id, rows.mapped('res_id'))

    def test_bank_account_shows_its_last_digits_only(self):
        self._open_account(self.siti, '0123456789')
        row = self._rows('bank_changed')
        self.assertEqual((row.document, row.user_id, row.membership_id), ("•••• 6789", self.officer, self.siti))

    # === OWN DEALINGS === #

    def test_officers_own_dealings(self):
        self.assertFalse(self._rows('own_entry'))
        self.accountant.partner_id = self.siti.partner_id
        rows = self._rows('own_entry')
        # The admission, and the settlement of the set-up; both written by somebody else.
        self.assertEqual(set(rows.mapped('res_model')), {'coop.savings.voucher', 'coop.settlement'})
        self.assertFalse(any(rows.mapped('by_own_hand')))
        own = self.env['coop.savings.voucher'].with_user(self.accountant).create({
            'direction': 'in', 'date': self.today, 'journal_id': self.cash_journal.id,
            'line_ids': [Command.create({
                'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'amount': 70_000,
            })],
        })
        own.action_post()
        row = self._rows('own_entry') - rows
        self.assertEqual((row.res_id, row.amount, row.by_own_hand), (own.id, 70_000, True))
        self.assertIn('coop.consignment', self._rows('own_goods').mapped('res_model'))

    # === LOCKS === #

    def test_reopened_period_and_what_was_let_pass(self):
        self.env['coop.closing.task'].search([]).active = False
        self.env['coop.closing.task'].create({'name': "Count the cash"})
        closing = self.env['coop.closing'].with_user(self.accountant).create({'day': '2026-01-10'})
        blocking = closing.item_ids.filtered('is_blocking')
        blocking.note = "Flood"
        blocking.with_user(self.manager).action_pass()
        closing.action_close()
        self.assertEqual(len(self._rows('passed')), len(blocking))
        self.assertIn("Count the cash – Flood", self._rows('passed').mapped('reason'))
        closing.with_user(self.manager)._cancel_with_reason("A bill came late")
        row = self._rows('reopened')
        self.assertEqual((row.res_id, row.reason, row.user_id), (closing.id, "A bill came late", self.manager))

    def test_lock_date_that_was_moved_back_in_the_settings(self):
        company = self.company.with_context(tracking_disable=False, mail_notrack=False)
        company.fiscalyear_lock_date = '2026-02-28'
        self.env.flush_all()
        self.cr.precommit.run()
        self.assertFalse(self._rows('lock_back'))
        company.fiscalyear_lock_date = '2026-01-31'
        self.env.flush_all()
        self.cr.precommit.run()
        self.assertEqual(self._rows('lock_back').mapped('reason'), ["2026-02-28 → 2026-01-31"])

    # === WHO SEES IT === #

    def test_list_is_the_supervisors_and_the_chairs(self):
        voucher = self._save(self.siti, {self.voluntary: 50_000}, date=self.today)
        voucher._cancel_with_reason("x")
        for user in (self.supervisor, self.manager):
            self.assertTrue(self._rows('cancelled', user))
        for user in (self.officer, self.cashier, self.accountant, self.warehouse_user):
            with self.assertRaises(AccessError):
                self._rows('cancelled', user)

    def test_list_of_another_company_is_not_seen(self):
        voucher = self._save(self.siti, {self.voluntary: 50_000}, date=self.today)
        voucher._cancel_with_reason("x")
        other = self._create_cooperative("Koperasi Lain")
        self.supervisor.write({'company_ids': [Command.set(other.ids)], 'company_id': other.id})
        rows = self.env['coop.oversight'].with_user(self.supervisor).with_context(allowed_company_ids=other.ids)
        self.assertFalse(rows.search([('what', '=', 'cancelled')]))

    def test_rows_have_ids_of_their_own_and_group(self):
        self.accountant.partner_id = self.siti.partner_id
        voucher = self._save(self.siti, {self.voluntary: 50_000}, date='2026-02-01')
        voucher._cancel_with_reason("x")
        rows = self.env['coop.oversight'].search([])
        self.assertEqual(len(set(rows.ids)), len(rows))
        self.assertEqual(len(set(rows.mapped('item_key'))), len(rows))
        counts = dict(self.env['coop.oversight']._read_group([], ['kind'], ['__count']))
        self.assertEqual(sum(counts.values()), len(rows))

    # === FINDINGS === #

    def _write_finding(self, **values):
        voucher = self._save(self.siti, {self.voluntary: 50_000}, date=self.today)
        voucher._cancel_with_reason("Counted twice")
        row = self._rows('cancelled')
        return self.env['coop.finding'].with_user(self.supervisor).with_context(
            **row.action_write_finding()['context'],
        ).create({'finding': "No signature on the slip", 'responsible_id': self.accountant.id, **values})

    def test_finding_is_linked_to_its_row(self):
        finding = self._write_finding()
        row = self._rows('cancelled')
        self.assertEqual((finding.kind, finding.document), ('void', row.document))
        self.assertEqual((row.finding_ids, row.has_finding), (finding, True))
        Oversight = self.env['coop.oversight'].with_user(self.supervisor)
        self.assertEqual(Oversight.search([('has_finding', '=', True)]), row)
        self.assertNotIn(row, Oversight.search([('has_finding', '=', False)]))
        self.assertEqual(finding.action_open_document()['res_model'], 'coop.savings.voucher')

    def test_finding_is_written_answered_and_closed_by_who_may(self):
        finding = self._write_finding()
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.warehouse_user):
            with self.assertRaises(AccessError):
                self.env['coop.finding'].with_user(user).create({'name': "x"})
            self.assertFalse(
                user != self.warehouse_user and self.env['coop.finding'].with_user(user).search([]),
                "a draft is the supervisors' own",
            )
        finding.action_hand_out()
        self.assertEqual(finding.number, f'TMN/{self.today.year}/00001')
        self.assertIn(self.accountant, finding.activity_ids.user_id)
        answer = finding.with_user(self.accountant)
        with self.assertRefused("Write the answer first"):
            answer.action_answer()
        answer.answer = "The member signed the next day"
        answer.action_answer()
        self.assertEqual((finding.state, finding.answered_by_id), ('answered', self.accountant))
        finding.conclusion = "Seen the slip"
        for user in (self.officer, self.accountant, self.manager):
            with self.assertRefused("Only this role may do that: Supervisor", AccessError):
                finding.with_user(user).action_close()
        finding.action_close()
        self.assertEqual((finding.state, finding.closed_by_id), ('closed', self.supervisor))
        self.assertFalse(finding.activity_ids)

    def test_each_side_writes_its_own_part_only(self):
        finding = self._write_finding()
        finding.action_hand_out()
        for user in (self.officer, self.cashier, self.accountant, self.manager):
            for vals in ({'finding': "Nothing"}, {'severity': 'note'}, {'date_due': '2030-01-01'}):
                with self.assertRefused("Only this role may do that: Supervisor", AccessError):
                    finding.with_user(user).write(vals)
            for vals in ({'state': 'closed'}, {'answered_by_id': user.id}):
                with self.assertRefused("own buttons|Only this role", AccessError):
                    finding.with_user(user).write(vals)
        with self.assertRefused("written by who is asked", AccessError):
            finding.answer = "I answer myself"
        finding.with_user(self.manager).answer = "Yes"
        finding.with_user(self.manager).action_answer()
        with self.assertRefused("stays as it was read"):
            finding.finding = "Something else"
        with self.assertRefused("written by who is asked", AccessError):
            finding.with_user(self.manager).answer = "No"

    def test_supervisor_who_has_another_role_does_not_answer_the_own_finding(self):
        finding = self._write_finding()
        finding.action_hand_out()
        self.supervisor.group_ids |= self.env.ref('producer_cooperative.group_coop_manager')
        with self.assertRefused("own finding|not by who wrote it", AccessError):
            finding.answer = "Fine"

    def test_serious_finding_is_closed_with_an_answer_only_and_asked_again(self):
        finding = self._write_finding(severity='serious')
        finding.action_hand_out()
        with self.assertRefused("is serious and not answered"):
            finding.action_close()
        finding.with_user(self.manager).answer = "Hm"
        finding.with_user(self.manager).action_answer()
        finding.action_send_back()
        self.assertEqual(finding.state, 'open')
        self.assertIn("Hm", " ".join(finding.message_ids.mapped('body')))

    def test_handed_out_finding_is_not_deleted(self):
        finding = self._write_finding()
        finding.action_hand_out()
        with self.assertRefused("it stays"):
            finding.unlink()
        for user in (self.officer, self.accountant, self.manager):
            with self.assertRaises(AccessError):
                finding.with_user(user).unlink()

    def test_report_for_the_meeting(self):
        finding = self._write_finding(advice="Sign at once")
        finding.action_hand_out()
        finding.with_user(self.manager).answer = "We will"
        finding.with_user(self.manager).action_answer()
        wizard = self.env['coop.oversight.report'].with_user(self.supervisor).create({})
        html = self.env['ir.actions.report'].with_user(self.supervisor)._render_qweb_html(
            'producer_cooperative.report_coop_oversight', wizard.ids,
        )[0].decode()
        for text in ("Report of the Supervisors", "No signature on the slip", "Sign at once", "We will",
                     finding.number, "Counted twice", "Voids"):
            self.assertIn(text, html)
        report = wizard._get_report_data()
        self.assertTrue(wizard._get_report_xlsx(report))
        void = next(row for row in report.tables[0].lines if row.values['what'] == "Voids")
        self.assertEqual((void.values['count'], void.values['findings'], void.values['open']), (1, 1, 1))
        wizard.with_items = False
        self.assertEqual(len(wizard._get_report_data().tables), 2)
