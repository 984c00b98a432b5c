from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestSavingsUnowned(CoopCommon):
    """Entries on savings accounts that no member would own are pointed out, and can be given to members."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_member("Siti")
        cls.stranger = cls.env['res.partner'].create({'name': "Stranger"})

    def _book(self, amount, partner=None, savings_type=None, date='2026-02-01'):
        """Post an accountant's own entry; return its item on the savings account."""
        account = (savings_type or self.voluntary).account_id
        entry = self.env['account.move'].create({
            'journal_id': self.company.coop_journal_id.id, 'date': date, 'line_ids': [
                Command.create({'account_id': self.cash_journal.default_account_id.id, 'balance': amount}),
                Command.create({
                    'account_id': account.id, 'balance': -amount, 'partner_id': partner.id if partner else False,
                }),
            ],
        })
        entry.action_post()
        return entry.line_ids.filtered(lambda line: line.account_id == account)

    def _unowned(self, user=None):
        return self.env['account.move.line'].with_user(user or self.env.user).search([('coop_is_unowned', '=', True)])

    def test_items_without_partner_or_of_strangers_are_pointed_out(self):
        nobody, stranger = self._book(30_000), self._book(20_000, self.stranger)
        contact = self.env['res.partner'].create({'name': "Anak", 'parent_id': self.siti.partner_id.id})
        self._book(10_000, self.siti.partner_id)
        self._book(5_000, contact)
        self._save(self.siti, {self.voluntary: 1_000})
        self.assertEqual(self._unowned(), nobody | stranger)
        self.assertTrue(nobody.coop_is_unowned)
        # 30,000 + 20,000 belong to nobody; 10,000 + 5,000 + 1,000 to Siti
        self.assertEqual(
            (self.voluntary.balance, self.voluntary.unowned_balance, self.voluntary.members_balance),
            (66_000, 50_000, 16_000),
        )
        self.assertEqual(self.siti._get_savings_balances()[self.siti][self.voluntary], 16_000)

    def test_drafts_and_entries_that_were_reversed_are_left_aside(self):
        self._book(30_000).move_id._reverse_moves(cancel=True)
        draft = self._book(20_000).move_id
        draft.button_draft()
        self.assertFalse(self._unowned())
        self.assertEqual(self.voluntary.unowned_balance, 0)

    def test_reversed_entries_are_left_aside_whatever_else_stands_there(self):
        reversed_item, standing = self._book(70_000), self._book(90_000)
        reversed_item.move_id._reverse_moves(cancel=True)
        self.assertEqual(self._unowned(), standing)
        # what brings the entry back stands there again
        again = self._book(70_000)
        self.assertEqual(self._unowned(), standing | again)

    def test_stranger_who_becomes_a_member_owns_the_savings(self):
        item = self._book(20_000, self.stranger)
        self.assertEqual(self._unowned(), item)
        self.env['coop.membership'].create({
            'partner_id': self.stranger.id, 'number': 'S1', 'date_joined': '2026-02-01',
        })
        self.assertFalse(self._unowned())

    def test_members_of_another_cooperative_own_nothing_here(self):
        other = self._create_cooperative("Koperasi Lain")
        self.env['coop.membership'].create({
            'partner_id': self.stranger.id, 'number': 'S1', 'date_joined': '2026-02-01', 'company_id': other.id,
        })
        item = self._book(20_000, self.stranger)
        self.assertEqual(self._unowned(), item)

    def test_item_is_given_to_a_member(self):
        item = self._book(30_000)
        action = item.with_user(self.accountant).action_coop_give_to_member()
        vouchers = self.env['coop.savings.voucher'].with_user(self.accountant).with_context(**action['context'])
        with Form(vouchers) as form, form.line_ids.edit(0) as line:
            self.assertEqual((line.type_id, line.amount), (self.voluntary, 30_000))
            line.membership_id = self.siti
        form.record.action_post()
        self.assertEntry(form.record.move_id, [
            (self.voluntary.account_id, None, 30_000), (self.voluntary.account_id, self.siti.partner_id, -30_000),
        ])
        self.assertFalse(self._unowned())
        self.assertEqual(self.siti._get_savings_balances()[self.siti][self.voluntary], 30_000)

    def test_item_of_a_stranger_is_taken_from_the_stranger(self):
        item = self._book(20_000, self.stranger)
        context = item.action_coop_give_to_member()['context']
        voucher = self.env['coop.savings.voucher'].create({
            'direction': 'opening', 'counterpart': 'unowned', 'date': '2026-03-01',
            'counterpart_partner_id': context['default_counterpart_partner_id'],
            'line_ids': [Command.create({**context['default_line_ids'][0][2], 'membership_id': self.siti.id})],
        })
        voucher.action_post()
        self.assertEntry(voucher.move_id, [
            (self.voluntary.account_id, self.stranger, 20_000),
            (self.voluntary.account_id, self.siti.partner_id, -20_000),
        ])
        self.assertFalse(self._unowned())

    def test_items_of_members_or_under_several_partners_are_not_given(self):
        owned = self._book(10_000, self.siti.partner_id)
        with self.assertRefused("belong to members already"):
            owned.action_coop_give_to_member()
        mixed = self._book(30_000) | self._book(20_000, self.stranger)
        with self.assertRefused("under the same partner"):
            mixed.action_coop_give_to_member()

    def test_savings_that_were_taken_out_are_not_given(self):
        item = self._book(-5_000)
        with self.assertRefused("nothing to give.*enter the member as the partner"):
            item.action_coop_give_to_member()

    def test_closing_is_held_up_by_savings_without_a_member_and_by_drafts(self):
        self._book(30_000, date='2026-02-01')
        self.env['coop.savings.voucher'].create({'journal_id': self.cash_journal.id, 'date': '2026-02-10'})
        obstacles = self.company._coop_get_closing_obstacles('2026-01-01', '2026-02-28')
        text = "\n".join(obstacles)
        self.assertRegex(text, "30,000.* of Voluntary Savings belongs to no member at 02/28/2026")
        self.assertIn("1 savings vouchers are still drafts", text)
        before = "\n".join(self.company._coop_get_closing_obstacles('2026-01-01', '2026-01-31'))
        self.assertNotIn("belongs to no member", before)
        self.assertNotIn("drafts", before)

    # === CONTACTS === #

    def test_contact_with_savings_changes_to_no_other_owner(self):
        budi = self._create_member("Budi")
        contact = self.env['res.partner'].create({'name': "Anak", 'parent_id': self.siti.partner_id.id})
        below = self.env['res.partner'].create({'name': "Cucu", 'parent_id': contact.id})
        self._book(5_000, below)
        self._book(20_000, self.stranger)
        for partner, vals in (
            (contact, {'parent_id': False}), (contact, {'parent_id': budi.partner_id.id}),
            (contact, {'is_company': True}), (below, {'parent_id': self.stranger.id}),
            (self.stranger, {'parent_id': budi.partner_id.id}),
        ):
            with self.subTest(vals=vals), self.assertRefused("would belong to somebody else.*first"):
                partner.with_user(self.officer).write(vals)
        below.parent_id = self.siti.partner_id
        self.assertEqual(self.siti._get_savings_balances()[self.siti][self.voluntary], 5_000)

    def test_contact_whose_savings_were_booked_away_moves(self):
        item = self._book(20_000, self.stranger)
        voucher = self.env['coop.savings.voucher'].create({
            'direction': 'opening', 'counterpart': 'unowned', 'counterpart_partner_id': self.stranger.id,
            'line_ids': [Command.create({
                'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'amount': 20_000,
            })],
        })
        voucher.action_post()
        self.stranger.parent_id = self.siti.partner_id
        self.assertEqual(item.partner_id, self.siti.partner_id)
        self.assertEqual(self.siti._get_savings_balances()[self.siti][self.voluntary], 20_000)

    def _merge(self, partners, kept):
        self.env['base.partner.merge.automatic.wizard']._merge(partners.ids, dst_partner=kept, extra_checks=False)

    def test_savings_go_to_nobody_else_by_merging(self):
        budi = self._create_member("Budi").partner_id
        contact = self.env['res.partner'].create({'name': "Anak", 'parent_id': self.siti.partner_id.id})
        self._book(5_000, contact)
        self._book(20_000, self.stranger)
        empty = self.env['res.partner'].create({'name': "Kosong"})
        for partners, kept in (
            (contact | budi, budi), (contact | empty, empty), (self.stranger | budi, budi),
            (self.stranger | budi, self.stranger), (self.stranger | contact, contact),
        ):
            with self.subTest(kept=kept.name), self.assertRefused("would belong to somebody else.*first"):
                self._merge(partners, kept)

    def test_merging_that_leaves_the_owner_is_left_alone(self):
        empty = self.env['res.partner'].create({'name': "Siti"})
        double = self.env['res.partner'].create({'name': "Stranger"})
        self._book(20_000, self.stranger)
        self._merge(empty | self.siti.partner_id, empty)
        self._merge(double | self.stranger, double)
        self.env.invalidate_all()
        self.assertEqual(self.siti.partner_id, empty)
        self.assertEqual(self._unowned().partner_id, double)

    def test_savings_type_opens_its_own_items(self):
        item = self._book(30_000)
        self._book(4_000, savings_type=self.mandatory)
        action = self.voluntary.action_open_unowned()
        self.assertEqual(self.env['account.move.line'].search(action['domain']), item)

    def test_accountant_and_supervisor_see_them_and_the_officer_reads_no_journal_items(self):
        item = self._book(30_000)
        for user in (self.accountant, self.supervisor):
            self.assertEqual(self._unowned(user), item)
        for user in (self.cashier, self.warehouse_user):
            with self.assertRefused("", AccessError):
                self._unowned(user)
        for user in (self.officer, self.manager):
            with self.assertRefused("to those who keep the books. Ask the treasurer", AccessError):
                self._unowned(user)

    def test_unowned_sums_of_all_types_are_one_query(self):
        self._book(30_000)
        types = self.principal | self.mandatory | self.voluntary
        types.mapped('account_id')
        self.env.flush_all()
        with self.assertQueryCount(1):
            types._get_unowned_balances()
        self.assertEqual(types._get_unowned_balances(), {self.voluntary: 30_000})
