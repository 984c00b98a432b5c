from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolGlance(PoolCommon):
    """What the page of a round answers, templates, repeating, and paper lists."""

    # === AT A GLANCE === #

    def test_page_says_what_is_asked_what_is_missing_and_what_more_would_save(self):
        seed = self._create_product("Seed", {self.vendor: {20: 10}})
        pool = self._create_pool({self.fertilizer: {'pack': 12}, seed: {}})
        self._request(pool, {self.siti: 50, self.budi: 40})
        self._request(pool, {self.siti: 15}, product=seed)
        fertilizer, seeds = pool.line_ids
        # 90 at 90 are 8,100; 10 are missing to the step at 100, where each of the 90 costs 10 less
        self.assertEqual((fertilizer.price_current, fertilizer.amount_committed), (90, 8_100))
        self.assertEqual((fertilizer.next_step_quantity, fertilizer.next_step_price), (100, 80))
        self.assertEqual((fertilizer.missing_to_step, fertilizer.step_progress), (10, 90))
        self.assertEqual((fertilizer.next_step_saving, fertilizer.member_count), (900, 2))
        # 15 of 20: no price yet; 150 at that of the first step
        self.assertEqual((seeds.price_current, seeds.amount_committed, seeds.missing_to_minimum), (0, 150, 5))
        self.assertEqual((seeds.missing_to_step, seeds.step_progress, seeds.member_count), (5, 75, 1))
        self.assertEqual((pool.amount_committed, pool.next_steps_saving), (8_250, 900))
        self.assertEqual((pool.short_line_count, pool.member_count), (1, 2))

    def test_page_warns_of_goods_that_would_stand_in_stock_at_a_fixed_price(self):
        category = self.env['product.category'].create({'name': "Farm inputs", 'property_cost_method': 'standard'})
        self.fertilizer.categ_id = category
        pool = self._create_pool()
        self._request(pool, {self.siti: 60})
        warning = "would stand in stock at .*0.00 each.*choose average cost in the category Farm inputs"
        self.assertRegex(pool.with_user(self.officer).valuation_warning, warning)
        self.fertilizer.standard_price = 90
        self.assertFalse(self._fresh(pool).valuation_warning, "60 cost 90 each")
        self.fertilizer.standard_price = 70
        self.assertRegex(self._fresh(pool).valuation_warning, "stand in stock at .*70")
        category.property_cost_method = 'average'
        self.assertFalse(self._fresh(pool).valuation_warning)
        self.assertNotIn('valuation_warning', pool.with_user(self.warehouse_user).get_view()['arch'])

    def _fresh(self, pool):
        self.env.invalidate_all()
        return pool

    def test_last_step_has_nothing_missing(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: 120})
        line = pool.line_ids
        self.assertEqual((line.missing_to_step, line.step_progress, line.amount_committed), (0, 100, 9_600))
        self.assertEqual(pool.next_steps_saving, 0)

    def test_every_role_opens_the_page(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: 20})
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor, self.warehouse_user):
            form = Form(pool.with_user(user))
            self.assertEqual(form.title, pool.title)
        arch = pool.with_user(self.warehouse_user).get_view()['arch']
        self.assertNotIn('amount_committed', arch)
        self.assertNotIn('limit_value', arch)

    # === TEMPLATES === #

    def test_round_is_saved_as_a_template_and_started_from_it(self):
        pool = self._create_pool(
            {self.fertilizer: {'pack': 12, 'minimum_packs': 2, 'member_limit': 30}}, margin_percent=3,
            limit_value=5_000, cutoff_action='extend', arrears_policy='none', duration_days=10,
            cost_ids=[Command.create({'name': "Freight", 'amount': 60, 'split': 'quantity'})],
        ).with_user(self.officer)
        self._request(pool, {self.siti: 20})
        template = self.env['coop.pool'].browse(pool.action_save_as_template()['res_id']).with_user(self.officer)
        self.assertEqual((template.is_template, template.name, template.state), (True, "", 'draft'))
        self.assertFalse(template.request_ids | template.repeat_of_id.request_ids)
        first = template.browse(template.action_new_round()['res_id'])
        self.assertEqual((first.is_template, first.template_id, first.state), (False, template, 'draft'))
        self.assertTrue(first.name.startswith("PB/"))
        line = first.line_ids
        self.assertEqual((line.product_id, line.pack), (self.fertilizer, 12))
        self.assertEqual((line.minimum_packs, line.member_limit), (2, 30))
        self.assertEqual((first.margin_percent, first.limit_value, first.cutoff_action), (3, 5_000, 'extend'))
        self.assertEqual((first.arrears_policy, first.cost_ids.amount), ('none', 60))
        self.assertEqual(first.date_cutoff, template._get_cutoff(10))
        first.action_open()
        self.assertEqual((first.state, template.round_count), ('open', 1))

    def test_template_is_never_opened_and_does_not_change_its_nature(self):
        template = self.env['coop.pool'].browse(self._create_pool().action_save_as_template()['res_id'])
        with self.assertRefused("is a template: start a new round from it"):
            template.action_open()
        with self.assertRefused("does not become a template"):
            template.is_template = False
        pool = self._create_pool()
        with self.assertRefused("does not become a template"):
            pool.is_template = True
        with self.assertRefused("is no template"):
            pool.action_new_round()
        template.with_user(self.officer).unlink()
        self.assertFalse(template.exists())

    def test_repeated_round_offers_the_earlier_requests_of_active_members(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: (8, 2), self.budi: 5})
        again = pool.browse(pool.with_user(self.officer).action_repeat()['res_id']).with_user(self.officer)
        self.assertEqual((again.state, again.repeat_of_id, again.title), ('draft', pool, pool.title))
        self.assertFalse(again.request_ids)
        again.action_open()
        self.budi._suspend_with_reason("Arrears")
        grid = again.get_request_grid()
        self.assertEqual(grid['pool']['repeats'], pool.display_name)
        earlier = {row['name']: row['cells'][0]['earlier'] for row in grid['members']}
        self.assertEqual(earlier, {"Siti": (8, 2), "Ani": (0, 0)})
        self.assertEqual(pool.line_ids.quantity_requested, 13, "the earlier round stays as it is")

    # === PAPER LISTS === #

    def _papers(self, pool):
        pool.with_user(self.officer).action_print_papers()
        return pool.paper_ids.sorted('id')

    def test_one_list_is_printed_for_each_drop_point_and_for_those_without(self):
        krajan = self.env['coop.drop.point'].create({
            'name': "Balai Krajan", 'hamlet': "Krajan", 'responsible_id': self.budi.partner_id.id,
        })
        (self.siti | self.budi).drop_point_id = krajan
        pool = self._create_pool({self.fertilizer: {'member_limit': 30}})
        self._request(pool, {self.siti: 5})
        papers = self._papers(pool)
        self.assertEqual([(paper.drop_point_id, paper.collector) for paper in papers], [
            (krajan, "Budi"), (krajan.browse(), False),
        ])
        self.assertEqual(len(set(papers.mapped('name'))), 2)
        self.assertTrue(papers[0].name.startswith("DP/"))
        self.assertEqual(self._papers(pool), papers, "printed again under the same numbers")
        html = self.env['ir.actions.report']._render_qweb_html(
            'producer_cooperative.report_coop_pool_paper', papers.ids,
        )[0]
        pages = etree.HTML(html).xpath("//div[@class='page']")
        first, second = (" ".join(page.itertext()) for page in pages)
        for text in (papers[0].name, "Balai Krajan", "Krajan", "Siti", "Budi", self.siti.number, "Fertilizer", "100",
                     "Signature or thumbprint", "at most", "Behind a plus sign"):
            self.assertIn(text, first)
        self.assertNotIn("Ani", first)
        self.assertIn("Ani", second)
        self.assertIn("Without drop point", second)

    def test_list_is_typed_in_under_its_number(self):
        pool = self._create_pool(arrears_policy='none')
        paper = self._papers(pool).with_user(self.officer)
        action = paper.action_type_in()
        self.assertEqual(action['context']['grid_source_ref'], paper.name)
        pool.with_user(self.officer).save_request_grid([{
            'membership_id': self.siti.id, 'line_id': pool.line_ids.id, 'quantity': 4, 'tolerance': 0,
        }], action['context']['grid_source'], paper.name)
        self.assertEqual(paper.request_count, 1)
        self.assertEqual((pool.request_ids.source, pool.request_ids.source_ref), ('paper', paper.name))
        with self.assertRefused("was typed in and stays"):
            paper.unlink()
        self.assertEqual(len(self._papers(pool)), 2, "a list that was typed in is not printed empty again")

    def test_lists_are_printed_before_the_closing_by_officers(self):
        pool = self._create_pool()
        with self.assertRefused("", AccessError):
            pool.with_user(self.supervisor).action_print_papers()
        self._request(pool, {self.siti: 5})
        pool.action_close()
        with self.assertRefused("order lists are printed before the closing"):
            pool.action_print_papers()
        self.assertFalse(pool.paper_ids)
