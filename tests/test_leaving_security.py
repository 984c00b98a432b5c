from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_leaving import LeavingCommon


@tagged('post_install', '-at_install')
class TestLeavingSecurity(LeavingCommon):
    """Who prepares, approves, books and cancels a leaving; what is frozen; what cannot be forged."""

    # === THE PATH === #

    def test_officer_prepares_manager_approves_accountant_books(self):
        action = self.siti.with_user(self.officer).action_leave()
        self.assertFalse(self.siti.leaving_ids, "a mere click records nothing")
        with Form(self.env['coop.leaving'].with_user(self.officer).with_context(**action['context'])) as form:
            form.reason = 'moved'
        leaving = form.record
        self.assertEqual((leaving.state, leaving.amount_savings, leaving.date), ('draft', 110_000, self.today))
        for user in (self.officer, self.accountant, self.cashier):
            with self.assertRefused("Only this role may do that: Manager", AccessError):
                leaving.with_user(user).action_approve()
        leaving.with_user(self.manager).action_approve()
        self.assertEqual((self.siti.state, leaving.state, leaving.approved_by_id), ('left', 'approved', self.manager))
        self.assertTrue(leaving.name.startswith('KLR/'))
        for user in (self.officer, self.manager, self.cashier):
            with self.assertRefused("Only this role may do that: Accountant", AccessError):
                leaving.with_user(user).action_post()
        leaving.with_user(self.accountant).action_post()
        self.assertEqual((leaving.state, leaving.posted_by_id), ('posted', self.accountant))
        self.assertEqual(leaving.move_id.coop_source_id, leaving.id, "the entry is the leaving's own")

    def test_leaving_that_is_prepared_is_opened_again(self):
        leaving = self._leave()
        self.assertEqual(self.siti.with_user(self.officer).action_leave()['res_id'], leaving.id)

    def test_only_members_leave(self):
        candidate = self.env['coop.membership'].create({'partner_id': self._partner("Budi").id})
        with self.assertRefused("was never admitted. Close the application instead", ValidationError):
            candidate.with_user(self.officer).action_leave()

    def test_one_person_with_both_roles_may_do_both(self):
        self.manager.group_ids |= self.env.ref('producer_cooperative.group_coop_accountant')
        leaving = self._leave()
        leaving.with_user(self.manager).action_approve()
        leaving.with_user(self.manager).action_post()
        self.assertEqual(leaving.state, 'posted')

    def test_who_cancels_depends_on_how_far_it_is(self):
        leaving = self._leave()
        leaving.with_user(self.officer)._cancel_with_reason("Entered by mistake")
        leaving = self._approve()
        for user in (self.officer, self.accountant):
            with self.assertRefused("Only this role may do that: Manager", AccessError):
                leaving.with_user(user)._cancel_with_reason("x")
        leaving.with_user(self.manager)._cancel_with_reason("Board meets again")
        leaving = self._post()
        with self.assertRefused("Only this role may do that: Accountant", AccessError):
            leaving.with_user(self.manager)._cancel_with_reason("x")
        wizard = self.env['coop.document.cancel'].with_user(self.accountant).with_context(
            **leaving.with_user(self.accountant).action_cancel()['context'],
        ).create({'reason': "Stays after all"})
        wizard.action_confirm()
        self.assertEqual((leaving.state, self.siti.state), ('cancelled', 'active'))
        with self.assertRefused("nothing further can be done"):
            wizard.action_confirm()

    def test_supervisor_and_cashier_read_and_change_nothing(self):
        leaving = self._leave()
        for user in (self.supervisor, self.cashier):
            self.assertEqual(leaving.with_user(user).amount_savings, 110_000)
            for change in (
                lambda user=user: leaving.with_user(user).write({'reason': 'moved'}),
                lambda user=user: leaving.with_user(user).unlink(),
                lambda user=user: leaving.with_user(user)._cancel_with_reason("x"),
                lambda user=user: leaving.with_user(user).action_refresh(),
                lambda user=user: leaving.with_user(user).create({'membership_id': self.siti.id}),
            ):
                with self.assertRefused("not allowed to", AccessError):
                    change()

    def test_warehouse_and_portal_see_no_leavings(self):
        leaving = self._leave()
        portal = self.env['res.users'].with_context(no_reset_password=True).create({
            'name': "Siti", 'login': 'siti_portal', 'partner_id': self.siti.partner_id.id,
            'group_ids': [fields.Command.set(self.env.ref('base.group_portal').ids)],
            'company_id': self.company.id, 'company_ids': [fields.Command.set(self.company.ids)],
        })
        for user in (self.warehouse_user, portal):
            for record in (leaving, leaving.line_ids[:1]):
                with self.assertRefused("not allowed to access", AccessError):
                    record.with_user(user).read(['display_name'])
            self.assertNotIn('leaving_id', self.env['coop.membership'].with_user(user).fields_get())

    def test_leaving_of_another_company_is_invisible(self):
        leaving = self._leave()
        other = self._create_cooperative("Koperasi Lain")
        self.officer.write({'company_ids': [(4, other.id)]})
        elsewhere = self.env['coop.leaving'].with_user(self.officer).with_context(allowed_company_ids=other.ids)
        self.assertFalse(elsewhere.search([('id', '=', leaving.id)]))
        budi = self._create_member("Budi")
        with self.assertRefused("belongs to another company"):
            elsewhere.create({'membership_id': budi.id, 'company_id': other.id})

    # === FORGERIES === #

    def test_leaving_is_not_forged_over_rpc(self):
        leavings = self.env['coop.leaving'].with_user(self.accountant)
        for forged in (
            {'state': 'posted'}, {'name': 'KLR/2026/00099'}, {'move_id': 1}, {'amount_payable': 1},
            {'payable_line_ids': [(6, 0, [1])]}, {'former_state': 'active'}, {'line_ids': [(0, 0, {})]},
            {'approved_by_id': self.manager.id}, {'payment_state': 'paid'},
        ):
            with self.subTest(forged=forged), self.assertRefused("own buttons", AccessError):
                leavings.create({'membership_id': self.siti.id, **forged})
        draft = leavings.with_context(default_state='posted', default_amount_savings=5).create({
            'membership_id': self.siti.id,
        })
        self.assertEqual((draft.state, draft.amount_savings), ('draft', 110_000))
        with self.assertRefused("own buttons", AccessError):
            draft.write({'state': 'approved'})
        for field_name, value in (('state', 'left'), ('date_left', '2026-01-01'), ('suspend_reason', "x")):
            with self.assertRefused("own buttons", AccessError):
                self.siti.with_user(self.manager).write({field_name: value})
        with self.assertRefused("not allowed to", AccessError):
            draft.line_ids.with_user(self.accountant).write({'amount': 1})

    def test_heirs_stay_with_the_company_of_their_leaving(self):
        other = self._create_cooperative("Koperasi Lain")
        leaving = self._leave(**self._heirs(Ani='100'), company_id=self.company.id)
        with self.assertRefused("own buttons: Company", AccessError):
            leaving.heir_ids.with_user(self.officer).write({'company_id': other.id})

    def test_approved_leaving_is_frozen_but_for_the_money(self):
        leaving = self._approve()
        for change in ({'reason': 'moved'}, {'date': '2026-03-11'}, {'membership_id': self.siti.id}):
            with self.assertRefused("is not changed any more"):
                leaving.with_user(self.accountant).write(change)
        for user in (self.officer, self.accountant):
            for change in ({'set_off_method': 'none'}, {'set_off_limit': 5}):
                with self.assertRefused("is approved with what is set off. Ask the manager"):
                    leaving.with_user(user).write(change)
        leaving.with_user(self.manager).write({'set_off_method': 'none'})
        leaving.with_user(self.accountant).action_post()
        for change in ({'set_off_method': 'all'}, {'date_accounting': '2026-04-01'}):
            with self.assertRefused("is not changed any more"):
                leaving.with_user(self.accountant).write(change)
        with self.assertRefused("it shows what was booked"):
            leaving.action_refresh()

    # === WHAT IS ASKED FOR === #

    def test_reason_is_asked_for(self):
        with self.assertRefused("Say why .*Siti leaves"):
            self._approve(reason=False)
        with self.assertRefused("Write down why .*Budi is expelled"):
            self._approve(self._create_member("Budi"), reason='expelled', reason_note=" ")
        expelled = self._approve(self._create_member("Candra"), reason='expelled', reason_note="Sold elsewhere")
        self.assertEqual(expelled.membership_id.leave_reason, 'expelled')

    def test_day_of_leaving_is_neither_to_come_nor_before_joining(self):
        with self.assertRefused("which is still to come. Approve the leaving on that day"):
            self._approve(date=fields.Date.add(self.today, days=1))
        with self.assertRefused("cannot leave before joining"):
            self._approve(self._create_member("Budi"), date='2025-12-31')

    def test_candidate_does_not_leave(self):
        candidate = self.env['coop.membership'].create({'partner_id': self._partner("Calon").id})
        with self.assertRefused("never admitted. Close the application instead", ValidationError):
            self._leave(candidate)

    def test_leaving_is_recorded_once(self):
        self._leave()
        with self.assertRefusedByDatabase('coop.leaving', "recorded already: open that one"):
            self._leave()

    def test_member_who_left_does_not_leave_again(self):
        leaving = self._post()
        with self.assertRefused("is Posted"):
            leaving.action_approve()
        with self.assertRefused("is Posted"):
            leaving.action_post()
        self.assertEqual(len(self._own_entries(leaving)), 1)

    def test_draft_is_deleted_and_approved_stays(self):
        self._leave().with_user(self.officer).unlink()
        leaving = self._approve()
        with self.assertRefused("was approved; it can only be cancelled"):
            leaving.with_user(self.manager).unlink()

    def test_approved_leaving_holds_up_the_closing(self):
        leaving = self._approve()
        period = (fields.Date.to_date('2026-03-01'), fields.Date.to_date('2026-03-31'))
        self.assertIn(leaving.name, " ".join(self.company._coop_get_closing_obstacles(*period)))
        leaving.action_post()
        self.assertNotIn(leaving.name, " ".join(self.company._coop_get_closing_obstacles(*period)))

    def test_member_who_left_saves_no_more_and_draft_vouchers_wait_in_vain(self):
        draft = self.env['coop.savings.voucher'].create({
            'date': '2026-03-01', 'journal_id': self.cash_journal.id, 'line_ids': [fields.Command.create({
                'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'amount': 5_000,
            })],
        })
        self._approve()
        with self.assertRefused("saves no more"):
            draft.action_post()

    # === PAPER === #

    def test_statement_names_what_was_saved_set_off_and_paid(self):
        self._invoice(self.siti.partner_id, 30_000)
        leaving = self._post(reason_note="Letter of 1 March")
        self._pay(leaving, amount=50_000)
        html = self.env['ir.actions.report']._render_qweb_html(
            'producer_cooperative.coop_leaving_report', leaving.ids,
        )[0].decode()
        for text in ("Siti", leaving.name, "Letter of 1 March", "110,000", "30,000", "80,000", "50,000", "Treasurer"):
            self.assertIn(text, html)

    def test_statement_names_every_heir(self):
        leaving = self._post(**self._heirs(Ani='1/4', Budi='3/4'))
        html = self.env['ir.actions.report']._render_qweb_html(
            'producer_cooperative.coop_leaving_report', leaving.ids,
        )[0].decode()
        for text in ("Ani", "Budi", "27,500", "82,500"):
            self.assertIn(text, html)
