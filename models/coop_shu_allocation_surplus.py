from __future__ import annotations

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Command, Domain

from odoo.addons.producer_cooperative.models.coop_shu_allocation import FROZEN_STATES
from odoo.addons.producer_cooperative.models.coop_shu_surplus_line import SECTION_OF_TYPE, SECTIONS
from odoo.addons.producer_cooperative.tools.shu_surplus import shareable, split_untraced
from odoo.addons.producer_cooperative.tools.units import from_units, to_units


class CoopShuAllocation(models.Model):
    """The surplus as the ledger has it: by account, with members and with others, before and after income tax."""
    _inherit = 'coop.shu.allocation'

    surplus_line_ids = fields.One2many(
        comodel_name='coop.shu.surplus.line', inverse_name='allocation_id', string="Surplus by Account", readonly=True,
    )
    booking_number = fields.Integer(
        readonly=True, copy=False, help="What was posted under a higher number was not in the ledger yet when the"
                                        " surplus was computed.",
    )
    surplus_before_tax = fields.Monetary(readonly=True, copy=False)
    income_tax = fields.Monetary(
        readonly=True, copy=False,
        help="What is booked on the rule's accounts of income tax; an expense is below zero.",
    )
    surplus_previous = fields.Monetary(
        string="Surplus of the Year Before", readonly=True, copy=False,
        help="The ledger of the same period of the year before, closing entries left out.",
    )
    surplus_members = fields.Monetary(
        string="Earned with Members", readonly=True, copy=False,
        help="What business with members earned, costs that cannot be traced split as the rule says.",
    )
    surplus_others = fields.Monetary(string="Earned with Others", readonly=True, copy=False)
    turnover_members = fields.Monetary(
        string="Turnover with Members", readonly=True, copy=False,
        help="Income from business that stands on documents with members, or is of members' goods.",
    )
    turnover_others = fields.Monetary(
        string="Turnover with Others", readonly=True, copy=False,
        help="Income from business on invoices and receipts without a member.",
    )

    # === ACTIONS === #

    def action_open_surplus_lines(self):
        """Open the surplus by account."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_shu_surplus_line_action'),
            'domain': [('allocation_id', '=', self.id)],
            'context': {'create': False, 'search_default_group_by_section': 1},
        }

    def action_open_operations(self):
        """Open the statement of operations (PHU) of the period."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_shu_operations_action')
        computed = self.state in FROZEN_STATES
        return {**action, 'context': {
            'dialog_size': 'extra-large', 'default_company_id': self.company_id.id,
            **({'default_allocation_id': self.id} if computed else {
                'default_date_from': self.date_from, 'default_date_to': self.date_to,
            }),
        }}

    def action_open_booked_since(self):
        """Open what was booked in the period, or taken back, since the surplus was computed."""
        self.ensure_one()
        return self._open_items(self._get_since_domain(), self.env._("Booked Since the Computation"))

    def _open_items(self, domain, name):
        """Open journal items, whatever their state, with their sums."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_shu_items_action')
        return {**action, 'name': name, 'domain': list(domain), 'context': {'create': False, 'edit': False}}

    # === BUSINESS METHODS - READING THE LEDGER === #

    def _get_ledger_surplus(self):
        """Return income less expenses of the period as posted, in the company's currency; negative for a loss.

        Entries that close the year are left out: they would make every surplus zero.
        """
        self.ensure_one()
        return self.currency_id.round(sum(self._get_ledger_amounts().values()))

    def _get_ledger_amounts(self):
        """Return ``{account: what it earned in the period}`` as the ledger has it now; expenses are below zero."""
        self.ensure_one()
        # sudo: sums by account, for managers and members' officers without access to the journal items
        groups = self.env['account.move.line'].sudo()._read_group(
            self._get_result_domain(), ['account_id'], ['balance:sum'],
        )
        return {account.with_env(self.env): self.currency_id.round(-balance) for account, balance in groups}

    def _get_result_domain(self):
        """Return the posted journal items that make up the surplus as of now."""
        self.ensure_one()
        return self.company_id._coop_get_result_domain(self.date_from, self.date_to, self._get_closing_moves())

    def _get_closing_moves(self):
        """Return the entries that are left out: those that are ticked, and new ones that look like it."""
        self.ensure_one()
        # sudo: which entries close the year, for whoever may read the sums
        proposed, listed = self._find_closing_entries(), self.sudo().closing_ids
        closing = self.env['account.move'].sudo().union(*(
            move for move, is_closing in proposed.items() if is_closing and move not in listed.move_id
        ))
        return closing | listed.filtered('is_closing').move_id

    def _get_counted_domain(self):
        """Return the journal items that were in the ledger when the surplus was computed."""
        self.ensure_one()
        return self._get_result_domain() & ~self._get_later_domain()

    def _get_since_domain(self):
        """Return what was posted in the period since the surplus was computed, and what was taken back since."""
        self.ensure_one()
        in_period = Domain([
            ('company_id', '=', self.company_id.id), ('date', '>=', self.date_from), ('date', '<=', self.date_to),
            ('account_id.internal_group', 'in', ('income', 'expense')),
            ('move_id', 'not in', self._get_closing_moves().ids),
        ])
        posted = Domain('parent_state', '=', 'posted') & self._get_later_domain()
        taken_back = Domain('parent_state', '!=', 'posted') & Domain(
            'move_id.coop_unbooking_number', '>', self.booking_number,
        )
        return in_period & (posted | taken_back)

    def _get_later_domain(self):
        self.ensure_one()
        return Domain('move_id.coop_booking_number', '>', self.booking_number)

    def _get_side_domain(self, side):
        self.ensure_one()
        company = self.company_id
        products = company._coop_get_marketed_products(self.date_from, self.date_to) if self.rule_id.marketing else ()
        return company._coop_get_side_domain(side, *products)

    # === BUSINESS METHODS - FREEZING === #

    def _prepare_computation_values(self):
        return {**super()._prepare_computation_values(), **self._prepare_surplus_values()}

    def _prepare_ledger_lines(self):
        """Return the surplus by account as the ledger has it now, without the year before."""
        return self._prepare_surplus_lines(self._get_ledger_result(), {})

    def _get_ledger_result(self):
        self.ensure_one()
        marketing = self.rule_id.marketing or not self.rule_id
        return self.company_id._coop_get_result(self.date_from, self.date_to, self._get_closing_moves(), marketing)

    def _prepare_surplus_values(self):
        """Return the surplus by account and what follows from it, to be written down with the computation."""
        self.ensure_one()
        # Before anything is read: what is booked meanwhile counts as booked since.
        booking_number = self.env['account.move']._coop_get_last_booking_number()
        result = self._get_ledger_result()
        lines = self._prepare_surplus_lines(result, self._get_previous_amounts())
        total = {
            name: self.currency_id.round(sum(line[name] for line in lines))
            for name in ('amount', 'amount_previous', 'amount_members', 'amount_others')
        }
        tax = self.currency_id.round(sum(line['amount'] for line in lines if line['section'] == 'tax'))
        turnover_members, turnover_others = self._get_turnover(result)
        return {
            'booking_number': booking_number,
            'surplus_line_ids': [Command.clear(), *map(Command.create, lines)],
            'surplus': total['amount'],
            'income_tax': tax,
            'surplus_before_tax': self.currency_id.round(total['amount'] - tax),
            'surplus_previous': total['amount_previous'],
            'surplus_members': total['amount_members'],
            'surplus_others': total['amount_others'],
            'turnover_members': turnover_members,
            'turnover_others': turnover_others,
        }

    def _prepare_surplus_lines(self, result, previous):
        """Return one line for each account with a figure this year or last.

        :param result: as :meth:`res.company._coop_get_result` returns it.
        :param previous: ``{account: amount}`` of the year before.
        """
        self.ensure_one()
        turnover = self._get_turnover(result)
        accounts = self.env['account.account'].union(*result, *previous)
        lines = [
            self._prepare_surplus_line(account.sudo(), result.get(account, {}), previous.get(account, 0.0), turnover)
            for account in accounts.with_company(self.company_id)
        ]
        return sorted(lines, key=lambda line: (line['sequence'], line['code'] or ''))

    def _prepare_surplus_line(self, account, by_side, previous, turnover):
        section = self._get_section(account)
        members, others, untraced = (by_side.get(side, 0.0) for side in ('members', 'others', 'untraced'))
        to_members, to_others = self._split_untraced(section, untraced, turnover)
        return {
            'sequence': SECTIONS.index(section), 'section': section, 'account_id': account.id,
            'group_id': account.group_id.id, 'code': account.code, 'name': account.name,
            'amount': self.currency_id.round(members + others + untraced), 'amount_previous': previous,
            'traced_members': members, 'traced_others': others, 'untraced': untraced,
            'amount_members': self.currency_id.round(members + to_members),
            'amount_others': self.currency_id.round(others + to_others),
        }

    def _get_section(self, account):
        """Return the part of the statement of operations that an account belongs to."""
        if account in self.rule_id.tax_account_ids:
            return 'tax'
        if account == self.company_id._find_coop_account('cooperative_expense'):
            return 'cooperative'
        # sudo: the type of an account, for whoever may read the sums
        return SECTION_OF_TYPE.get(account.sudo().account_type, 'operating')

    def _split_untraced(self, section, amount, turnover):
        """Return the members' and the others' part of what cannot be traced, to the currency's smallest unit."""
        is_income = section == 'turnover' or (section == 'other' and amount > 0)
        rule = self.rule_id
        split = (rule.income_split or 'others') if is_income else (rule.cost_split or 'turnover')
        unit = self.currency_id.rounding
        parts = split_untraced(
            to_units(amount, unit), split, *(to_units(side, unit) for side in turnover),
        )
        return tuple(float(from_units(part, unit)) for part in parts)

    def _get_turnover(self, result):
        """Return the turnover with members and with others: income from business that can be traced."""
        business = [by_side for account, by_side in result.items() if self._get_section(account) == 'turnover']
        return tuple(
            self.currency_id.round(sum(by_side[side] for by_side in business)) for side in ('members', 'others')
        )

    def _get_previous_period(self):
        """Return both days of the same period of the year before."""
        self.ensure_one()
        day_after = fields.Date.add(self.date_to, days=1) - relativedelta(years=1)
        return self.date_from - relativedelta(years=1), fields.Date.subtract(day_after, days=1)

    def _get_previous_amounts(self):
        """Return ``{account: amount}`` of the year before; closing entries are left out as they were then."""
        return self._get_amounts_of(*self._get_previous_period())

    def _get_amounts_of(self, date_from, date_to):
        """Return ``{account: amount}`` of another period, closing entries left out; expenses are below zero."""
        self.ensure_one()
        before = self._find_allocation_of(date_from, date_to)
        if before:
            return before._get_ledger_amounts()
        company = self.company_id
        # sudo: see _get_ledger_amounts
        groups = self.env['account.move.line'].sudo()._read_group(
            company._coop_get_result_domain(date_from, date_to, company._coop_get_closing_entries(date_from, date_to)),
            ['account_id'], ['balance:sum'],
        )
        return {account.with_env(self.env): self.currency_id.round(-balance) for account, balance in groups}

    def _find_allocation_of(self, date_from, date_to):
        """Return the company's allocation of exactly this period that stands, or an empty recordset."""
        self.ensure_one()
        return self.search([
            ('company_id', '=', self.company_id.id), ('date_from', '=', date_from),
            ('date_to', '=', date_to), ('state', 'not in', ('draft', 'cancelled')),
        ], order='id DESC', limit=1)

    # === BUSINESS METHODS - MEMBERS AND OTHERS === #

    def _get_surplus_of_members(self):
        """Return what may be shared where only the surplus from business with members is.

        As computed; between zero and the whole surplus: a loss with others lessens what there is to share, and a loss
        with members leaves nothing.
        """
        self.ensure_one()
        unit = self.currency_id.rounding
        return float(from_units(
            shareable(to_units(self.surplus, unit), to_units(self.surplus_members, unit)), unit,
        ))

    # === BUSINESS METHODS - CLOSING ENTRIES === #

    def _find_closing_entries(self):
        """Return ``{entry: whether it is taken for a closing entry}``; see the company's method."""
        self.ensure_one()
        return self.company_id._coop_find_closing_entries(self.date_from, self.date_to)

    def _get_earnings_accounts(self):
        self.ensure_one()
        return self.company_id._coop_get_earnings_accounts()
