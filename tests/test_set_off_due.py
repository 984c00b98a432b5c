from odoo import fields
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestSetOffDue(ConsignmentCommon):
    """Siti owes 100 that is due and 300 that is due tomorrow; a sale of 600 less 10 % brings 540."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_agreement(cls.siti, commission_rate=10, set_off_rate=100, set_off_consent_date='2020-01-01')
        cls.later = cls._owe(cls.siti, 300, date='2026-01-05', due=fields.Date.add(cls.today, days=1))
        cls.debt = cls._owe(cls.siti, 100, date='2026-02-01', due=cls.today)
        cls._sold(cls.siti, 60)

    def test_settlement_leaves_debts_alone_that_are_not_due(self):
        settlement = self._settle(self.siti)
        siti = self.siti.partner_id
        self.assertEntry(settlement.set_off_move_id, [
            (self.proceeds, siti, 100), (siti.property_account_receivable_id, siti, -100),
        ])
        self.assertEqual((self.debt.amount_residual, self.later.amount_residual), (0, 300))
        self.assertEqual(settlement.amount_payable, 440)

    def test_settlement_sets_off_early_where_the_company_chose_that(self):
        self.company.coop_set_off_early = True
        settlement = self._settle(self.siti)
        siti = self.siti.partner_id
        receivable = siti.property_account_receivable_id
        self.assertEntry(settlement.set_off_move_id, [
            (self.proceeds, siti, 400), (receivable, siti, -100), (receivable, siti, -300),
        ])
        self.assertEqual((self.debt.amount_residual, self.later.amount_residual), (0, 0))
        self.assertEqual(settlement.amount_payable, 140)

    def test_what_is_not_due_is_owed_all_the_same(self):
        domain = self.env['coop.settlement']._get_open_debts_domain(self.company, self.siti.partner_id, self.today)
        self.assertEqual(sum(self.env['account.move.line'].search(domain).mapped('amount_residual')), 400)
