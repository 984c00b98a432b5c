import io

from openpyxl import load_workbook

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_fund import FundCommon


@tagged('post_install', '-at_install')
class TestShuFunds(FundCommon):

    # === FUNDS THERE ARE === #

    def test_every_fund_account_of_the_cooperative_is_a_fund(self):
        funds = self.env['coop.fund'].search([('company_id', '=', self.company.id)])
        self.assertEqual(funds.mapped('kind'), ['board', 'staff', 'education', 'social', 'area'])
        self.assertEqual(funds.account_id, self.env['account.account'].union(*(
            self._account(key) for key in ('fund_board', 'fund_staff', 'fund_education', 'fund_social', 'fund_area')
        )))
        self.env['coop.fund']._ensure_all()
        self.assertEqual(self.env['coop.fund'].search_count([('company_id', '=', self.company.id)]), 5)

    def test_fund_holds_what_the_meeting_gave_it_less_what_was_spent(self):
        self.assertEqual(self.board.balance, 0)
        self._post(1_000_000)
        self._spend(self.board, (self.chair, "Chair", 30_000))
        self.board.invalidate_recordset()
        self.assertEqual((self.board.amount_in, self.board.amount_out, self.board.balance), (100_000, 30_000, 70_000))
        self.assertEqual(self.board.spending_count, 1)
        self._draft_spending(self.board, (self.chair, "Chair", 5_000))
        self.assertEqual(self.board.amount_draft, 5_000)

    def test_fund_with_money_is_not_archived(self):
        self._post(1_000_000)
        with self.assertRefused("still holds .*100,000.* Spend or transfer"):
            self.board.with_user(self.accountant).active = False
        area = self._find_fund('fund_area')
        area.with_user(self.accountant).active = False
        self.assertFalse(area.active)

    def test_movements_run_up_to_the_balance_and_open_their_documents(self):
        allocation = self._post(1_000_000)
        spending = self._spend(self.board, (self.chair, "Chair", 30_000), (self.treasurer, "Treasurer", 20_000))
        movements = self.env['coop.fund.movement'].with_user(self.officer).search(
            self.board.with_user(self.officer).action_open_movements()['domain'], order='date, id',
        )
        self.assertEqual(
            [(row.amount_in, row.amount_out, row.balance) for row in movements],
            [(100_000, 0, 100_000), (0, 30_000, 70_000), (0, 20_000, 50_000)],
        )
        self.assertEqual((movements[0].allocation_id, movements[1].spending_id), (allocation, spending))
        self.assertEqual(movements[0].action_open_source()['res_id'], allocation.id)
        self.assertEqual(movements[1].action_open_source()['res_id'], spending.id)
        self.assertEqual(movements[1].reference, spending.name)

    # === SPENDING === #

    def test_spending_debits_the_fund_person_by_person_and_is_no_expense(self):
        self._post(1_000_000)
        spending = self._spend(self.board, (self.chair, "Chair", 40_000), (None, "Transport", 15_000))
        self.assertEqual(spending.name, 'BKD/2025/00001')
        self.assertEqual(spending.state, 'posted')
        self.assertEqual((spending.prepared_by_ids, spending.poster_id), (self.officer, self.accountant))
        self.assertEqual(str(spending.move_id.date), '2025-03-01')
        self.assertEntry(spending.move_id, [
            (self.board.account_id, self.chair, 40_000), (self.board.account_id, None, 15_000),
            (self.cash, None, -55_000),
        ])
        self.assertEqual(spending.move_id.ref, spending.name)

    def test_income_tax_is_withheld_and_owed_to_the_tax_office(self):
        self._post(1_000_000)
        # 5 % of 33,333 = 1,666.65, to whole rupiah 1,667
        spending = self._spend(self.board, (self.chair, "Chair", 33_333, 5), (self.secretary, "Secretary", 20_000))
        self.assertEqual((spending.amount_total, spending.amount_tax, spending.amount_net), (53_333, 1_667, 51_666))
        self.assertEntry(spending.move_id, [
            (self.board.account_id, self.chair, 33_333), (self.board.account_id, self.secretary, 20_000),
            (self._account('tax_withheld'), self.chair, -1_667), (self.cash, None, -51_666),
        ])

    def test_cancelling_gives_the_money_back_to_the_fund(self):
        self._post(1_000_000)
        spending = self._spend(self.board, (self.chair, "Chair", 40_000, 5))
        spending.with_user(self.accountant)._cancel_with_reason("Paid twice")
        self.assertEqual((spending.state, spending.cancel_reason), ('cancelled', "Paid twice"))
        self.assertEntry(spending.reversal_move_id, [
            (self.board.account_id, self.chair, -40_000), (self._account('tax_withheld'), self.chair, 2_000),
            (self.cash, self.chair, 38_000),
        ])
        self.board.invalidate_recordset()
        self.assertEqual(self.board.balance, 100_000)
        with self.assertRefused("nothing further can be done"):
            spending.with_user(self.accountant)._cancel_with_reason("Again")

    def test_fund_is_never_spent_below_zero(self):
        self._post(1_000_000)
        spending = self._draft_spending(self.board, (self.chair, "Chair", 100_001))
        with self.assertRefused("holds .*100,000.*100,001.*never spent below zero"):
            spending.with_user(self.accountant).action_post()
        self.assertEqual((spending.state, spending.name), ('draft', ""))
        spending.line_ids.amount = 100_000
        spending.with_user(self.accountant).action_post()
        self.assertEqual(spending.state, 'posted')

    def test_fund_is_not_spent_before_the_meeting_filled_it(self):
        self._post(1_000_000)  # the meeting was on 2025-02-20
        spending = self._draft_spending(self.board, (self.chair, "Chair", 10_000), date='2025-02-19')
        with self.assertRefused("never spent below zero"):
            spending.with_user(self.accountant).action_post()
        spending.with_user(self.accountant).date = '2025-02-20'
        spending.with_user(self.accountant).action_post()
        self.assertEqual(spending.state, 'posted')

    def test_earlier_spending_does_not_take_what_was_spent_later(self):
        self._post(1_000_000)
        self._spend(self.board, (self.chair, "Chair", 80_000), date='2025-04-01')
        self.assertEqual(self.board._get_available(fields.Date.to_date('2025-03-01')), 20_000)
        spending = self._draft_spending(self.board, (self.chair, "Chair", 20_001))
        with self.assertRefused("never spent below zero"):
            spending.with_user(self.accountant).action_post()

    def test_plain_entry_does_not_take_a_fund_below_zero_either(self):
        self._post(1_000_000)
        with self.assertRefused("would hold .*-.*1.00 on .*never spent below zero"):
            self._book('2025-03-01', [(self.board.account_id, None, 100_001), (self.cash, None, -100_001)])
        self._book('2025-03-01', [(self.board.account_id, None, 60_000), (self.cash, None, -60_000)])
        gift = self._book('2025-03-02', [(self.board.account_id, None, -5_000), (self.cash, None, 5_000)])
        self._spend(self.board, (self.chair, "Chair", 45_000), date='2025-03-03')
        with self.assertRefused("would hold .*-.*5,000.00 on .*never spent below zero"):
            gift.with_user(self.accountant).button_draft()
        self.assertEqual(gift.state, 'posted')

    def test_allocation_whose_fund_was_spent_is_not_cancelled(self):
        allocation = self._post(1_000_000)
        spending = self._spend(self.social, (None, "Flood relief", 1))
        with self.assertRefused("some of it is spent. Cancel the spendings"):
            allocation.with_user(self.accountant)._cancel_with_reason("Wrong rule")
        self.assertEqual(allocation.state, 'posted')
        spending.with_user(self.accountant)._cancel_with_reason("Not paid")
        allocation.with_user(self.accountant)._cancel_with_reason("Wrong rule")
        self.assertEqual(allocation.state, 'cancelled')
        self.assertEqual(self._balance(self.social.account_id), 0)

    def test_entry_is_not_undone_behind_the_spendings_back(self):
        self._post(1_000_000)
        spending = self._spend(self.board, (self.chair, "Chair", 40_000))
        with self.assertRefused("undone only there"):
            spending.move_id.with_user(self.accountant).button_draft()
        self.assertEqual(spending.move_id.state, 'posted')

    # === REFUSALS === #

    def test_incomplete_spendings_are_refused(self):
        self._post(1_000_000)
        with self.assertRefused("spending is empty"):
            self._draft_spending(self.board).with_user(self.accountant).action_post()
        draft = self._draft_spending(self.board, (self.chair, "Chair", 1_000), reason="  ")
        with self.assertRefused("Say what the money is for"):
            draft.with_user(self.accountant).action_post()
        draft = self._draft_spending(self.board, (None, "Tax", 1_000, 5))
        with self.assertRefused("withheld from a person"):
            draft.with_user(self.accountant).action_post()
        draft = self._draft_spending(self.board, (None, " ", 1_000))
        with self.assertRefused("who gets the money, or what it is paid for"):
            draft.with_user(self.accountant).action_post()
        draft = self._draft_spending(self.board, (self.chair, "Chair", 1_000), journal_id=self.miscellaneous.id)
        with self.assertRefused("cash or bank journal that has an account"):
            draft.with_user(self.accountant).action_post()
        draft = self._draft_spending(self.board, (self.chair, "Chair", 1_000), date='2999-01-01')
        with self.assertRefused("is in the future"):
            draft.with_user(self.accountant).action_post()
        self.assertEqual(self._balance(self.board.account_id), -100_000)

    def test_amounts_and_taxes_out_of_range_are_refused_by_the_database(self):
        with self.assertRefusedByDatabase('coop.fund.spending.line', "more than zero"):
            self._draft_spending(self.board, (self.chair, "Chair", 0))
        with self.assertRefusedByDatabase('coop.fund.spending.line', "between 0 and 100 %"):
            self._draft_spending(self.board, (self.chair, "Chair", 10, 101))

    def test_posted_spending_is_not_changed_nor_deleted(self):
        self._post(1_000_000)
        spending = self._spend(self.board, (self.chair, "Chair", 40_000)).with_user(self.accountant)
        for vals in ({'date': '2025-03-02'}, {'fund_id': self.social.id}, {'reason': "x"}):
            with self.assertRefused("A posted spending is not changed"):
                spending.write(vals)
        with self.assertRefused("A posted spending is not changed"):
            spending.line_ids.amount = 1
        draft = self._draft_spending(self.board, (self.chair, "Chair", 1))
        with self.assertRefused("A posted spending is not changed"):
            draft.line_ids.spending_id = spending
        with self.assertRefused("it can only be cancelled"):
            spending.unlink()
        self.assertEqual(spending.amount_total, 40_000)

    def test_results_are_not_typed_in(self):
        draft = self._draft_spending(self.board, (self.chair, "Chair", 1_000))
        for vals in ({'state': 'posted'}, {'amount_total': 1}, {'prepared_by_ids': self.manager.ids}):
            with self.assertRefused("own buttons", AccessError):
                draft.with_user(self.officer).write(vals)
        with self.assertRefused("own buttons", AccessError):
            draft.line_ids.with_user(self.officer).amount_tax = 0
        self.assertEqual(draft.state, 'draft')

    # === WHO === #

    def test_whoever_prepared_does_not_post(self):
        self._post(1_000_000)
        draft = self._draft_spending(self.board, (self.chair, "Chair", 1_000), user=self.accountant)
        with self.assertRefused("You wrote .* yourself. Two people are needed for this"):
            draft.with_user(self.accountant).action_post()
        draft.line_ids.with_user(self.officer).amount = 2_000
        self.assertEqual(draft.prepared_by_ids, self.accountant | self.officer)
        with self.assertRefused("You wrote .* yourself"):
            draft.with_user(self.accountant).action_post()
        self._draft_spending(self.board, (self.chair, "Chair", 1_000)).with_user(self.accountant).action_post()

    def test_whoever_prepared_posts_what_somebody_else_approved(self):
        self._post(1_000_000)
        draft = self._draft_spending(self.board, (self.chair, "Chair", 1_000), user=self.accountant)
        draft.with_user(self.accountant).action_ask_approval()
        draft.with_user(self.manager).action_give_approval()
        self.assertEqual(draft.with_user(self.accountant).approval_status, 'approved')
        draft.line_ids.with_user(self.accountant).amount = 2_000
        with self.assertRefused("You wrote .* yourself"):
            draft.with_user(self.accountant).action_post()
        draft.line_ids.with_user(self.accountant).amount = 1_000
        draft.with_user(self.accountant).action_post()
        self.assertEqual((draft.state, draft.posted_alone), ('posted', False))

    def test_limit_leaves_small_spendings_to_one_person(self):
        self._post(1_000_000)
        self._set_limit('fund_spending', 5_000)
        small = self._draft_spending(self.board, (self.chair, "Chair", 5_000), user=self.accountant)
        small.with_user(self.accountant).action_post()
        self.assertTrue(small.posted_alone)
        large = self._draft_spending(self.board, (self.chair, "Chair", 5_001), user=self.accountant)
        with self.assertRefused("Above .*5,000.*, two people are needed"):
            large.with_user(self.accountant).action_post()

    def test_choosing_day_and_journal_is_no_preparing(self):
        self._post(1_000_000)
        draft = self._draft_spending(self.board, (self.chair, "Chair", 1_000))
        draft.with_user(self.accountant).write({'date': '2025-03-02', 'journal_id': self.bank_journal.id})
        draft.with_user(self.accountant).action_post()
        self.assertEqual(draft.move_id.journal_id, self.bank_journal)

    def test_one_person_alone_is_kept_in_the_history_where_it_is_allowed(self):
        self._post(1_000_000)
        self._set_limit('fund_spending', is_required=False)
        draft = self._draft_spending(self.board, (self.chair, "Chair", 1_000), user=self.accountant)
        draft.with_user(self.accountant).action_post()
        self.assertTrue(any("wrote and posted this alone" in m.body for m in draft.message_ids))

    def test_cashier_pays_from_the_own_journal_and_the_officer_posts_nothing(self):
        self._post(1_000_000)
        draft = self._draft_spending(self.board, (self.chair, "Chair", 1_000), date=fields.Date.today())
        with self.assertRefused("You may not post on"):
            draft.with_user(self.officer).action_post()
        other = self._draft_spending(
            self.board, (self.chair, "Chair", 1_000), date=fields.Date.today(), journal_id=self.bank_journal.id,
        )
        with self.assertRefused("You may not post on"):
            other.with_user(self.cashier).action_post()
        draft.with_user(self.cashier).action_post()
        self.assertEqual((draft.state, draft.poster_id), ('posted', self.cashier))
        draft.with_user(self.cashier)._cancel_with_reason("Wrong envelope")
        self.assertEqual(draft.state, 'cancelled')

    def test_supervisor_reads_and_changes_nothing_and_the_warehouse_sees_nothing(self):
        draft = self._draft_spending(self.board, (self.chair, "Chair", 1_000))
        self.assertEqual(draft.with_user(self.supervisor).amount_total, 1_000)
        with self.assertRefused("You are not allowed to modify", AccessError):
            draft.with_user(self.supervisor).reason = "Mine"
        for model in ('coop.fund', 'coop.fund.movement', 'coop.fund.spending', 'coop.fund.spending.line'):
            self.assertFalse(self.env[model].with_user(self.warehouse_user).has_access('read'), model)
        with self.assertRefused("You are not allowed to modify", AccessError):
            self.board.with_user(self.officer).note = "Mine"
        self.board.with_user(self.manager).note = "For the board"
        with self.assertRefused("own buttons", AccessError):
            self.board.with_user(self.manager).account_id = self.social.account_id

    def test_every_role_opens_the_screens(self):
        self._post(1_000_000)
        spending = self._spend(self.board, (self.chair, "Chair", 1_000))
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor):
            for record in (self.board, spending):
                self.assertTrue(Form(record.with_user(user)).id)
            self.assertTrue(self.env['coop.fund.movement'].with_user(user).search_count([]))
            self.assertEqual(self.board.with_user(user).balance, 99_000)

    # === PERSONS === #

    def test_boards_share_is_split_by_largest_remainder(self):
        allocation = self._post(1_000_010)  # 100,001: 40,000.4 / 35,000.35 / 25,000.25
        spending = self._draft_spending(self.board, allocation_id=allocation.id)
        spending.with_user(self.officer).action_share_out()
        self.assertEqual(
            [(line.partner_id, line.name, line.amount) for line in spending.line_ids],
            [
                (self.chair, "Chair", 40_001), (self.secretary, "Secretary", 35_000),
                (self.treasurer, "Treasurer", 25_000),
            ],
        )
        spending.with_user(self.accountant).action_post()
        self.board.invalidate_recordset()
        self.assertEqual(self.board.balance, 0)

    def test_persons_get_only_what_they_did_not_get_yet(self):
        allocation = self._post(1_000_000)
        self._spend(self.board, (self.chair, "Advance", 10_000), allocation_id=allocation.id)
        spending = self._draft_spending(self.board, allocation_id=allocation.id)
        spending.action_share_out()
        self.assertEqual(spending.line_ids.mapped('amount'), [30_000, 35_000, 25_000])
        spending.with_user(self.accountant).action_post()
        again = self._draft_spending(self.board, allocation_id=allocation.id)
        with self.assertRefused("has got the own part"):
            again.action_share_out()

    def test_two_drafts_do_not_pay_the_same_parts_twice(self):
        allocation = self._post(1_000_000)
        first, second = (self._draft_spending(self.board, allocation_id=allocation.id) for __ in range(2))
        (first | second).action_share_out()
        first.with_user(self.accountant).action_post()
        # the fund holds enough again
        self._book('2025-02-20', [(self.cash, None, 100_000), (self.board.account_id, None, -100_000)])
        with self.assertRefused("gets .* and got .* of it before"):
            second.with_user(self.accountant).action_post()
        with self.assertRefused("Persons were paid their parts"):
            allocation.with_user(self.accountant)._cancel_with_reason("Wrong rule")
        self.assertEqual((second.state, allocation.state), ('draft', 'posted'))

    def test_parts_of_an_allocation_that_is_not_booked_are_not_paid(self):
        self._post(1_000_000)
        later = self.env['coop.shu.allocation'].create({'date_from': '2025-01-01', 'date_to': '2025-12-31'})
        spending = self._draft_spending(self.board, (self.chair, "Chair", 10_000), allocation_id=later.id)
        for refused in (spending.action_share_out, spending.with_user(self.accountant).action_post):
            with self.assertRefused("is not booked"):
                refused()

    def test_sharing_out_says_what_is_missing(self):
        allocation = self._post(1_000_000)
        with self.assertRefused("Choose the SHU"):
            self._draft_spending(self.board).action_share_out()
        with self.assertRefused("does not say who shares Social.*Enter the lines by hand"):
            self._draft_spending(self.social, allocation_id=allocation.id).action_share_out()
        with self.assertRefused("gave nothing to"):
            self._draft_spending(self._find_fund('fund_area'), allocation_id=allocation.id).action_share_out()

    def test_parts_of_persons_are_the_whole(self):
        with self.assertRefused("add up to 90 % and not to 100 %", ValidationError):
            self.board_share.person_ids[0].percent = 30
            self.board_share._check_persons()
        with self.assertRefused("is no fund", ValidationError):
            self.rule.share_ids[0].person_ids = [Command.create({'partner_id': self.chair.id, 'percent': 100})]
        with self.assertRefused("is no fund"):
            self.rule.share_ids[0].action_open_persons()

    def test_persons_stay_as_they_were_when_the_meeting_decided(self):
        self.board_share.with_user(self.manager).person_ids[0].role = "Chairman"
        self._approve(self._compute(1_000_000))
        person = self.board_share.person_ids[0].with_user(self.manager)
        for change in (
            lambda: person.write({'percent': 30}), person.unlink,
            lambda: person.create({
                'share_id': self.board_share.id, 'partner_id': self.siti.partner_id.id, 'percent': 1,
            }),
            lambda: self.board_share.with_user(self.manager).write({'person_ids': [Command.clear()]}),
        ):
            with self.assertRefused("which therefore stays as it is"):
                change()
        self.assertEqual(self.board_share.person_ids.mapped('percent'), [40, 35, 25])

    def test_history_of_the_rule_tells_who_shares_a_fund(self):
        self.board_share.with_user(self.manager).write({'person_ids': [Command.clear()]})
        self.assertTrue(any("Chair Pak Ketua 40 %" in message.body for message in self.rule.message_ids))

    def test_copied_rule_keeps_the_persons(self):
        copy = self.rule.copy({'date_from': '2040-01-01'})
        share = copy.share_ids.filtered(lambda share: share.fund == 'board')
        self.assertEqual(share.person_ids.mapped('percent'), [40, 35, 25])

    # === PAPER === #

    def test_voucher_has_persons_amounts_words_and_room_to_sign(self):
        allocation = self._post(1_000_000)
        spending = self._spend(self.board, (self.chair, "Chair", 40_000, 5), allocation_id=allocation.id)
        report = 'producer_cooperative.report_coop_fund_spending'
        html = self.env['ir.actions.report'].with_user(self.cashier)._render_qweb_pdf(report, spending.ids)[0].decode()
        for text in (
            spending.name, "Pak Ketua", "40,000", "2,000", "38,000", "Thirty-Eight Thousand Rupiah",
            "Decision of the board", "Board Fund", "Signature or Thumbprint", "o_coop_sign",
        ):
            self.assertIn(text, html)
        self.assertNotIn("COPY", html)
        html = self.env['ir.actions.report']._render_qweb_pdf(report, spending.ids)[0].decode()
        self.assertIn("COPY (print 2)", html)

    def test_voucher_as_spreadsheet_has_the_same_rows(self):
        self._post(1_000_000)
        spending = self._spend(self.board, (self.chair, "Chair", 40_000))
        sheet = load_workbook(io.BytesIO(spending._get_report_xlsx())).worksheets[0]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        self.assertIn([1, "Pak Ketua", "Chair", 40_000, None], rows)

    def test_draft_says_that_nothing_is_paid(self):
        draft = self._draft_spending(self.board, (self.chair, "Chair", 1))
        self.assertIn("DRAFT, NOTHING IS PAID YET", draft._get_report().subtitles)
