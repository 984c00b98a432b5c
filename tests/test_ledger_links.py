from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestLedgerLinks(ConsignmentCommon):
    """Who is paid, for which sale, by which terms and when, stays as it was posted and done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._sold(cls.siti, 60)
        cls._bring(cls.budi, 40)
        order = cls._sell(40, owner=cls.budi)
        cls.delivery = cls._deliver(order)
        cls.of_budi = order.order_line
        cls.of_siti = cls.invoice.invoice_line_ids.sale_line_ids

    def _as_each(self, record, *users):
        return [record.with_user(user) for user in users or (self.officer, self.manager, self.accountant)]

    # === LINKS === #

    def test_nobody_gives_one_members_sale_to_another(self):
        item = self.invoice.invoice_line_ids
        for line in self._as_each(item, self.officer, self.accountant):
            for command in (Command.set(self.of_budi.ids), Command.link(self.of_budi.id), Command.clear()):
                with self.subTest(user=line.env.user.name, command=command), self.assertRefused(
                    "decides which members are paid",
                ):
                    line.sale_line_ids = [command]
        for sale_line in self._as_each(self.of_budi, self.officer, self.manager):
            with self.subTest(user=sale_line.env.user.name), self.assertRefused("decides which members are paid"):
                sale_line.invoice_lines = [Command.link(item.id)]
        with self.assertRefused("decides which members are paid"):
            self.of_siti.with_user(self.officer).invoice_lines = [Command.unlink(item.id)]
        with self.assertRefused("decides which members are paid"):
            self.of_budi.order_id.with_user(self.officer).order_line = [Command.create({
                'product_id': self.rice.id, 'product_uom_qty': 1, 'invoice_lines': [Command.link(item.id)],
            })]
        self.assertEqual((self._due(self.siti), self._due(self.budi)), ((60, 600), (0, 0)))

    def test_no_other_invoice_is_linked_to_a_sale_of_members_goods(self):
        item = self._owe(self.siti, 1_000).invoice_line_ids
        with self.assertRefused("decides which members are paid"):
            self.of_siti.with_user(self.officer).invoice_lines = [Command.link(item.id)]
        self.assertEqual(self._due(self.siti), (60, 600))

    def test_officer_invoices_and_accountant_credits_members_goods_as_ever(self):
        invoice = self.of_budi.order_id.with_user(self.officer)._create_invoices()
        invoice.with_user(self.accountant).action_post()
        self.assertEqual(self._due(self.budi), (40, 400))
        note = invoice.with_user(self.accountant)._reverse_moves([{'invoice_date': self.today}])
        note.invoice_line_ids.price_unit = 1
        note.action_post()
        # 400 less 40 at 1; nothing came back
        self.assertEqual(self._due(self.budi), (40, 360))

    # === TERMS === #

    def test_nobody_says_by_hand_which_terms_hold(self):
        older = self._sold(self.budi, 5)
        for move in self._as_each(self.invoice):
            with self.subTest(user=move.env.user.name), self.assertRefused("what it corrects is not rewritten"):
                move.reversed_entry_id = older.id
        category = self.env['product.category'].create({'name': "Other"})
        for line in self._as_each(self.invoice.invoice_line_ids, self.officer, self.accountant):
            with self.subTest(user=line.env.user.name), self.assertRefused("decided by their product"):
                line.coop_categ_id = category
        self.assertEqual(self.invoice.invoice_line_ids.coop_categ_id, self.rice.categ_id)

    def test_what_chooses_the_terms_is_not_given_to_a_new_line(self):
        category = self.env['product.category'].create({'name': "Other"})
        forged = {'coop_categ_id': category.id, 'coop_corrected_line_id': self.invoice.invoice_line_ids.id}
        line = {'product_id': self.rice.id, 'quantity': 1, 'price_unit': 10}
        Move = self.env['account.move'].with_user(self.accountant)
        for moves, values in (
            (Move, {**line, **forged}),
            (Move.with_context(**{f'default_{name}': value for name, value in forged.items()}), line),
        ):
            move = moves.create({
                'move_type': 'out_invoice', 'partner_id': self.customer.id, 'invoice_date': self.today,
                'invoice_line_ids': [Command.create(values)],
            })
            self.assertEqual(move.invoice_line_ids.coop_categ_id, self.rice.categ_id)
            self.assertFalse(move.invoice_line_ids.coop_corrected_line_id)

    def test_credit_note_keeps_the_category_of_its_invoice(self):
        before = self.rice.categ_id
        self.rice.categ_id = self.env['product.category'].create({'name': "Other"})
        note = self.invoice.with_user(self.accountant)._reverse_moves([{'invoice_date': self.today}])
        self.assertEqual(note.invoice_line_ids.coop_categ_id, before)

    def test_further_invoice_takes_no_other_invoices_date(self):
        wati = self._create_member("Wati")
        self._create_agreement(wati, date_from='2026-01-01', commission_rate=50)
        invoice = self._sold(wati, 60)
        older = self._owe(wati, 10, date='2025-06-01')
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move SET reversed_entry_id = %s WHERE id = %s", [older.id, invoice.id])
        self.env.invalidate_all()
        # 600 at 50 % since 2026, and not at the 10 % of 2025
        self.assertEqual(self._compute(wati).amount_commission, 300)

    # === WHEN GOODS WENT === #

    def test_nobody_rewrites_when_members_goods_went(self):
        when = self.delivery.move_ids.date
        for user in (self.warehouse_user, self.officer):
            picking = self.delivery.with_user(user)
            for records, name in (
                (picking.move_ids, 'date'), (picking.move_line_ids, 'date'), (picking, 'date_done'),
            ):
                with self.subTest(user=user.name, model=records._name), self.assertRefused("rewritten|by a return"):
                    records.write({name: '2027-12-31 00:00:00'})
        self.assertEqual((self.delivery.move_ids.date, self.delivery.move_line_ids.date), (when, when))

    def test_warehouse_delivers_members_goods_and_dates_own_goods_as_ever(self):
        self._bring(self.budi, 10)
        order = self._sell(10, owner=self.budi)
        picking = order.picking_ids.with_user(self.warehouse_user)
        # Backdated reservations are dated by the moment that they are done.
        picking.move_ids.write({'date': '2026-01-01 00:00:00'})
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, 'done')
        self.assertEqual(picking.move_ids.date, picking.date_done)
        receipt = self.env['stock.picking'].create({
            'picking_type_id': self.warehouse.in_type_id.id, 'location_dest_id': self.stock.id,
            'move_ids': [Command.create({
                'product_id': self.own.id, 'product_uom_qty': 5, 'location_dest_id': self.stock.id,
                'location_id': self.warehouse.in_type_id.default_location_src_id.id,
            })],
        })
        receipt.action_confirm()
        receipt.move_ids.picked = True
        receipt.button_validate()
        receipt.with_user(self.warehouse_user).move_ids.write({'date': '2026-01-02 00:00:00'})
        self.assertEqual(str(receipt.move_ids.date), '2026-01-02 00:00:00')

    # === DEBTS OF OTHERS === #

    def test_a_debtor_does_not_become_a_contact_of_a_member(self):
        debtor, plain = self.env['res.partner'].create([{'name': "Debtor"}, {'name': "Plain"}])
        parent = self.env['res.partner'].create({'name': "Household"})
        self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': debtor.id, 'invoice_date': self.today,
            'invoice_line_ids': [Command.create({'product_id': self.own.id, 'price_unit': 100, 'tax_ids': False})],
        }).action_post()
        siti, officer = self.siti.partner_id, self.officer
        with self.assertRefused("Debtor has entries .*contact of Siti", ValidationError):
            debtor.with_user(officer).parent_id = siti
        with self.assertRefused("Debtor has entries", ValidationError):
            siti.with_user(officer).child_ids = [Command.link(debtor.id)]
        debtor.with_user(officer).write({'is_company': True, 'parent_id': siti.id})  # stands for itself
        with self.assertRefused("Debtor has entries", ValidationError):
            debtor.with_user(officer).is_company = False
        debtor.with_user(officer).write({'is_company': False, 'parent_id': parent.id})
        with self.assertRefused("Household has entries", ValidationError):
            parent.with_user(officer).parent_id = siti
        plain.with_user(officer).parent_id = siti
        self.assertEqual(plain.commercial_partner_id, siti)
        self.assertFalse(self.env['coop.settlement']._get_open_debts(self.company, siti, self.today))

    # === SMALLER ONES === #

    def test_posted_settlement_keeps_its_remarks_and_its_bill_its_due_date(self):
        settlement = self._settle(self.siti)
        with self.assertRefused("its remarks neither"):
            settlement.with_user(self.accountant).note = "<p>Paid</p>"
        payable = settlement.move_id.line_ids.filtered(lambda item: item.account_id == self.proceeds)
        with self.assertRefused(f"belongs to {settlement.name}"):
            payable.with_user(self.accountant).date_maturity = '2027-01-01'
        with self.assertRefused(f"belongs to {settlement.name}"):
            settlement.move_id.with_user(self.accountant).invoice_date_due = '2027-01-01'

    def test_approval_of_a_bank_account_is_not_written_by_hand(self):
        account = self.env['res.partner.bank'].with_user(self.officer).create({
            'partner_id': self.siti.partner_id.id, 'acc_number': '0012345678',
        })
        with self.assertRefused("only by entering and approving", AccessError):
            account.coop_approval = 'approved'
        self.assertEqual(account.coop_approval, 'to_approve')
