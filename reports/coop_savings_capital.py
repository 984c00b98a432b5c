from odoo import fields, models

from odoo.addons.producer_cooperative.tools.report_table import Column, Report, Table


class CoopSavingsCapital(models.TransientModel):
    """Members' capital and savings by type on any day. Each type's total is what its account says in the ledger."""
    _name = 'coop.savings.capital'
    _inherit = ['coop.report.mixin']
    _description = "Capital by Type and Date"

    _report_action = 'producer_cooperative.coop_savings_capital_action_report'
    _report_landscape = True

    date = fields.Date(string="As Of", required=True, default=fields.Date.context_today)
    with_empty = fields.Boolean(string="Members Without Savings Too")

    # === ACTIONS === #

    def action_open_pivot(self):
        """Open the movements up to that day, to turn them around as one likes."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_savings_movement_action')
        return {
            **action, 'view_mode': 'pivot,list,graph',
            'views': [(False, 'pivot'), (False, 'list'), (False, 'graph')],
            'domain': [('company_id', '=', self.company_id.id), ('date', '<=', self.date)], 'context': {},
        }

    # === BUSINESS METHODS === #

    def _is_answerable(self):
        return super()._is_answerable() and bool(self.date)

    def _get_report(self):
        _ = self.env._
        balances = self._get_balances_by_owner()
        types = self._get_types(balances)
        report = Report(
            title=_("Capital by Savings Type"), subtitles=[_("As of %s", self._format_date(self.date))],
            signatures=[_("Treasurer"), _("Chair")],
        )
        report.tables = [self._get_total_table(balances, types), self._get_member_table(balances, types)]
        return report

    def _get_balances_by_owner(self):
        """Return ``{membership or none: {savings type: balance}}`` at the end of the day."""
        self.ensure_one()
        balances = {}
        for membership, savings_type, amount in self.env['coop.savings.movement']._get_balances(
            [('company_id', '=', self.company_id.id), ('date', '<=', self.date)], ['membership_id', 'type_id'],
        ):
            balances.setdefault(membership, {})[savings_type] = self.currency_id.round(amount)
        if self.with_empty:
            for membership in self.env['coop.membership'].search([('company_id', '=', self.company_id.id)]):
                balances.setdefault(membership, {})
        return balances

    def _get_types(self, balances):
        """Return the savings types in use, and archived ones that still hold something."""
        archived = self.env['coop.savings.type'].union(*(
            savings_type for by_type in balances.values() for savings_type, amount in by_type.items() if amount
        ))
        return (self.env['coop.savings.type'].search([('company_id', '=', self.company_id.id)]) | archived).sorted()

    def _get_sections(self, balances):
        """Return ``{label: memberships}``: members, candidates and former members on that day, in order."""
        _ = self.env._
        labels = {
            'member': _("Members"),
            'candidate': _("Candidates"),
            'former': _("Former members"),
        }
        owners = self.env['coop.membership'].union(*balances).sorted(lambda membership: membership._get_rank())
        by_status = owners.grouped(lambda membership: membership._get_status_on(self.date))
        return {label: by_status[status] for status, label in labels.items() if status in by_status}

    def _get_member_table(self, balances, types):
        _ = self.env._
        table = Table([
            Column('number', _("Member Number"), width=12), Column('name', _("Name"), width=26),
            *(Column(f'type_{savings_type.id}', savings_type.name, 'amount', 16) for savings_type in types),
            Column('capital', _("Capital"), 'amount', 16), Column('all', _("All Savings"), 'amount', 16),
        ], title=_("By Member"))
        for label, memberships in self._get_sections(balances).items():
            before = len(table.rows)
            for membership in memberships:
                if any(balances[membership].values()) or self.with_empty:
                    self._add_owner(table, balances[membership], membership.number, membership.partner_id.name)
            if len(table.rows) > before:
                lines = table.rows[before:]
                table.rows.insert(before, table.make_group(label))
                table.add_total(_("Total: %s", label), lines, label_key='name')
        nobody = balances.get(self.env['coop.membership'])
        if nobody and any(nobody.values()):
            self._add_owner(table, nobody, '', _("Booked without a member"))
        table.add_total(_("Total"), table.lines, label_key='name')
        return table

    def _add_owner(self, table, by_type, number, name):
        table.add(
            number=number, name=name, all=self.currency_id.round(sum(by_type.values())),
            capital=self.currency_id.round(sum(
                amount for savings_type, amount in by_type.items() if savings_type.is_capital
            )),
            **{f'type_{savings_type.id}': amount for savings_type, amount in by_type.items()},
        )

    def _get_total_table(self, balances, types):
        """Return the totals per savings type, members and others apart."""
        _ = self.env._
        table = Table([
            Column('type', _("Savings"), width=30), Column('is_capital', _("Counts as Capital"), width=14),
            Column('members', _("Members"), 'amount', 18),
            Column('others', _("Candidates, Former and No Member"), 'amount', 22),
            Column('all', _("All Savings"), 'amount', 18), Column('count', _("Savers"), 'integer', 10),
        ], title=_("By Savings Type"))
        members = {
            membership for membership in balances if membership and membership._get_status_on(self.date) == 'member'
        }
        for savings_type in types:
            amounts = {
                owner: by_type[savings_type] for owner, by_type in balances.items() if by_type.get(savings_type)
            }
            of_members = self.currency_id.round(sum(amount for owner, amount in amounts.items() if owner in members))
            total = self.currency_id.round(sum(amounts.values()))
            table.add(
                type=savings_type.name, is_capital=_("Yes") if savings_type.is_capital else _("No"),
                members=of_members, others=self.currency_id.round(total - of_members), all=total,
                count=len([owner for owner in amounts if owner]), capital=savings_type.is_capital,
            )
        capital = [row for row in table.lines if row.values['capital']]
        table.add_total(_("Capital"), capital, skip=('count',))
        table.add_total(_("All Savings"), table.lines, skip=('count',))
        return table
