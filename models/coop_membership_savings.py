from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount


class CoopMembership(models.Model):
    """The member's savings, read back from the ledger."""
    _inherit = 'coop.membership'

    capital_balance = fields.Monetary(
        string="Capital", compute='_compute_savings', help="Savings of the types that count as capital.",
    )
    savings_balance = fields.Monetary(string="Savings", compute='_compute_savings', help="Savings of all types.")
    arrears = fields.Monetary(
        compute='_compute_arrears', search='_search_arrears',
        help="Mandatory savings due since joining and not paid yet.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context('uid')
    def _compute_savings(self):
        balances = self._get_savings_balances()
        for membership in self:
            of_member = balances.get(membership, {})
            membership.savings_balance = sum(of_member.values())
            membership.capital_balance = sum(
                amount for savings_type, amount in of_member.items() if savings_type.is_capital
            )

    @api.depends_context('uid')
    def _compute_arrears(self):
        arrears = self._get_arrears()
        for membership in self:
            membership.arrears = sum(arrears.get(membership, {}).values())

    def _search_arrears(self, operator, value):
        if operator == 'in' and set(value) <= {0}:
            owing = self._search_arrears('>', 0)
            return NotImplemented if owing is NotImplemented else ~Domain(owing)
        if not (operator == '>' and value >= 0 or operator == '>=' and value > 0):
            return NotImplemented
        owed = self.env['coop.savings.arrears']._read_group(
            [], ['membership_id'], having=[('amount:sum', operator, value)],
        )
        return Domain('id', 'in', [membership.id for membership, in owed])

    # === ACTIONS === #

    def action_view_savings(self):
        """Open the posted journal items on the savings accounts of these members."""
        partners = self.env['res.partner'].search([('id', 'child_of', self.partner_id.ids)])
        accounts = self._get_savings_types().account_id
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Savings"),
            'res_model': 'account.move.line',
            'view_mode': 'list,form',
            'views': [
                (self.env.ref('producer_cooperative.account_move_line_view_list_savings').id, 'list'), (False, 'form'),
            ],
            'domain': [
                ('partner_id', 'in', partners.ids), ('account_id', 'in', accounts.ids), ('parent_state', '=', 'posted'),
            ],
            'context': {'create': False, 'search_default_group_by_account': 1},
        }

    # === BUSINESS METHODS === #

    def _admission_error_message(self):
        """Name the savings that still have to be paid in."""
        message = super()._admission_error_message()
        missing = self._get_missing_for_admission()
        if message or not missing:
            return message
        return self.env._(
            "%(member)s cannot be admitted yet. Still to be paid in: %(missing)s.",
            member=self.display_name,
            missing=", ".join(
                f"{savings_type.name} {format_amount(self.env, amount, self.currency_id)}"
                for savings_type, amount in missing.items()
            ),
        )

    def _get_missing_for_admission(self):
        """Return ``{savings type: amount still to be paid}`` of the types that admission asks for."""
        self.ensure_one()
        paid = self._get_savings_balances().get(self, {})
        date = self.date_joined or fields.Date.context_today(self)
        missing = {}
        for savings_type in self._get_savings_types().filtered('required_for_admission'):
            lacking = savings_type._get_amount(date) - paid.get(savings_type, 0.0)
            if self.currency_id.compare_amounts(lacking, 0.0) > 0:
                missing[savings_type] = lacking
        return missing

    def _get_savings_types(self):
        return self.env['coop.savings.type'].with_context(active_test=False).search(
            [('company_id', 'in', self.company_id.ids)],
        )

    def _get_savings_balances(self, date=None):
        """Return ``{membership: {savings type: balance}}`` as the ledger has it, whoever booked it.

        One grouped query over posted journal items of the members and of the contacts below them. Whoever was a member
        more than once has a balance in each membership: see :meth:`_pick_by_day`; that takes one query more.

        :param date: balance at the end of that day; everything posted by default.
        :return: amounts in the company's currency, positive when the member has saved.
        """
        self.fetch(['partner_id', 'company_id'])
        types = self._get_savings_types()
        by_account = {savings_type.account_id: savings_type for savings_type in types if savings_type.account_id}
        by_company = types.grouped('company_id')
        balances = {
            membership: dict.fromkeys(by_company.get(membership.company_id, ()), 0.0) for membership in self
        }
        if not by_account or not self:
            return balances
        domain = self._get_savings_domain(by_account, date)
        several = self._get_several(self.partner_id, self.company_id)
        current = {
            (membership.partner_id, membership.company_id): membership for membership in self
            if (membership.partner_id, membership.company_id) not in several
        }
        groups = ['partner_id.commercial_partner_id', 'company_id', 'account_id']
        # sudo: an officer sees the members' savings without access to the journal items themselves
        items = self.env['account.move.line'].sudo()
        for partner, company, account, balance in items._read_group(domain, groups, ['balance:sum']):
            membership = current.get((partner, company))
            if membership:
                balances[membership][by_account[account]] -= balance
        if several:
            of_several = domain & Domain('partner_id.commercial_partner_id', 'in', [p.id for p, _company in several])
            for partner, company, account, day, balance in items._read_group(
                of_several, [*groups, 'date:day'], ['balance:sum'],
            ):
                memberships = several.get((partner, company))
                membership = memberships._pick_by_day(day) if memberships else None
                if membership in balances:
                    balances[membership][by_account[account]] -= balance
        return balances

    def _get_lowest_savings(self, date):
        """Return ``{membership: {savings type: (lowest balance, its day)}}`` from ``date`` on.

        What is taken out on ``date`` is missing on every later day too. Two grouped queries, and the one that
        :meth:`_get_savings_balances` adds for those who were a member more than once.

        :return: amounts in the company's currency at the end of that day, with the first day that has it.
        """
        running = self._get_savings_balances(date)
        lowest = {
            membership: {savings_type: (amount, date) for savings_type, amount in by_type.items()}
            for membership, by_type in running.items()
        }
        by_account = {
            savings_type.account_id: savings_type for savings_type in self._get_savings_types()
            if savings_type.account_id
        }
        if not by_account or not self:
            return lowest
        members = {(membership.partner_id, membership.company_id): membership for membership in self}
        several = self._get_several(self.partner_id, self.company_id)
        # sudo: see _get_savings_balances
        rows = self.env['account.move.line'].sudo()._read_group(
            self._get_savings_domain(by_account, None) & Domain('date', '>', date),
            ['date:day', 'partner_id.commercial_partner_id', 'company_id', 'account_id'], ['balance:sum'],
            order='date:day',
        )
        for day, partner, company, account, balance in rows:
            memberships = several.get((partner, company))
            membership = memberships._pick_by_day(day) if memberships else members.get((partner, company))
            if membership not in running:
                continue
            savings_type = by_account[account]
            running[membership][savings_type] -= balance
            if running[membership][savings_type] < lowest[membership][savings_type][0]:
                lowest[membership][savings_type] = (running[membership][savings_type], day)
        return lowest

    def _get_savings_domain(self, by_account, date):
        domain = Domain([
            ('parent_state', '=', 'posted'),
            ('account_id', 'in', [account.id for account in by_account]),
            ('company_id', 'in', self.company_id.ids),
            ('partner_id.commercial_partner_id', 'in', self.partner_id.ids),
        ])
        return domain & Domain('date', '<=', date) if date else domain

    def _get_arrears(self, date=None):
        """Return ``{membership: {savings type: arrears}}`` of mandatory savings.

        Arrears are what the dated rates required from the month of joining to the month of ``date``, less what is
        paid; whoever paid ahead has none.

        :param date: last day that counts; today by default.
        """
        date = date or fields.Date.context_today(self)
        self.fetch(['state', 'date_joined'])
        required = {}
        arrears = {}
        for membership, by_type in self._get_savings_balances().items():
            if membership.state not in ('active', 'suspended'):
                continue
            arrears[membership] = {}
            for savings_type, balance in by_type.items():
                if savings_type.kind != 'mandatory':
                    continue
                key = (savings_type, membership.date_joined)
                if key not in required:
                    required[key] = savings_type._get_required(membership.date_joined, date)
                arrears[membership][savings_type] = max(0.0, required[key] - balance)
        return arrears
