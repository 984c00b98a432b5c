from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestTermsScope(ConsignmentCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.crafts = cls.env['product.category'].create({'name': "Crafts"})
        cls.batik_category = cls.env['product.category'].create({'name': "Batik", 'parent_id': cls.crafts.id})
        cls.batik = cls._create_product("Batik", coop_consigned=True, categ_id=cls.batik_category.id)

    # === SCOPE === #

    def test_the_most_specific_agreement_holds(self):
        # 600 each time: 10 % of the default, then of ever more specific ones
        self.assertEqual(self._commission(self.siti), 60)
        self._agree(None, self.crafts, 20)
        self.assertEqual(self._commission(self.siti), 120)
        self._agree(None, self.batik_category, 21)
        self.assertEqual(self._commission(self.siti), 126)
        self._agree(self.siti, None, 5)
        self.assertEqual(self._commission(self.siti), 30)
        self._agree(self.siti, self.crafts, 7)
        self.assertEqual(self._commission(self.siti), 42)
        self.assertEqual(self._commission(self.budi), 126)

    def test_terms_of_both_memberships_of_one_who_came_back_hold_in_their_time(self):
        self._create_agreement(self.siti, commission_rate=5)
        self.siti.sudo()._update_state('left', date_left='2026-02-01')
        again = self.env['coop.membership'].create({
            'partner_id': self.siti.partner_id.id, 'date_applied': '2026-02-10', 'date_joined': '2026-02-10',
        })
        again.sudo().write({'state': 'active', 'number': '0099'})
        self._create_agreement(again, date_from='2026-02-10', commission_rate=7)
        get_term = self.env['coop.consignment.agreement']._get_terms(self.company, again.partner_id)
        days = map(fields.Date.to_date, ('2026-01-15', '2026-02-15'))
        self.assertEqual([get_term(again.partner_id, day).commission_rate for day in days], [5, 7])

    def test_terms_that_have_ended_give_way_to_less_specific_ones(self):
        self._agree(self.siti, None, 5).term_ids.date_to = fields.Date.subtract(self.today, days=1)
        self.assertEqual(self._commission(self.siti), 60)

    def test_product_that_moves_to_another_category_later_keeps_its_terms(self):
        self._agree(None, self.crafts, 20)
        self._sold_batik(self.siti)
        self.batik.categ_id = self.env['product.category'].create({'name': "Other"})
        settlement = self._settle(self.siti)
        self.assertEqual(settlement.amount_commission, 120)
        self.assertEqual(self._due(self.siti), (0, 0))
        self._sold_batik(self.siti)
        self.assertEqual(self._settle(self.siti).amount_commission, 60)

    def test_second_agreement_of_the_same_scope_is_refused(self):
        self._agree(self.siti, self.crafts, 5)
        self._agree(self.siti, None, 5)
        with self.assertRefused("one_per_member", Exception):
            self._agree(self.siti, self.crafts, 6)

    def test_sale_without_terms_names_member_goods_and_day(self):
        self._bring(self.siti, 60)
        self.agreement.unlink()
        self._sell_what_came(self.siti, 60)
        for text in ("Siti", "Rice", "2026"):
            with self.assertRefused(text):
                self._compute(self.siti)

    # === FIXED === #

    def test_terms_of_later_days_change_nothing_that_was_invoiced(self):
        self._sold(self.siti, 60)
        tomorrow = fields.Date.add(self.today, days=1)
        self.agreement.term_ids = [Command.create({'date_from': tomorrow, 'commission_rate': 30})]
        settlement = self._settle(self.siti)
        self.assertEqual(settlement.amount_commission, 60)
        self.agreement.term_ids = [
            Command.create({'date_from': fields.Date.add(tomorrow, days=5), 'commission_rate': 40}),
        ]
        self.assertEqual(self._due(self.siti), (0, 0))

    def test_terms_are_not_changed_after_an_invoice(self):
        self._sold(self.siti, 60)
        term = self.agreement.term_ids
        self.assertTrue(term.is_fixed)
        with self.assertRefused("terms of the invoice date hold"):
            term.commission_rate = 20
        with self.assertRefused("terms of the invoice date hold"):
            term.levy_ids = [Command.create({
                'name': "Village", 'rate': 5, 'account_id': self._account('fund_social').id,
            })]
        with self.assertRefused("terms of the invoice date hold"):
            self.agreement.membership_id = self.siti
        with self.assertRefused("terms of the invoice date hold"):
            self.agreement.active = False
        with self.assertRefused("terms of the invoice date hold"):
            self.agreement.unlink()
        term.return_days = 30  # says nothing about the invoice
        self.assertEqual(self._settle(self.siti).amount_commission, 60)

    def test_new_terms_do_not_take_the_place_of_others_for_what_was_invoiced(self):
        self._sold(self.siti, 60)
        with self.assertRefused("invoiced up to"):
            self._create_agreement(self.siti, commission_rate=5)
        with self.assertRefused("invoiced up to"):
            self.agreement.term_ids = [Command.create({'date_from': self.today, 'commission_rate': 5})]
        self._create_agreement(self.budi, commission_rate=5)  # nothing of Budi's was invoiced
        self._create_agreement(self.siti, date_from=fields.Date.add(self.today, days=1), commission_rate=5)

    def test_terms_may_be_written_down_late_where_none_held(self):
        self._bring(self.siti, 60)
        self.agreement.unlink()
        self._sell_what_came(self.siti, 60)
        self._create_agreement(None, commission_kind='tiered', band_ids=[Command.create({'lower': 0, 'rate': 5})])
        self.assertEqual(self._settle(self.siti).amount_commission, 30)

    def test_mistake_is_corrected_by_the_manager_with_a_reason_and_noted(self):
        self._sold(self.siti, 60)
        term = self.agreement.term_ids
        wizard = self.env['coop.consignment.term.correct']
        with self.assertRefused("not allowed", Exception):
            wizard.with_user(self.officer).create({'term_id': term.id, 'reason': "x"}).action_confirm()
        with self.assertRefused("own button"):
            term.with_user(self.manager).is_reopened = True
        wizard.with_user(self.manager).create({'term_id': term.id, 'reason': "15 agreed"}).action_confirm()
        term.with_user(self.manager).commission_rate = 15
        self.assertIn("15 agreed", "".join(self.agreement.message_ids.mapped('body')))
        self.assertIn("10.00 → 15.00", self.agreement.message_ids[0].body)
        self._settle(self.siti)
        with self.assertRefused("stay as they are"):
            wizard.with_user(self.manager).create({'term_id': term.id, 'reason': "again"}).action_confirm()

    # === WRONG INPUT === #

    def test_overlapping_terms_are_refused(self):
        with self.assertRefused("overlap", ValidationError):
            self.agreement.term_ids = [
                Command.create({'date_from': '2030-01-01', 'date_to': '2030-12-31'}),
                Command.create({'date_from': '2030-12-31'}),
            ]
        with self.assertRefused("dates_in_order", Exception):
            self.agreement.term_ids = [Command.create({'date_from': '2031-01-01', 'date_to': '2030-12-31'})]

    def test_bands_with_gaps_overlaps_or_an_end_are_refused(self):
        for bands, text in (
            (((0, 100, 10), (150, 0, 20)), "leave a gap"), (((0, 200, 10), (150, 0, 20)), "overlap"),
            (((0, 100, 10), (100, 300, 20)), "must have no end"),
        ):
            with self.subTest(text=text), self.assertRefused(text, ValidationError):
                self._create_agreement(self.siti, commission_kind='tiered', band_ids=[
                    Command.create({'lower': lower, 'upper': upper, 'rate': rate}) for lower, upper, rate in bands
                ])

    def test_form_says_which_method_of_tiers_is_in_force(self):
        bands = [Command.create({'lower': 0, 'rate': 10})]
        term = self._create_agreement(self.siti, commission_kind='tiered', band_ids=bands).term_ids
        self.assertIn("by bands", term.display_name)
        term.band_method = 'whole'
        self.assertIn("on everything", term.display_name)

    def _agree(self, member, category, rate):
        return self.env['coop.consignment.agreement'].create({
            'membership_id': member.id if member else False, 'categ_id': category.id if category else False,
            'term_ids': [Command.create({'date_from': '2020-01-01', 'commission_rate': rate})],
        })

    def _sell_what_came(self, member, quantity):
        order = self._sell(quantity, owner=member)
        self._deliver(order)
        return self._invoice(order)

    def _sold_batik(self, member):
        self._bring(member, 60, product=self.batik)
        order = self._sell(60, owner=member, product=self.batik)
        self._deliver(order)
        return self._invoice(order)

    def _commission(self, member):
        invoice = self._sold_batik(member)
        commission = self._compute(member).amount_commission
        self.env['coop.settlement'].search([('membership_id', '=', member.id)]).unlink()
        invoice._reverse_moves([{'invoice_date': self.today}], cancel=True)
        return commission
