from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_stockroom import StockroomCommon


@tagged('post_install', '-at_install')
class TestStockroomUnsold(StockroomCommon):
    """Unsold goods by age, and the reminder of their owners."""

    def _rows(self, member=None):
        domain = [('owner_id', '=', member.partner_id.id)] if member else []
        return self.env['coop.consignment.unsold'].search(domain)

    def _agree(self, return_days, grace_days=0, member=None):
        self.agreement.term_ids.write({'return_days': return_days, 'grace_days': grace_days})

    # === AGE === #

    def test_what_is_left_is_what_came_in_last(self):
        # 60 and 30 came in, 70 were sold: 20 of the second receipt are left
        self._date_back(self._bring(self.siti, 60), 40)
        second = self._bring(self.siti, 30)
        self._date_back(second, 10)
        self._deliver(self._sell(70))
        row = self._rows(self.siti)
        self.assertEqual((row.quantity, row.age, row.age_band, row.consignment_id), (20, 10, '8', second))
        self.assertEqual(row.date, fields.Date.subtract(self.today, days=10))

    def test_ages_fall_into_bands_without_gaps(self):
        days = {0: '0', 7: '0', 8: '8', 30: '8', 31: '31', 60: '31', 61: '61', 90: '61', 91: '91', 400: '91'}
        for age in days:
            self._date_back(self._bring(self.siti, 1 + age), age)
        self.assertEqual({row.age: row.age_band for row in self._rows(self.siti)}, days)
        groups = self.env['coop.consignment.unsold']._read_group(
            [('owner_id', '=', self.siti.partner_id.id)], ['age_band'], ['quantity:sum', 'age:max'],
        )
        self.assertEqual(dict((band, (quantity, age)) for band, quantity, age in groups), {
            '0': (9, 7), '8': (40, 30), '31': (93, 60), '61': (153, 90), '91': (493, 400),
        })

    def test_rows_add_up_to_the_stock_after_all_kinds_of_moves(self):
        slip = self._bring(self.siti, 60)
        self._date_back(slip, 40)
        self._date_back(self._bring(self.budi, 40), 30)
        self._date_back(self._bring(self.siti, 20), 20)
        delivery = self._deliver(self._sell(90))
        self._take_back(delivery, 15)
        self._do(self._return(slip.picking_ids, {self.rice: 5}))
        shelf = self.env['stock.location'].create({'name': "Shelf", 'location_id': self.warehouse.view_location_id.id})
        self._do(self._transfer(self.warehouse.int_type_id, self.stock, shelf, quantity=4, owner=self.siti))
        stock = self.assertStockExplained()
        for owner, quantity in stock.items():
            rows = self.env['coop.consignment.unsold'].search([('owner_id', '=', owner.id)])
            self.assertEqual(sum(rows.mapped('quantity')), quantity, owner.name)

    def test_own_goods_have_no_age_here(self):
        self._count(self.own, 10)
        self.assertFalse(self._rows())

    def test_kilograms_and_pieces_are_not_added_up(self):
        piece = self._create_product("Batik", coop_consigned=True)
        self.rice.uom_id = self.env.ref('uom.product_uom_kgm')
        self._bring(self.siti, 60)
        self._bring(self.siti, 5, product=piece)
        self._bring(self.budi, 40)
        for model, quantity in (
            ('coop.consignment.unsold', 'quantity:sum'), ('coop.consignment.stock', 'free:sum'),
            ('coop.consignment.line', 'net:sum'),
        ):
            partner = 'partner_id' if model == 'coop.consignment.line' else 'owner_id'
            domain = [(partner, 'in', (self.siti | self.budi).partner_id.ids)]
            with self.subTest(model=model):
                # Siti: 60 kg and 5 pieces, which is no number; Budi: 40 kg; rice: 60 + 40 kg
                self.assertEqual(dict(self.env[model]._read_group(domain, [partner], [quantity])), {
                    self.siti.partner_id: False, self.budi.partner_id: 40,
                })
                self.assertEqual(dict(self.env[model]._read_group(domain, ['product_id'], [quantity])), {
                    self.rice: 100, piece: 5,
                })

    # === TO GO BACK === #

    def test_goods_without_an_agreed_limit_never_go_back_by_themselves(self):
        self._date_back(self._bring(self.siti, 60), 499)
        self.assertEqual(self._rows().stage, 'open')
        with self.assertRefused("None of these goods is to go back"):
            self._rows().with_user(self.officer).action_remind()
        self.assertFalse(self.siti._get_unsold())

    def test_goods_go_back_after_the_days_that_were_agreed(self):
        self._date_back(self._bring(self.siti, 60), 30)
        self.assertEqual((self._rows().stage, self._rows().return_date), ('open', False))
        for days, stage in ((31, 'fresh'), (30, 'due'), (10, 'due')):
            self._agree(days)
            self.env.invalidate_all()
            row = self._rows()
            with self.subTest(days=days):
                self.assertEqual(row.stage, stage)
                self.assertEqual(row.return_date, fields.Date.add(row.date, days=days))

    def test_own_terms_of_the_member_come_before_those_for_all(self):
        self._agree(10)
        self._create_agreement(self.siti, commission_rate=10, return_days=90)
        self._date_back(self._bring(self.siti, 60), 30)
        self._date_back(self._bring(self.budi, 60), 30)
        self.assertEqual(self._rows(self.siti).stage, 'fresh')
        self.assertEqual(self._rows(self.budi).stage, 'due')

    # === REMINDERS === #

    def test_owner_is_reminded_once_and_then_has_days_of_grace(self):
        self.siti.partner_id.email = "siti@example.com"
        self._agree(20, grace_days=5)
        self._date_back(self._bring(self.siti, 60), 30)
        self._bring(self.siti, 10)
        old = self._rows(self.siti)[0]
        mails = self.env['mail.mail'].sudo().search_count([])
        for _day in range(2):
            with self.enter_registry_test_mode():
                self.env.ref('producer_cooperative.coop_consignment_unsold_cron').method_direct_trigger()
        self.env.invalidate_all()
        activity = self.siti.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertIn("Rice: 60", activity.note)
        self.assertNotIn("Rice: 10", activity.note)
        self.assertEqual(self.env['mail.mail'].sudo().search_count([]), mails + 1)
        mail = self.env['mail.mail'].sudo().search([], order='id DESC', limit=1)
        self.assertIn("Rice: 60", mail.body_html)
        self.assertEqual((old.reminded_on, old.stage), (self.today, 'due'))
        self.assertEqual(old.grace_date, fields.Date.add(self.today, days=5))
        self.env['stock.move.line'].browse(old.id).coop_reminded_on = fields.Date.subtract(self.today, days=6)
        self.env.invalidate_all()
        self.assertEqual(self._rows(self.siti)[0].stage, 'overdue')

    def test_officer_reminds_before_the_night_does(self):
        self._agree(20)
        self._date_back(self._bring(self.siti, 60), 30)
        rows = self._rows(self.siti).with_user(self.officer)
        rows.action_remind()
        self.assertEqual(self.siti.activity_ids.user_id, self.officer)
        with self.assertRefused("reminded already"):
            self._rows(self.siti).with_user(self.officer).action_remind()

    def test_others_than_officers_are_told_who_reminds(self):
        self._agree(20)
        self._date_back(self._bring(self.siti, 60), 30)
        for user in (self.warehouse_user, self.accountant, self.supervisor):
            refused = self.assertRefused("Only this role may do that: .*Officer", AccessError)
            with self.subTest(user=user.login), refused:
                self._rows(self.siti).with_user(user).action_remind()

    def test_day_of_the_reminder_is_not_typed_in(self):
        self._bring(self.siti, 60)
        line = self.env['stock.move.line'].browse(self._rows(self.siti).id)
        with self.assertRefused("Correct it by a return"):
            line.with_user(self.warehouse_user).coop_reminded_on = self.today

    # === PERMISSIONS === #

    def test_member_sees_the_own_unsold_goods_on_the_portal_and_nobody_elses(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        portal = self.env['res.users'].with_context(no_reset_password=True).create({
            'name': "Siti", 'login': "siti_portal", 'partner_id': self.siti.partner_id.id,
            'group_ids': [(6, 0, [self.env.ref('base.group_portal').id])],
            'company_id': self.company.id, 'company_ids': [(6, 0, self.company.ids)],
        })
        rows = self.env['coop.consignment.unsold'].with_user(portal).search([])
        self.assertEqual((rows.owner_id, rows.quantity), (self.siti.partner_id, 60))
