from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestRegisterNumbers(CoopCommon):
    """A member number is given once, and stays used."""

    def _bring_in(self, *numbers):
        return self.env['coop.membership'].create([
            {'partner_name': f"Anggota {number}", 'number': number, 'date_joined': '2015-03-12'} for number in numbers
        ])

    def _load(self, *rows):
        return self.env['coop.membership'].with_user(self.manager).load(
            ['number', 'partner_name', 'date_joined'], [list(row) for row in rows],
        )

    def test_number_that_was_corrected_is_given_to_nobody_else(self):
        siti, budi = self._create_member("Siti"), self._create_member("Budi")
        first = siti.number
        siti.with_user(self.manager).number = '00300'
        with self.assertRefused(f"The number {first} was given to Siti; a number is never used again", ValidationError):
            budi.with_user(self.manager).number = first
        result = self._load([first, "Sri", '2015-03-12'])
        self.assertIn(f"The number {first} was given to Siti", result['messages'][0]['message'])
        siti.with_user(self.manager).number = first  # the same member may have it back
        with self.assertRefused("The number 00300 was given to Siti", ValidationError):
            budi.with_user(self.manager).number = '00300'

    def test_former_numbers_are_written_by_nobody(self):
        siti = self._create_member("Siti")
        siti.number = '00300'
        former = self.env['coop.membership.number'].search([('membership_id', '=', siti.id)])
        for user in (self.manager, self.officer, self.supervisor):
            self.assertTrue(former.with_user(user).number)
            with self.assertRefused(".", AccessError):
                former.with_user(user).unlink()
            with self.assertRefused(".", AccessError):
                former.with_user(user).write({'number': '1'})

    def test_slip_of_the_finger_in_a_number_does_not_shift_the_next_ones(self):
        siti = self._create_member("Siti")
        following = int(siti.number) + 1
        siti.with_user(self.manager).number = '60000'
        siti.with_user(self.manager).number = f'{following:05d}'
        # The number drawn next is Siti's now, so it is passed over.
        self.assertEqual(self._create_member("Budi").number, f'{following + 1:05d}')

    def test_zeros_before_a_number_make_no_other_number(self):
        self._bring_in('00060')
        result = self._load(['60', "Budi", '2015-03-12'], ['061', "Sri", '2015-03-12'], ['61', "Tini", '2015-03-12'])
        self.assertFalse(result['ids'])
        self.assertEqual([message['message'] for message in result['messages']], [
            "The number 60 is 00060 of Anggota 00060: zeros before it do not make it another one. A number is never"
            " used again.",
            "The number 61 stands in row 2 of the file already.",
        ])
        with self.assertRefused("zeros before it do not make it another one", ValidationError):
            self._bring_in('060')
        self.assertTrue(self._bring_in('K-060', 'K-60'))

    def test_number_too_long_to_count_from_leaves_the_sequence_alone(self):
        before = int(self._create_member("Siti").number)
        self.assertTrue(self._load(['999999999999', "Budi", '2015-03-12'])['ids'])
        self.assertEqual(int(self._create_member("Endang").number), before + 1)

    def test_member_of_today_is_admitted_and_not_entered_with_a_number(self):
        today = fields.Date.context_today(self.env.user)
        partner = self.env['res.partner'].create({'name': "Siti"})
        with self.assertRefused("Siti joins today or later.*take in the savings, and press “Admit”"):
            self.env['coop.membership'].with_user(self.manager).create({
                'partner_id': partner.id, 'number': '00900', 'date_joined': today,
            })

    def test_candidate_who_was_only_given_a_number_is_deleted(self):
        candidate = self.env['coop.membership'].create({'partner_name': "Siti", 'number': '00900'})
        self.assertEqual(candidate.state, 'candidate')
        candidate.with_user(self.manager).unlink()
        self.assertFalse(candidate.exists())

    def test_contact_of_a_new_member_gets_the_language_of_who_enters_it(self):
        self.env['res.lang']._activate_lang('id_ID')
        Membership = self.env['coop.membership'].with_user(self.officer)
        self.assertEqual(
            Membership.with_context(lang='id_ID').create({'partner_name': "Siti"}).partner_id.lang, 'id_ID',
        )
        self.assertEqual(
            Membership.with_context(lang='en_US').create({'partner_name': "Budi"}).partner_id.lang, 'en_US',
        )

    def test_contact_of_a_member_is_not_archived(self):
        siti = self._create_member("Siti")
        with self.assertRefused("is a member: .* Record that the member leaves", ValidationError):
            siti.partner_id.action_archive()
        candidate = self.env['coop.membership'].create({'partner_name': "Budi"})
        candidate.partner_id.action_archive()
        self.assertFalse(candidate.partner_id.active)

    def test_members_in_arrears_are_found(self):
        siti, budi = self._create_member("Siti"), self._create_member("Budi")
        self._save(budi, {self.mandatory: 1_000_000})
        Membership = self.env['coop.membership'].with_user(self.officer)
        both = [('id', 'in', (siti | budi).ids)]
        self.assertEqual(Membership.search([*both, ('arrears', '>', 0)]), siti)
        self.assertEqual(Membership.search([*both, ('arrears', '!=', 0)]), siti)
        self.assertEqual(Membership.search([*both, ('arrears', '=', 0)]), budi)
        self.assertEqual(Membership.search([*both, ('arrears', '>=', siti.arrears)]), siti)
        self.assertFalse(Membership.search([*both, ('arrears', '>', siti.arrears)]))
