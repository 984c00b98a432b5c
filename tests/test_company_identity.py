from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestCompanyIdentity(CoopCommon):

    def test_numbers_stand_at_the_head_of_the_papers(self):
        self.company.write({
            'coop_legal_number': "AHU-0001234.AH.01.29.TAHUN 2019", 'coop_legal_date': '2019-07-12',
            'coop_nik': "3513 0400 20001", 'coop_nib': "9120.0012.34567",
        })
        self.assertEqual((self.company.coop_nik, self.company.coop_nib), ("3513040020001", "9120001234567"))
        heading = self.company.with_context(lang='en_US')._coop_get_heading()
        self.assertIn("Legal entity No. AHU-0001234.AH.01.29.TAHUN 2019 of 12 July 2019", heading)
        self.assertEqual(heading[-1], "NIK Koperasi 3513040020001 · NIB 9120001234567")
        self._create_member("Siti")
        voucher = self.env['coop.savings.voucher'].search([('company_id', '=', self.company.id)], limit=1)
        html, _type = self.env['ir.actions.report']._render_qweb_html(
            'producer_cooperative.report_coop_savings_voucher', voucher.ids,
        )
        self.assertIn("NIK Koperasi 3513040020001", html.decode())

    def test_numbers_of_another_length_are_refused(self):
        for name, number in (('coop_nik', "123"), ('coop_nib', "91200012345678"), ('coop_nib', "91200012345AB")):
            with self.subTest(name=name, number=number), self.assertRefused("13 digits", ValidationError):
                self.company[name] = number
        with self.assertRefused("no number of a legal entity", ValidationError):
            self.company.coop_legal_number = "ada"
        with self.assertRefused("not made in the future", ValidationError):
            self.company.coop_legal_date = '2999-01-01'
        self.assertFalse(self.company.coop_nik or self.company.coop_nib or self.company.coop_legal_number)

    def test_treasurer_enters_them_in_the_first_steps_and_takes_them_back(self):
        step = self.env.ref('producer_cooperative.coop_setup_step_identity').with_user(self.accountant)
        action = step.action_take()
        self.env['coop.setup'].with_user(self.accountant).with_context(**action['context']).create({
            'coop_legal_number': "518/123/BH/XVI.7/2008", 'coop_nib': "9120001234567",
        }).action_apply()
        self.assertEqual(self.company.coop_nib, "9120001234567")
        step.invalidate_recordset()
        self.assertTrue(step.is_done)
        step.action_undo()
        self.assertFalse(self.company.coop_nib or self.company.coop_legal_number)
