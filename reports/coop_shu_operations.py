from __future__ import annotations

from odoo import api, fields, models

from odoo.addons.producer_cooperative.tools.report_table import Column, Report, Table

#: Sections that are told apart by whom the business was with.
BUSINESS = ('turnover', 'cost')
#: Sections that are common to both, in their order.
COMMON = ('operating', 'cooperative', 'other', 'tax')


class CoopShuOperations(models.TransientModel):
    """Statement of operations (Perhitungan Hasil Usaha): what business with members and with others earned, and what
    the cooperative cost.

    Of an allocation that is computed it shows what was computed; of any other period, the ledger as it is now. Each
    line is a sum of journal items; income stands above zero, expenses below, so that every column adds up.
    """
    _name = 'coop.shu.operations'
    _inherit = ['coop.report.period.mixin']
    _description = "Statement of Operations (PHU)"

    _report_action = 'producer_cooperative.coop_shu_operations_action_report'

    allocation_id = fields.Many2one(
        comodel_name='coop.shu.allocation', string="SHU Allocation", ondelete='cascade',
        domain="[('company_id', '=', company_id), ('state', 'not in', ('draft', 'computing', 'cancelled'))]",
        help="Shows the figures as they were computed. Leave empty for the ledger as it is now.",
    )
    date_from = fields.Date(compute='_compute_period', store=True, readonly=False, precompute=True, default=None)
    date_to = fields.Date(compute='_compute_period', store=True, readonly=False, precompute=True, default=None)
    with_previous = fields.Boolean(string="Compare with the Year Before", default=True)
    with_accounts = fields.Boolean(string="Every Account", default=True, help="Otherwise only sums by section.")

    # === COMPUTE METHODS === #

    @api.depends('allocation_id')
    def _compute_period(self):
        for wizard in self:
            allocation, default = wizard.allocation_id, wizard._get_default_period()
            wizard.date_from = allocation.date_from or wizard.date_from or default['date_from']
            wizard.date_to = allocation.date_to or wizard.date_to or default['date_to']

    @api.model
    def _get_default_period(self):
        return self.env.company._coop_get_last_year()

    # === ACTIONS === #

    def action_open_lines(self):
        """Open the figures of the allocation, or else the journal items that the statement is the sum of."""
        self.ensure_one()
        allocation = self._get_allocation()
        if allocation.id:
            return allocation.action_open_surplus_lines()
        action = allocation._open_items(allocation._get_result_domain(), self._get_period_label())
        return {**action, 'context': {**action['context'], 'group_by': ['account_id']}}

    # === BUSINESS METHODS === #

    def _get_report(self):
        _ = self.env._
        allocation = self._get_allocation()
        lines = self._get_lines(allocation)
        before = self._get_lines(self._get_previous(allocation)) if self.with_previous else []
        return Report(
            title=_("Statement of Operations (PHU)"),
            subtitles=[self._get_period_label(), *self._get_remarks(allocation)],
            tables=[self._get_statement(lines, before), self._get_side_table(lines)],
            signatures=[_("Treasurer"), _("Chair")],
        )

    def _get_remarks(self, allocation):
        if not allocation.id:
            return [self.env._("From the ledger as it is now; not computed yet.")]
        return [self.env._("As computed for %s.", allocation.display_name)]

    def _get_allocation(self):
        """Return the allocation whose figures are shown; one that is not stored where there is none."""
        self.ensure_one()
        chosen = self.allocation_id
        if chosen and (chosen.date_from, chosen.date_to) == (self.date_from, self.date_to):
            return chosen
        return self._make_allocation(self.date_from, self.date_to)

    def _get_previous(self, allocation):
        """Return the allocation of the year before, or one that is not stored, by the same rule."""
        period = allocation._get_previous_period()
        return allocation._find_allocation_of(*period) or self._make_allocation(*period, allocation.rule_id)

    def _make_allocation(self, date_from, date_to, rule=None):
        Allocation = self.env['coop.shu.allocation']
        if rule is None:
            rule = self.env['coop.shu.rule']._get_in_force(self.company_id, date_to)
        return Allocation.new({
            'company_id': self.company_id.id, 'date_from': date_from, 'date_to': date_to, 'rule_id': rule.id,
        })

    def _get_lines(self, allocation):
        """Return ``[{'section', 'code', 'name', 'amount', 'amount_members', 'amount_others'}]`` in their order."""
        names = ('section', 'code', 'name', 'amount', 'amount_members', 'amount_others')
        if allocation.id and allocation.surplus_line_ids:
            return [{name: line[name] for name in names} for line in allocation.surplus_line_ids.sorted()]
        return [{name: line[name] for name in names} for line in allocation._prepare_ledger_lines()]

    # === BUSINESS METHODS - THE STATEMENT === #

    def _get_statement(self, lines, before):
        """Return the statement: with members, with others, then what is common to both, down to the SHU after tax."""
        _ = self.env._
        columns = [Column('code', _("Code"), width=10), Column('name', _("Account"), width=46),
                   Column('amount', self._get_period_title(), 'amount', 20)]
        if self.with_previous:
            columns += [Column('previous', _("Year Before"), 'amount', 20), Column('change', _("Change"), 'amount', 18)]
        table = Table(columns, title=_("Statement of Operations"))
        labels = dict(self.env['coop.shu.surplus.line']._fields['section']._description_selection(self.env))
        sides = dict(amount_members=_("Business with Members"), amount_others=_("Business with Others"))
        results = dict(
            amount_members=_("Net Participation of Members"), amount_others=_("Result of Business with Others"),
            operating=_("Surplus after Operating Expenses"), cooperative=_("Surplus after Cooperative Expenses"),
            other=_("SHU before Income Tax"), tax=_("SHU after Income Tax"),
        )
        total = _Sum()
        for field_name, heading in sides.items():
            of_side = _Sum()
            self._add_heading(table, heading)
            for section in BUSINESS:
                of_side += self._add_section(table, labels[section], section, lines, before, field_name)
            self._add_sum(table, results[field_name], of_side)
            total += of_side
        self._add_sum(table, _("Gross Surplus"), total)
        for section in COMMON:
            self._add_heading(table, labels[section])
            total += self._add_section(table, labels[section], section, lines, before, 'amount')
            self._add_sum(table, results[section], total)
        return table

    def _get_period_title(self):
        first, last = self.date_from, self.date_to
        if (first.month, first.day, last.month, last.day, last.year) == (1, 1, 12, 31, first.year):
            return str(first.year)
        return self.env._("This Period")

    def _add_heading(self, table, heading):
        if self.with_accounts:
            table.add_group(heading)

    def _add_section(self, table, label, section, lines, before, field_name):
        """Add the accounts of a section, or their sum, and return the sum."""
        now = {(line['code'], line['name']): line[field_name] for line in lines if line['section'] == section}
        then = {(line['code'], line['name']): line[field_name] for line in before if line['section'] == section}
        by_code = {code: key for key in now for code in (key[0],)}
        # An account that was renamed is still the same one.
        then = {by_code.get(key[0], key): amount for key, amount in then.items()}
        sum_of_section = _Sum(self._round(sum(now.values())), self._round(sum(then.values())))
        if not self.with_accounts:
            if sum_of_section:
                self._add_row(table, 'line', '', label, sum_of_section)
            return sum_of_section
        for key in sorted(now.keys() | then.keys(), key=lambda key: (key[0] or '', key[1] or '')):
            amounts = _Sum(now.get(key, 0.0), then.get(key, 0.0))
            if amounts:
                self._add_row(table, 'line', *key, amounts)
        return sum_of_section

    def _add_sum(self, table, label, amounts):
        self._add_row(table, 'total', '', label, amounts)

    def _add_row(self, table, kind, code, name, amounts):
        table.add(
            kind, code=code, name=name, amount=self._round(amounts.now), previous=self._round(amounts.then),
            change=self._round(amounts.now - amounts.then),
        )

    def _get_side_table(self, lines):
        """Return what was earned with members and with others, section by section."""
        _ = self.env._
        table = Table([
            Column('name', _("Section"), width=40), Column('members', _("With Members"), 'amount', 20),
            Column('others', _("With Others"), 'amount', 20), Column('all', _("All"), 'amount', 20),
        ], title=_("Earned with Members and with Others"))
        for section, label in self.env['coop.shu.surplus.line']._fields['section']._description_selection(self.env):
            of_section = [line for line in lines if line['section'] == section]
            if of_section:
                table.add(name=label, **{
                    key: self._round(sum(line[name] for line in of_section))
                    for key, name in (('members', 'amount_members'), ('others', 'amount_others'), ('all', 'amount'))
                })
        table.add_total(_("SHU after Income Tax"), table.lines)
        return table

    def _round(self, amount):
        return self.currency_id.round(amount)


class _Sum:
    """An amount of the period and of the year before."""

    def __init__(self, now=0.0, then=0.0):
        self.now, self.then = now, then

    def __add__(self, other):
        return _Sum(self.now + other.now, self.then + other.then)

    def __bool__(self):
        return bool(self.now or self.then)
