from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.models import coop_settlement_run_post as posting
from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestSettlementRun(ConsignmentCommon):

    # === FIXTURES === #

    @classmethod
    def _create_run(cls, **values):
        return cls.env['coop.settlement.run'].create({'date': cls.today, **values})

    @classmethod
    def _preview(cls, **values):
        run = cls._create_run(**values)
        run.action_preview()
        return run

    def _carry_out(self, run, user=None):
        """Start a run and let the schedule post it, as a treasurer."""
        run.with_user(user or self.accountant).action_start()
        run = run._as_starter()
        while run._settle_next():
            pass
        run.env.invalidate_all()
        return run

    def _line(self, run, member):
        return run.line_ids.filtered(lambda line: line.membership_id == member)

    # === PREVIEW === #

    def test_preview_shows_every_payout_and_posts_nothing(self):
        self._create_agreement(
            self.siti, commission_rate=20, savings_type_id=self.voluntary.id, savings_rate=10, set_off_rate=50,
            set_off_consent_date='2020-01-01',
        )
        self._owe(self.siti, 100)
        self._sold(self.siti, 60)
        self._sold(self.budi, 40)
        run = self._preview()
        self.assertEqual(run.state, 'previewed')
        self.assertRecordValues(run.line_ids, [
            {  # 600 - 120 = 480, of which 48 are saved and 100 set off
                'membership_id': self.siti.id, 'amount_gross': 600, 'amount_commission': 120, 'amount_withheld': 48,
                'amount_set_off': 100, 'amount_payout': 332, 'amount_carried': 0, 'state': 'to_settle',
            },
            {
                'membership_id': self.budi.id, 'amount_gross': 400, 'amount_commission': 40, 'amount_withheld': 0,
                'amount_set_off': 0, 'amount_payout': 360, 'amount_carried': 0, 'state': 'to_settle',
            },
        ])
        self.assertRecordValues(run, [{'line_count': 2, 'amount_gross': 1_000, 'amount_payout': 692, 'progress': 0}])
        self.assertFalse(self.env['coop.settlement'].search([('company_id', '=', self.company.id)]))

    def test_preview_of_nothing_is_refused(self):
        run = self._create_run()
        with self.assertRefused("nothing to settle"):
            run.action_preview()
        self.assertEqual(run.state, 'draft')

    def test_quotations_cancelled_orders_and_what_came_back_are_not_looked_at(self):
        self._bring(self.siti, 100)
        Settlement = self.env['coop.settlement']
        quotation = self.env['sale.order'].create({
            'partner_id': self.customer.id,
            'order_line': [Command.create({'product_id': self.rice.id, 'product_uom_qty': 10, 'price_unit': 10})],
        })
        cancelled = self._sell(10, owner=self.siti)
        cancelled._action_cancel()
        unsold = self._sell(10, owner=self.siti)
        self._take_back(self._deliver(unsold), 10)
        self.assertFalse(Settlement._get_open_sale_lines(self.company))
        returned = self._sell(10, owner=self.siti)
        picking = self._deliver(returned)
        invoice = self._invoice(returned)
        self._take_back(picking, 10)
        self._credit(invoice)
        sold = self._sell(10, owner=self.siti)
        self._deliver(sold)
        invoice = self._invoice(sold)
        self.assertEqual(Settlement._get_open_sale_lines(self.company), (returned | sold).order_line)
        run = self._carry_out(self._preview())
        self.assertEqual((run.state, run.settled_count), ('done', 1))
        self.assertFalse(Settlement._get_open_sale_lines(self.company))
        # What was settled and is undone is looked at again.
        invoice.button_draft()
        self.assertEqual(Settlement._get_open_sale_lines(self.company), sold.order_line)
        self.assertEqual(self._due(self.siti), (-10, -100))
        self.assertFalse(quotation.order_line.coop_open_changes)

    def test_sale_that_is_paid_in_part_or_lost_stays_open_though_it_is_settled(self):
        self._create_agreement(self.siti, commission_rate=10, default_bearer='member')
        invoice = self._sold(self.siti, 60)
        self._settle(self.siti)
        receivable = invoice.line_ids.filtered(lambda line: line.account_type == 'asset_receivable')
        entry = self.env['account.move'].create({'date': self.today, 'line_ids': [
            Command.create({
                'account_id': receivable.account_id.id, 'partner_id': self.customer.id, 'balance': -600,
            }),
            Command.create({'account_id': self._account('cooperative_expense').id, 'balance': 600}),
        ]})
        entry.action_post()
        (receivable | entry.line_ids.filtered(lambda line: line.account_id == receivable.account_id)).reconcile()
        for _look in range(2):
            self.assertEqual(self._line(self._preview(), self.siti).state, 'carried')

    def test_preview_names_missing_terms_and_goes_on_with_the_others(self):
        for member, quantity in ((self.siti, 60), (self.budi, 40)):
            self._bring(member, quantity)
        self.agreement.unlink()
        self._create_agreement(self.budi, commission_rate=10)
        for member, quantity in ((self.siti, 60), (self.budi, 40)):
            order = self._sell(quantity, owner=member)
            self._deliver(order)
            self._invoice(order)
        run = self._preview()
        self.assertEqual(self._line(run, self.siti).state, 'blocked')
        self.assertIn("No consignment terms hold for Siti", self._line(run, self.siti).reason)
        self.assertEqual(self._line(run, self.budi).amount_payout, 360)
        run = self._carry_out(run)
        self.assertEqual(run.state, 'done')
        self.assertEqual(self._line(run, self.budi).state, 'settled')
        self.assertFalse(self._line(run, self.siti).settlement_id)
        self.assertEqual(run.problem_count, 1)

    def test_preview_says_who_was_settled_up_to_a_later_day(self):
        invoice = self._sold(self.siti, 60)
        self._settle(self.siti)
        self._credit(invoice, price=1)
        run = self._preview(date=fields.Date.subtract(self.today, days=1))
        self.assertEqual(run.line_ids.state, 'blocked')
        self.assertIn("choose a later day", run.line_ids.reason)
        with self.assertRefused("Nobody is to be paid"):
            run.action_start()

    def test_owner_without_membership_is_named(self):
        self._sold(self.siti, 60)
        run = self._create_run()
        with patch.object(type(run), '_get_memberships', lambda self, owners: {}):
            run.action_preview()
        self.assertRecordValues(run.line_ids, [{
            'partner_id': self.siti.partner_id.id, 'state': 'blocked', 'membership_id': False,
        }])
        self.assertIn("never admitted", run.line_ids.reason)

    def test_filters_limit_the_run(self):
        batik = self._create_product("Batik", coop_consigned=True, categ_id=self.env['product.category'].create({
            'name': "Batik",
        }).id)
        kind = self.env['coop.producer.kind'].create({'name': "Pembatik"})
        self.budi.producer_kind_ids = kind
        self._sold(self.siti, 60)
        self._sold(self.budi, 40)
        self._bring(self.siti, 5, product=batik)
        order = self._sell(5, product=batik, owner=self.siti)
        self._deliver(order)
        self._invoice(order)
        by_member = self._preview(membership_ids=[Command.set(self.budi.ids)])
        self.assertEqual(by_member.line_ids.membership_id, self.budi)
        by_kind = self._preview(producer_kind_ids=[Command.set(kind.ids)])
        self.assertEqual(by_kind.line_ids.membership_id, self.budi)
        by_goods = self._preview(categ_ids=[Command.set(batik.categ_id.ids)])
        self.assertRecordValues(by_goods.line_ids, [{'membership_id': self.siti.id, 'amount_gross': 50}])
        run = self._carry_out(by_goods)
        self.assertEqual(run.settlement_ids.line_ids.product_id, batik)
        self.assertEqual(self._due(self.siti), (60, 600))
        self.assertEqual(self._settle(self.siti).amount_gross, 600)

    def test_changing_the_settings_throws_the_preview_away(self):
        self._sold(self.siti, 60)
        run = self._preview()
        run.amount_minimum = 1
        self.assertEqual(run.state, 'draft')
        self.assertFalse(run.line_ids)

    # === CARRYING FORWARD === #

    def test_small_and_negative_results_are_carried_into_the_next_settlement(self):
        invoice = self._sold(self.budi, 40)
        self._settle(self.budi)
        self._credit(invoice, price=1)
        self._sold(self.siti, 6)
        run = self._preview(amount_minimum=100)
        with self.assertRefused("Nobody is to be paid"):
            run.action_start()
        self._sold(self._create_member("Rina"), 50)
        run.action_preview()
        run = self._carry_out(run)
        self.assertRecordValues(self._line(run, self.siti), [{
            'state': 'carried', 'amount_payout': 0, 'amount_carried': 54,
        }])
        self.assertIn("Below the least payout", self._line(run, self.siti).reason)
        self.assertRecordValues(self._line(run, self.budi), [{'state': 'carried', 'amount_carried': -36}])
        self.assertIn("More is to be given back", self._line(run, self.budi).reason)
        self.assertEqual(len(run.settlement_ids), 1)
        self.assertEqual([self.siti.amount_carried_forward, self.budi.amount_carried_forward], [54, -36])
        self._sold(self.siti, 10)
        self._sold(self.budi, 10)
        second = self._preview(amount_minimum=50)
        self.assertEqual(self._line(second, self.siti).amount_carried_in, 54)
        second = self._carry_out(second)
        settlements = second.settlement_ids.sorted('amount_payable')
        self.assertRecordValues(settlements, [
            {'membership_id': self.budi.id, 'amount_gross': 60, 'amount_payable': 54, 'amount_carried_in': -36},
            {'membership_id': self.siti.id, 'amount_gross': 160, 'amount_payable': 144, 'amount_carried_in': 54},
        ])
        self.assertEqual([self.siti.amount_carried_forward, self.budi.amount_carried_forward], [0, 0])
        self.assertEqual(self._balance(self.clearing), 0)
        html = self.env['ir.actions.report']._render_qweb_html(
            'producer_cooperative.coop_settlement_report', settlements[1].ids,
        )[0].decode()
        self.assertIn("were carried forward", html)
        settlements[1]._cancel_with_reason("Wrong")
        self.siti.invalidate_recordset(['amount_carried_forward'])
        self.assertEqual(self.siti.amount_carried_forward, 54)

    def test_everything_set_off_is_settled_however_high_the_least_payout(self):
        self._create_agreement(self.siti, commission_rate=10, set_off_rate=100, set_off_consent_date='2020-01-01')
        debt = self._owe(self.siti, 1_000)
        self._sold(self.siti, 60)
        run = self._carry_out(self._preview(amount_minimum=100))
        self.assertRecordValues(run.line_ids, [{'state': 'settled', 'amount_payout': 0, 'amount_set_off': 540}])
        self.assertEqual(debt.amount_residual, 460)

    # === POSTING === #

    def test_run_posts_what_the_preview_shows_and_a_second_run_is_empty(self):
        self._sold(self.siti, 60)
        self._sold(self.budi, 40)
        run = self._carry_out(self._preview())
        self.assertRecordValues(run, [{
            'state': 'done', 'settled_count': 2, 'problem_count': 0, 'progress': 100, 'starter_id': self.accountant.id,
        }])
        self.assertRegex(run.name, "^RPH/")
        self.assertEqual(set(run.settlement_ids.mapped('state')), {'posted'})
        self.assertEqual(run.settlement_ids.create_uid, self.accountant)
        siti = self.siti.partner_id
        self.assertEntry(self._line(run, self.siti).settlement_id.move_id, [
            (self.clearing, siti, 600), (self.commission, siti, -60), (self.proceeds, siti, -540),
        ])
        self.assertEqual(self._balance(self.clearing), 0)
        with self.assertRefused("nothing to settle"):
            self._preview()

    def test_schedule_posts_started_runs_with_progress(self):
        self._sold(self.siti, 60)
        run = self._preview()
        run.with_user(self.accountant).action_start()
        with self.enter_registry_test_mode():
            self.env.ref('producer_cooperative.coop_settlement_run_cron').method_direct_trigger()
        run.invalidate_recordset()
        self.assertEqual(run.state, 'done')

    def test_stopped_run_goes_on_where_it_was(self):
        self._sold(self.siti, 60)
        self._sold(self.budi, 40)
        run = self._preview()
        run.with_user(self.accountant).action_start()
        worker = run._as_starter()
        with patch.object(posting, 'BATCH_SIZE', 1):
            self.assertEqual(worker._settle_next(), 1)
            run.invalidate_recordset()
            self.assertEqual(run.progress, 50)
            run.action_stop()
            self.assertEqual(worker._settle_next(), 0)
            self.assertEqual(run.state, 'stopped')
            self.assertEqual(run.settled_count, 1)
            run.with_user(self.accountant).action_start()
            self.assertEqual(worker._settle_next(), 1)
            self.assertEqual(worker._settle_next(), 0)
        run.invalidate_recordset()
        self.assertEqual(run.state, 'done')
        self.assertEqual(self._balance(self.clearing), 0)

    def test_stopped_run_may_be_previewed_again_and_keeps_what_it_settled(self):
        self._sold(self.siti, 60)
        self._sold(self.budi, 40)
        run = self._preview()
        run.with_user(self.accountant).action_start()
        with patch.object(posting, 'BATCH_SIZE', 1):
            run._as_starter()._settle_next()
        run.action_stop()
        self._sold(self.budi, 10)
        run.action_preview()
        self.assertRecordValues(run.line_ids, [
            {'membership_id': self.siti.id, 'state': 'settled', 'amount_gross': 600},
            {'membership_id': self.budi.id, 'state': 'to_settle', 'amount_gross': 500},
        ])

    def test_stopped_run_keeps_its_settings_and_its_settled_members_after_another_preview(self):
        self._sold(self.siti, 60)
        self._sold(self.budi, 40)
        run = self._preview()
        run.with_user(self.accountant).action_start()
        with patch.object(posting, 'BATCH_SIZE', 1):
            run._as_starter()._settle_next()
        run.action_stop()
        run.action_preview()
        with self.assertRefused("was started with these settings"):
            run.amount_minimum = 500
        with self.assertRefused("was started and stays"):
            run.unlink()
        self.assertEqual(run.settled_count, 1)

    def test_run_of_one_who_is_treasurer_no_more_stops_and_lets_the_next_one_go_on(self):
        self._sold(self.siti, 60)
        self._sold(self.budi, 40)
        former = self.accountant.copy({'login': 'former'})
        first, second = self._preview(membership_ids=self.siti.ids), self._preview(membership_ids=self.budi.ids)
        first.with_user(former).action_start()
        second.with_user(self.accountant).action_start()
        former.group_ids -= self.env.ref('producer_cooperative.group_coop_accountant')
        with patch.object(type(self.env['ir.cron']), '_commit_progress', return_value=60):
            self.env['coop.settlement.run']._cron_settle()
        self.env.invalidate_all()
        self.assertEqual([first.state, second.state], ['stopped', 'done'])
        self.assertIn("may not do it any more", first.message_ids[0].body)
        self.assertFalse(first.settlement_ids)
        first.with_user(self.accountant).action_start()
        self.assertEqual(first.starter_id, self.accountant)

    def test_run_of_some_goods_leaves_alone_what_was_carried_forward_of_others(self):
        coffee = self._create_product("Coffee", coop_consigned=True, categ_id=self.env['product.category'].create({
            'name': "Coffee",
        }).id)
        self.rice.categ_id = self.env['product.category'].create({'name': "Rice"})
        for member, quantity in ((self.siti, 6), (self.budi, 60)):
            self._bring(member, quantity, product=coffee)
            order = self._sell(quantity, owner=member, product=coffee)
            self._deliver(order)
            self._invoice(order)
        of_coffee = {'categ_ids': coffee.categ_id.ids}
        self._carry_out(self._preview(amount_minimum=100, **of_coffee))  # 60 - 6 = 54 is too little
        self._sold(self.siti, 60)
        rice = self._carry_out(self._preview(categ_ids=self.rice.categ_id.ids))
        self.assertEqual(rice.settlement_ids.amount_carried_in, 0)
        self.assertEqual(self._line(rice, self.siti).amount_carried_in, 0)
        later = self._carry_out(self._preview(amount_minimum=0, **of_coffee))
        self.assertEqual(later.settlement_ids.amount_carried_in, 54)

    def test_remarks_on_an_open_settlement_stay_when_the_run_takes_its_place(self):
        self._sold(self.siti, 60)
        self._compute(self.siti).note = "Asked to be paid on Friday"
        run = self._carry_out(self._preview())
        self.assertIn("paid on Friday", run.settlement_ids.note)

    def test_cancelled_settlement_does_not_count_as_to_be_paid(self):
        self._sold(self.siti, 60)
        run = self._carry_out(self._preview())
        self.assertEqual(run.amount_payout, 540)
        run.settlement_ids.with_user(self.accountant)._cancel_with_reason("Wrong member")
        run.invalidate_recordset()
        self.assertEqual(run.amount_payout, 0)

    def test_member_whose_figures_changed_is_left_out_and_named(self):
        self._sold(self.siti, 60)
        self._sold(self.budi, 40)
        run = self._preview()
        self._sold(self.siti, 10)
        self._settle(self.budi)
        run = self._carry_out(run)
        self.assertEqual(run.line_ids.mapped('state'), ['changed', 'changed'])
        self.assertIn("Preview again", self._line(run, self.siti).reason)
        self.assertIn("Settled by somebody else", self._line(run, self.budi).reason)
        self.assertFalse(run.settlement_ids)
        self.assertEqual(self._due(self.siti), (70, 700))

    def test_one_broken_settlement_does_not_hold_up_the_others(self):
        self._sold(self.siti, 60)
        self._sold(self.budi, 40)
        run = self._preview()
        Settlement = type(self.env['coop.settlement'])
        post = Settlement._post_checked

        def refuse_siti(settlements):
            if self.siti in settlements.membership_id:
                raise UserError("The account of Siti is broken.")  # pylint: disable=translation-required
            return post(settlements)

        with patch.object(Settlement, '_post_checked', refuse_siti):
            run = self._carry_out(run)
        self.assertRecordValues(run.line_ids, [
            {'state': 'failed', 'reason': "The account of Siti is broken."}, {'state': 'settled', 'reason': False},
        ])
        self.assertEqual(run.state, 'done')
        self.assertEqual(self._due(self.siti), (60, 600))

    def test_run_uses_up_the_open_settlement_of_a_member(self):
        self._sold(self.siti, 60)
        self._compute(self.siti)
        run = self._carry_out(self._preview())
        settlements = self.env['coop.settlement'].search([('membership_id', '=', self.siti.id)])
        self.assertEqual(settlements, run.settlement_ids)

    def test_settlements_of_a_run_are_paid_together(self):
        self._sold(self.siti, 60)
        self._sold(self.budi, 40)
        run = self._carry_out(self._preview())
        context = run.action_register_payment()['context']
        payments = self.env['account.payment.register'].with_context(**context).create({
            'journal_id': self.cash_journal.id,
        })._create_payments()
        self.assertEqual(sorted(payments.mapped('amount')), [360, 540])
        self.assertEqual(set(run.settlement_ids.mapped('payment_state')), {'paid'})

    def test_started_run_is_not_changed_and_not_deleted(self):
        self._sold(self.siti, 60)
        run = self._carry_out(self._preview())
        with self.assertRefused("was started with these settings"):
            run.amount_minimum = 5
        with self.assertRefused("was started and stays"):
            run.unlink()
        with self.assertRefused("nothing further"):
            run.action_preview()

    def test_day_to_come_is_previewed_and_not_posted(self):
        self._sold(self.siti, 60)
        run = self._preview(date=fields.Date.add(self.today, days=1))
        with self.assertRefused("still to come"):
            run.action_start()

    def test_list_of_the_run_is_printed(self):
        self._sold(self.siti, 60)
        run = self._preview()
        html = self.env['ir.actions.report']._render_qweb_html(
            'producer_cooperative.coop_settlement_run_report', run.ids,
        )[0].decode()
        for text in ("PREVIEW, NOTHING POSTED", "Siti", "540.00"):
            self.assertIn(text, html)

    # === PERMISSIONS === #

    def test_officer_previews_and_the_accountant_starts(self):
        self._sold(self.siti, 60)
        run = self.env['coop.settlement.run'].with_user(self.officer).create({'date': self.today})
        run.action_preview()
        self.assertEqual(run.amount_payout, 540)
        for method in ('action_start', 'action_stop'):
            with self.assertRefused("Only this role"):
                getattr(run, method)()
        with self.assertRefused("own buttons"):
            run.state = 'running'
        with self.assertRefused("not allowed"):
            run.line_ids.amount_payable = 1_000_000
        run = self._carry_out(run)
        self.assertEqual(run.settlement_ids.amount_payable, 540)

    def test_supervisor_reads_runs_and_changes_nothing(self):
        self._sold(self.siti, 60)
        run = self._preview().with_user(self.supervisor)
        self.assertEqual(run.line_ids.amount_payout, 540)
        with self.assertRefused("not allowed", Exception):
            run.note = "x"
        with self.assertRefused("not allowed", Exception):
            run.action_preview()
        for user in (self.warehouse_user,):
            with self.assertRefused("not allowed", Exception):
                run.with_user(user).read(['amount_payout'])
