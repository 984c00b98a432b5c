from odoo import fields, models

from odoo.addons.producer_cooperative.tools.report_table import Column, Report, Table


class CoopConsignmentStatement(models.TransientModel):
    """Members' statements of their consigned goods: what came in, was sold, deducted and paid, and what is still there.
    """
    _name = 'coop.consignment.statement'
    _inherit = ['coop.report.period.mixin']
    _description = "Consignment Statement"

    _report_action = 'producer_cooperative.coop_consignment_statement_action_report'

    membership_ids = fields.Many2many(
        comodel_name='coop.membership', string="Members", default=lambda self: self._default_membership_ids(),
        domain="[('company_id', '=', company_id), ('state', '!=', 'candidate')]",
        help="Leave empty for all members of whose goods there is anything to say in the period.",
    )

    def _default_membership_ids(self):
        records = self.env['coop.membership']
        model = self.env.context.get('active_model')
        if model in ('coop.membership', 'coop.settlement'):
            found = self.env[model].browse(self.env.context.get('active_ids')).exists()
            records = found if model == 'coop.membership' else found.membership_id
        return records

    # === BUSINESS METHODS === #

    def _get_memberships(self):
        """Return the members whose statements are asked for, in the order of their numbers."""
        self.ensure_one()
        memberships = self.env['coop.membership'].browse(self.membership_ids.ids).filtered(
            lambda membership: membership.company_id == self.company_id,
        )
        if not self.membership_ids:
            # sudo: who ever brought goods, for whoever may read the members; goods and settlements are read below
            owners = self.env['stock.move.line'].sudo()._read_group([
                ('company_id', '=', self.company_id.id), ('state', '=', 'done'), ('owner_id', '!=', False),
            ], ['owner_id'])
            partners = self.env['res.partner'].browse([owner.id for owner, in owners])
            memberships = self.env['coop.membership'].search([
                ('company_id', '=', self.company_id.id), '|', ('partner_id', 'in', partners.ids),
                ('settlement_ids', '!=', False),
            ])
        return memberships.sorted(lambda membership: membership._get_rank())

    def _get_report(self):
        _ = self.env._
        memberships = self._get_memberships()
        statements = memberships._get_consignment_statement(self.date_from, self.date_to)
        report = Report(
            title=_("Statement of Consigned Goods"), subtitles=[self._get_period_label()],
            signatures=[_("Member"), _("For the Cooperative")],
        )
        for membership in memberships:
            tables = self._get_tables(membership, statements[membership])
            # Asked for by name, also a member of whom there is nothing to say.
            if self.membership_ids or statements[membership].opening or any(table.lines for table in tables):
                report.tables += tables
        if len(memberships) == 1:
            report.subtitles = [*report.subtitles, memberships.display_name, memberships._get_address_line()]
        return report

    def _get_tables(self, membership, statement):
        _ = self.env._
        tables = [
            (_("Running Account"), self._get_account_table(statement)),
            (_("Sold and Settled"), self._get_sales_table(statement)),
            (_("Came In"), self._get_intake_table(statement)),
            (_("Goods"), self._get_goods_table(statement)),
        ]
        for label, table in tables:
            table.title = f"{membership.number or ''} {membership.partner_id.name}: {label}".strip()
        tables[0][1].new_page = True
        return [table for _label, table in tables]

    def _get_account_table(self, statement):
        """Return opening balance, sales, deductions and payments with the balance after each, and the closing balance.
        """
        _ = self.env._
        has_other = any(row.other for row in statement.account)
        table = Table([
            Column('date', _("Date"), 'date', 11), Column('reference', _("Number"), width=18),
            Column('description', _("Description"), width=32), Column('sales', _("Sales"), 'amount', 14),
            Column('deducted', _("Deducted"), 'amount', 14), Column('paid', _("Paid"), 'amount', 14),
            *([Column('other', _("Other"), 'amount', 13)] if has_other else []),
            Column('balance', _("Owed to Member"), 'amount', 15),
        ])
        balance = statement.opening
        table.add('total', date=self.date_from, description=_("Balance brought forward"), balance=balance)
        for row in statement.account:
            balance = self.currency_id.round(balance + row.change)
            table.add(
                date=row.date, reference=row.reference, description=row.description, sales=row.sales or None,
                deducted=row.deducted or None, paid=row.paid or None, other=row.other or None, balance=balance,
            )
        label = _("Total, and owed on this day")
        total = table.add_total(label, table.rows, label_key='description', skip=('balance',))
        total.values.update(date=self.date_to, balance=balance)
        return table

    def _get_sales_table(self, statement):
        _ = self.env._
        table = Table([
            Column('date', _("Date"), 'date', 11), Column('settlement', _("Settlement"), width=18),
            Column('invoices', _("Invoices"), width=24), Column('product', _("Product"), width=24),
            Column('quantity', _("Quantity"), 'quantity', 11), Column('uom', _("Unit"), width=8),
            Column('price', _("Price"), 'amount', 12), Column('amount', _("Sales"), 'amount', 14),
        ])
        for row in statement.sales:
            uom = row.product.uom_id
            table.add(
                date=row.date, settlement=row.settlement, invoices=row.invoices, product=row.product.display_name,
                quantity=row.quantity, uom=uom.name, amount=row.amount,
                price=None if uom.is_zero(row.quantity) else self.currency_id.round(row.amount / row.quantity),
            )
        table.add_total(_("Total"), table.rows, label_key='product', skip=('quantity', 'price'))
        return table

    def _get_intake_table(self, statement):
        _ = self.env._
        table = Table([
            Column('date', _("Date"), 'date', 11), Column('reference', _("Slip"), width=18),
            Column('product', _("Product"), width=28), Column('gross', _("Gross"), 'quantity', 12),
            Column('taken_off', _("Taken Off"), 'quantity', 14), Column('quantity', _("Net"), 'quantity', 12),
            Column('uom', _("Unit"), width=8),
        ])
        for row in statement.intakes:
            table.add(
                date=row.date, reference=row.reference, product=row.product.display_name, gross=row.gross,
                taken_off=row.taken_off, quantity=row.quantity, uom=row.product.uom_id.name,
            )
        return table

    def _get_goods_table(self, statement):
        _ = self.env._
        table = Table([
            Column('product', _("Product"), width=26), Column('uom', _("Unit"), width=8),
            Column('opening', _("At the Start"), 'quantity', 12), Column('came_in', _("Came In"), 'quantity', 11),
            Column('sold', _("Delivered"), 'quantity', 11), Column('given_back', _("Given Back"), 'quantity', 11),
            Column('other', _("Count, Loss"), 'quantity', 11), Column('closing', _("Still There"), 'quantity', 12),
            Column('unsettled', _("Invoiced, Not Settled"), 'quantity', 12),
            Column('unsettled_amount', _("Sales Not Settled"), 'amount', 14),
        ])
        for product, row in sorted(statement.goods.items(), key=lambda pair: (pair[0].display_name, pair[0].id)):
            quantities = {
                name: product.uom_id.round(getattr(row, name))
                for name in ('opening', 'came_in', 'sold', 'given_back', 'other', 'closing', 'unsettled')
            }
            if any(quantities.values()) or row.unsettled_amount:
                table.add(
                    product=product.display_name, uom=product.uom_id.name, unsettled_amount=row.unsettled_amount,
                    **quantities,
                )
        return table
