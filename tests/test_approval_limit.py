from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.models.coop_approval import LIMIT_KINDS
from odoo.addons.producer_cooperative.tests.common_control import ControlCommon


@tagged('post_install', '-at_install')
class TestApprovalLimit(ControlCommon):
    """Limits are dated, kept, made stricter by one person and looser by two."""

    def _write_limit(self, user=None, **values):
        return self.env['coop.approval.limit'].with_user(user or self.manager).create({
            'kind': 'withdrawal', 'amount': 5_000_000, 'date_from': self.today, 'reason': "Board of 3 March", **values,
        })

    def _in_force(self, kind='withdrawal', date=None):
        return self.company._coop_get_approval_limit(kind, date)

    # === WHAT HOLDS === #

    def test_every_cooperative_starts_with_a_limit_of_each_kind(self):
        limits = self.env['coop.approval.limit'].search([('company_id', '=', self.company.id)])
        self.assertEqual({limit.kind: limit.amount for limit in limits}, {
            'withdrawal': 5_000_000, 'payout': 5_000_000, 'bank_account': 0, 'pool_allocation': 1_000_000,
            'weight_correction': 0, 'set_off_consent': 0, 'shu_approval': 0, 'shu_lapse': 0, 'fund_spending': 0,
        })
        self.company._coop_create_approval_limits()
        self.assertEqual(self.env['coop.approval.limit'].search_count([('company_id', '=', self.company.id)]), 9)

    def test_limit_holds_from_its_first_day_on(self):
        later = fields.Date.add(self.today, days=3)
        limit = self._write_limit(amount=2_000_000, date_from=later)
        limit.action_propose()
        self.assertEqual(self._in_force().amount, 5_000_000)
        self.assertEqual(self._in_force(date=later), limit)
        self.assertFalse(limit.is_in_force)

    def test_amount_at_the_limit_is_for_one_person_and_above_it_for_two(self):
        for amount, needed in ((4_999_999, False), (5_000_000, False), (5_000_001, True), (None, True)):
            with self.subTest(amount=amount):
                self.assertEqual(self.company._coop_needs_two_people('withdrawal', amount), needed)

    def test_zero_needs_two_people_whatever_the_amount(self):
        self.assertTrue(self.company._coop_needs_two_people('weight_correction', 1))
        self.assertTrue(self.company._coop_needs_two_people('weight_correction', 0))

    def test_kinds_without_a_limit_always_need_two_people(self):
        self.assertTrue(self.company._coop_needs_two_people('cash_difference', 0.01))

    def test_without_any_limit_two_people_are_needed(self):
        other = self._create_cooperative("Koperasi Lain")
        # Past the model, which keeps what was decided: a cooperative from before there were limits.
        self.env.cr.execute("DELETE FROM coop_approval_limit WHERE company_id = %s", [other.id])
        self.env.invalidate_all()
        for kind in LIMIT_KINDS:
            self.assertTrue(other._coop_needs_two_people(kind, 1))

    # === CHANGING IT === #

    def test_manager_makes_a_limit_stricter_alone(self):
        limit = self._write_limit(amount=1_000_000)
        limit.action_propose()
        self.assertEqual((limit.state, limit.is_loosening, limit.confirmed_by_id), ('confirmed', False, self.manager))
        self.assertEqual(self._in_force(), limit)

    def test_raising_a_limit_takes_two_people(self):
        limit = self._write_limit(amount=50_000_000)
        limit.action_propose()
        self.assertEqual((limit.state, limit.is_loosening), ('proposed', True))
        self.assertEqual(self._in_force().amount, 5_000_000)
        with self.assertRefused("You wrote or changed .* yourself: somebody else approves it. Ask: .*manager_2"):
            limit.action_give_approval()
        limit.with_user(self.other_manager).action_give_approval()
        self.assertEqual((limit.state, limit.confirmed_by_id), ('confirmed', self.other_manager))
        self.assertEqual(self._in_force(), limit)

    def test_switching_a_limit_off_takes_two_people_and_is_told_to_the_supervisors(self):
        limit = self._write_limit(is_required=False)
        limit.action_propose()
        self.assertTrue(self.company._coop_needs_two_people('withdrawal', 10**9))
        limit.with_user(self.accountant).action_give_approval()
        self.assertFalse(self.company._coop_needs_two_people('withdrawal', 10**9))
        told = limit.activity_ids.filtered(lambda activity: activity.user_id == self.supervisor)
        self.assertIn("two people are needed for less", told.summary)
        self.assertEqual(limit.replaced_id.amount, 5_000_000)
        self.assertEqual(limit.approval_ids.decided_by_id, self.accountant)

    def test_whoever_changed_the_draft_does_not_confirm_it(self):
        limit = self._write_limit(amount=6_000_000)
        limit.with_user(self.other_manager).amount = 60_000_000
        limit.action_propose()
        with self.assertRefused("somebody else approves it"):
            limit.with_user(self.other_manager).action_give_approval()
        limit.with_user(self.accountant).action_give_approval()
        self.assertEqual(limit.state, 'confirmed')

    def test_limit_is_loosened_from_the_confirmation_on_and_not_before(self):
        limit = self._write_limit(amount=50_000_000)
        limit.action_propose()
        yesterday = fields.Date.subtract(self.today, days=1)
        self.env.cr.execute(  # as if it had been proposed yesterday
            "UPDATE coop_approval_limit SET date_from = %s WHERE id = %s", [yesterday, limit.id],
        )
        limit.invalidate_recordset()
        limit.approval_ids.sudo().fingerprint = limit._get_fingerprint()
        limit.with_user(self.other_manager).action_give_approval()
        self.assertEqual(limit.date_from, self.today)

    def test_refused_limit_is_dropped_and_kept(self):
        limit = self._write_limit(amount=50_000_000)
        limit.action_propose()
        limit.approval_ids.with_user(self.other_manager)._cancel_with_reason("Too high")
        self.assertEqual((limit.state, limit.cancel_reason), ('cancelled', "Too high"))
        self.assertEqual(self._in_force().amount, 5_000_000)

    def test_past_and_reasonless_limits_are_refused(self):
        with self.assertRefused("that day is over"):
            self._write_limit(amount=1, date_from=fields.Date.subtract(self.today, days=1)).action_propose()
        with self.assertRefused("What this is for has no amount"):
            self._write_limit(kind='bank_account', amount=1).action_propose()
        with self.assertRefused("Say who decided"):
            self._write_limit(amount=1, reason=" ").action_propose()

    def test_only_managers_write_limits(self):
        for user in (self.officer, self.cashier, self.accountant, self.supervisor, self.warehouse_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._write_limit(user)
        draft = self._write_limit()
        with self.assertRefused("Only this role may do that: Manager", AccessError):
            draft.with_user(self.accountant).action_propose()

    def test_decided_limit_is_neither_changed_nor_deleted_nor_forged(self):
        limit = self._in_force().with_user(self.manager)
        with self.assertRefused("stays as it was decided"):
            limit.amount = 10**9
        with self.assertRefused("stays as it was decided"):
            limit.is_required = False
        with self.assertRefused("stays: write a new one"):
            limit.unlink()
        with self.assertRefused("own buttons", AccessError):
            self._write_limit().state = 'confirmed'
        with self.assertRefused("own buttons", AccessError):
            self._write_limit(state='confirmed')
        with self.assertRefused("own buttons", AccessError):
            self._write_limit().prepared_by_ids = False

    def test_same_day_a_stricter_limit_takes_the_place_of_a_looser_one(self):
        loose = self._write_limit(amount=50_000_000)
        loose.action_propose()
        loose.with_user(self.other_manager).action_give_approval()
        strict = self._write_limit(amount=1_000_000)
        strict.action_propose()
        self.assertEqual(strict.replaced_id, loose)
        self.assertEqual(self._in_force(), strict)

    def test_search_finds_the_limits_in_force(self):
        limits = self.env['coop.approval.limit'].search([
            ('company_id', '=', self.company.id), ('is_in_force', '=', True),
        ])
        self.assertEqual(len(limits), len(LIMIT_KINDS))
        strict = self._write_limit(amount=1_000_000)
        strict.action_propose()
        found = self.env['coop.approval.limit'].search([
            ('company_id', '=', self.company.id), ('kind', '=', 'withdrawal'), ('is_in_force', '=', True),
        ])
        self.assertEqual(found, strict.with_env(self.env))
