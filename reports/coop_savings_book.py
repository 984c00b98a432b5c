from odoo import fields, models

from odoo.addons.producer_cooperative.tools.report_table import Column, Report, Row, Table


class CoopSavingsBook(models.TransientModel):
    """Members' savings books (Buku Simpanan) for a period: what came in, what went out, what was left after it."""
    _name = 'coop.savings.book'
    _inherit = ['coop.report.members.mixin']
    _description = "Savings Book"

    _report_action = 'producer_cooperative.coop_savings_book_action_report'

    type_ids = fields.Many2many(
        comodel_name='coop.savings.type', string="Savings", domain="[('company_id', '=', company_id)]",
        help="Leave empty for all savings.",
    )

    # === BUSINESS METHODS === #

    def _get_report(self):
        _ = self.env._
        memberships = self._get_memberships()
        report = Report(
            title=_("Savings Book"), signatures=[_("Member"), _("Cashier")], subtitles=self._get_subtitles(memberships),
        )
        opening, movements = self._get_opening(memberships), self._get_movements(memberships)
        report.tables = [
            self._get_book_table(membership, opening.get(membership, {}), movements.get(membership, {}))
            for membership in memberships
        ]
        return report

    def _get_domain(self, memberships):
        domain = [('company_id', '=', self.company_id.id), ('membership_id', 'in', memberships.ids)]
        if self.type_ids:
            domain.append(('type_id', 'in', self.type_ids.ids))
        return domain

    def _get_opening(self, memberships):
        """Return ``{membership: {savings type: balance}}`` at the end of the day before the period."""
        opening = {}
        for membership, savings_type, amount in self.env['coop.savings.movement']._get_balances(
            [*self._get_domain(memberships), ('date', '<', self.date_from)], ['membership_id', 'type_id'],
        ):
            opening.setdefault(membership, {})[savings_type] = self.currency_id.round(amount)
        return opening

    def _get_movements(self, memberships):
        """Return ``{membership: {savings type: movements in the order of the book}}``."""
        found = self.env['coop.savings.movement'].search([
            *self._get_domain(memberships), ('date', '>=', self.date_from), ('date', '<=', self.date_to),
        ])
        return {
            membership: of_member.grouped('type_id')
            for membership, of_member in found.grouped('membership_id').items()
        }

    def _get_book_table(self, membership, opening, movements):
        _ = self.env._
        table = Table([
            Column('date', _("Date"), 'date', 12), Column('reference', _("Receipt Number"), width=18),
            Column('description', _("Description"), width=30), Column('amount_in', _("In"), 'amount', 15),
            Column('amount_out', _("Out"), 'amount', 15), Column('balance', _("Balance"), 'amount', 16),
        ], title=membership.display_name, new_page=True)
        closing = 0.0
        for savings_type in self.env['coop.savings.type'].union(*opening, *movements).sorted():
            closing += self._add_savings_type(
                table, savings_type, opening.get(savings_type, 0.0), movements.get(savings_type, ()),
            )
        table.add('total', description=_("All savings"), balance=self.currency_id.round(closing))
        return table

    def _add_savings_type(self, table, savings_type, balance, movements):
        """Add one savings type to the book and return its balance at the end of the period."""
        _ = self.env._
        table.add_group(savings_type.name)
        table.add(description=_("Balance brought forward"), date=self.date_from, balance=balance)
        lines = []
        for movement in movements:
            balance = self.currency_id.round(balance + movement.amount)
            values = {
                'date': movement.date, 'reference': movement.reference, 'balance': balance,
                'description': movement.description if movement.description != movement.reference else '',
                'amount_in': movement.amount_in or None, 'amount_out': movement.amount_out or None,
            }
            lines.append(Row(values))
            table.add(**values)
        total = table.add_total(savings_type.name, lines, label_key='description', skip=('balance',))
        total.values['balance'] = balance
        return balance
