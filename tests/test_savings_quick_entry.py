from odoo import Command, fields
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestSavingsQuickEntry(CoopCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_member("Siti", number='00012')
        cls.budi = cls._create_member("Budi", number='00015')
        cls.endang = cls._create_member("Endang", number='00016')
        cls.agus = cls._create_member("Agus", number='00120')
        cls.today = fields.Date.context_today(cls.siti)

    def _new(self):
        return self.env['coop.savings.voucher'].new({'journal_id': self.cash_journal.id, 'date': self.today})

    # === FINDING === #

    def test_number_without_zeros_finds_the_member_before_numbers_that_contain_it(self):
        found = [id_ for id_, _name in self.env['coop.membership'].name_search('12')]
        self.assertEqual(found, [self.siti.id, self.agus.id])

    def test_exact_number_beats_one_that_reads_the_same(self):
        coded = self._create_member("Coded", number='M-12')
        found = [id_ for id_, _name in self.env['coop.membership'].name_search('M-12', limit=2)]
        self.assertEqual(found[0], coded.id)
        found = self.env['coop.membership']._find_by_numbers(['M-12', '00012'], self.company)
        self.assertEqual(found, {'M-12': coded, '00012': self.siti})

    def test_number_with_letters_is_found_by_its_digits_and_as_a_whole(self):
        coded = self._create_member("Coded", number='K-0077')
        found = self.env['coop.membership']._find_by_numbers(['77', 'K-0077', 'K-77'], self.company)
        self.assertEqual((found['77'], found['K-0077']), (coded, coded))
        self.assertFalse(found['K-77'])

    def test_names_are_found_as_before(self):
        found = self.env['coop.membership'].name_search('Endang')
        self.assertEqual([id_ for id_, _name in found], [self.endang.id])
        domain = [('state', '=', 'left')]
        self.assertFalse(self.env['coop.membership'].name_search('12', domain))

    # === TYPING NUMBERS === #

    def test_number_and_enter_adds_the_member_with_the_amount_of_the_month(self):
        with Form(self.env['coop.savings.voucher']) as form:
            form.entry_numbers = '12'
            self.assertFalse(form.entry_numbers)
            form.entry_numbers = '00120'
        voucher = form.record
        self.assertEqual(
            [(line.membership_id, line.type_id, line.amount) for line in voucher.line_ids],
            [(self.siti, self.mandatory, 10_000), (self.agus, self.mandatory, 10_000)],
        )
        self.assertEqual((voucher.amount_total, voucher.member_count), (20_000, 2))

    def test_several_numbers_and_ranges_are_added_and_the_wrong_ones_told_in_one_message(self):
        voucher = self._new()
        voucher.line_ids = [Command.create({
            'membership_id': self.budi.id, 'type_id': self.mandatory.id, 'amount': 10_000,
        })]
        voucher.entry_numbers = "12, 15-17 120 120"
        warning = voucher._onchange_entry_numbers()['warning']['message'].splitlines()
        self.assertEqual(voucher.line_ids.membership_id._origin, self.budi | self.siti | self.endang | self.agus)
        self.assertEqual(len(voucher.line_ids), 4)
        self.assertEqual(len(warning), 2)
        self.assertIn("15: 00015 Budi is on the voucher already.", warning)
        self.assertIn("17: nobody has this member number.", warning)

    def test_own_amount_and_other_savings_are_used_for_the_numbers(self):
        voucher = self._new()
        voucher.entry_type_id, voucher.entry_amount = self.voluntary, 7_500
        commands, problems = voucher._prepare_lines_by_numbers('12')
        self.assertFalse(problems)
        self.assertEqual(commands[0][2], {
            'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'amount': 7_500,
        })

    def test_savings_without_an_amount_ask_for_one(self):
        voucher = self._new()
        voucher.entry_type_id = self.voluntary
        _commands, problems = voucher._prepare_lines_by_numbers('12')
        self.assertEqual(problems, ["Voluntary Savings has no amount set: enter the amounts in the lines."])

    def test_members_who_left_and_ambiguous_numbers_are_told(self):
        self._create_member("Other", number='K-12')
        self.budi._update_state('left', date_left=self.today, leave_reason='moved')
        _commands, problems = self._new()._prepare_lines_by_numbers('12 15')
        self.assertIn("several members have this number", problems[0])
        self.assertEqual(problems[1], "15: 00015 Budi has left.")

    def test_endless_range_adds_nothing(self):
        commands, problems = self._new()._prepare_lines_by_numbers('1-99999')
        self.assertFalse(commands)
        self.assertIn("1-99999 is no range", problems[0])

    def test_lookup_of_many_numbers_takes_as_many_queries_as_of_one(self):
        self.env.flush_all()
        queries = []
        for count in (1, 500):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.env['coop.membership']._find_by_numbers([str(n) for n in range(12, 12 + count)], self.company)
            queries.append(self.env.cr.sql_log_count - before)
            self.assertEqual(found['12'], self.siti)
        self.assertEqual(*queries)

    def test_quick_entry_goes_on_in_a_saved_draft_and_follows_direction_and_date(self):
        self.mandatory.rate_ids = [Command.create({'date_from': self.today, 'amount': 15_000})]
        draft = self.env['coop.savings.voucher'].create({'journal_id': self.cash_journal.id, 'date': '2026-03-01'})
        self.assertEqual((draft.entry_type_id, draft.entry_amount), (self.mandatory, 10_000))
        with Form(draft) as form:
            form.entry_numbers = '12'
            form.date = self.today
            form.entry_numbers = '15'
        self.assertEqual(draft.line_ids.mapped('amount'), [10_000, 15_000])
        draft.direction = 'out'
        self.assertEqual((draft.entry_type_id, draft.entry_amount), (self.voluntary, 0))

    # === AS LAST MONTH === #

    def test_last_months_voucher_is_repeated_with_the_amounts_of_today(self):
        source = self.env['coop.savings.voucher'].create({
            'journal_id': self.cash_journal.id, 'date': '2026-04-20', 'line_ids': [
                Command.create({'membership_id': member.id, 'type_id': savings_type.id, 'amount': amount})
                for member, savings_type, amount in (
                    (self.siti, self.mandatory, 30_000), (self.siti, self.voluntary, 5_000),
                    (self.budi, self.mandatory, 10_000), (self.endang, self.mandatory, 10_000),
                )
            ],
        })
        source.action_post()
        self.mandatory.rate_ids = [Command.create({'date_from': '2026-05-01', 'amount': 15_000})]
        self.budi._update_state('left', date_left='2026-05-02', leave_reason='moved')
        self.endang._suspend_with_reason("Did not pay")
        voucher = self.env['coop.savings.voucher'].create({'journal_id': self.cash_journal.id, 'date': '2026-05-10'})
        action = voucher.action_fill_from_last_month()
        self.assertEqual(
            [(line.membership_id, line.type_id, line.amount) for line in voucher.line_ids],
            [(self.siti, self.mandatory, 15_000), (self.siti, self.voluntary, 5_000)],
        )
        self.assertIn("00015 Budi has left; 00016 Endang is suspended", action['params']['message'])
        self.assertIn("Budi has left", voucher.message_ids[:1].body)

    def test_without_a_voucher_last_month_another_one_is_asked_for(self):
        self._save(self.siti, {self.voluntary: 5_000}, date='2026-03-31')
        self._save(self.siti, {self.voluntary: 5_000}, date='2026-04-02', journal=self.bank_journal)
        voucher = self.env['coop.savings.voucher'].create({'journal_id': self.cash_journal.id, 'date': '2026-05-10'})
        with self.assertRefused("No voucher of this kind was posted in the month before"):
            voucher.action_fill_from_last_month()

    def test_voucher_is_repeated_today_from_the_list(self):
        source = self._save(self.siti, {self.mandatory: 10_000}, date='2026-02-01')
        action = source.with_user(self.officer).action_repeat()
        voucher = self.env['coop.savings.voucher'].browse(action['res_id'])
        self.assertEqual((voucher.date, voucher.state, voucher.amount_total), (self.today, 'draft', 10_000))
        self.assertEqual(voucher.journal_id, self.cash_journal)

    def test_closed_application_is_left_out_of_a_receipt_and_not_of_a_payout(self):
        applicant = self.env['coop.membership'].create({
            'partner_id': self.env['res.partner'].create({'name': "Rini"}).id,
        })
        receipt = self._save(applicant, {self.principal: 100_000})
        applicant._reject_with_reason("Withdrawn")
        again, back = (
            self.env['coop.savings.voucher'].create({'direction': direction, 'journal_id': self.cash_journal.id})
            for direction in ('in', 'out')
        )
        self.assertIn("the application of Rini is closed", again._fill_from(receipt)['params']['message'])
        back._fill_from(receipt)
        self.assertEqual((len(again.line_ids), back.line_ids.membership_id), (0, applicant))

    def test_plain_duplicate_is_a_draft_of_today_without_number_and_entry(self):
        source = self._save(self.siti, {self.mandatory: 10_000}, date='2026-02-01')
        copy = source.copy()
        self.assertEqual(
            (copy.state, copy.name, copy.move_id.id, copy.date, copy.amount_total),
            ('draft', "", False, self.today, 10_000),
        )
        self.assertFalse(copy.line_ids.balance_after)
        copy.action_post()
        self.assertEqual(copy.state, 'posted')

    def test_cash_box_stays_when_a_receipt_becomes_a_payout(self):
        voucher = self.env['coop.savings.voucher'].create({'journal_id': self.bank_journal.id})
        voucher.direction = 'out'
        self.assertEqual(voucher.journal_id, self.bank_journal)
        voucher.direction = 'transfer'
        self.assertFalse(voucher.journal_id)
