from __future__ import annotations

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from odoo.addons.producer_cooperative.models.coop_shu_base_value import UNDECIDED_STATES

#: Proof, in the context, that the rule itself writes its shares and keeps the history. A Python object and not a value:
#: nobody can send it over RPC.
RULE_TOKEN = object()
#: What may change after the meeting decided by the rule: nothing that the surplus was shared by.
FREE_FIELDS = {'active', 'note', 'unclaimed_years', 'unclaimed_account_id'}
#: What the history tells of each share beside its percentage.
TOLD_FIELDS = ('kind', 'fund', 'base', 'denominator_base', 'category_ids', 'unit_name', 'takes_remainder', 'account_id')
#: What a new rule begins with on the screen: a split that many bylaws have, the members' 40 per cent as 30 to 70.
COMMON_SHARES = (
    {'kind': 'reserve', 'percent': 40},
    {'kind': 'capital', 'percent': 12},
    {'kind': 'patronage', 'base': 'purchases', 'percent': 28},
    {'kind': 'fund', 'fund': 'board', 'percent': 5},
    {'kind': 'fund', 'fund': 'staff', 'percent': 5},
    {'kind': 'fund', 'fund': 'education', 'percent': 5},
    {'kind': 'fund', 'fund': 'social', 'percent': 5},
)


class CoopShuRule(models.Model):
    """A rule through the years: until when it holds, what was shared by it, its copy for a new year, its history."""
    _inherit = 'coop.shu.rule'

    date_until = fields.Date(
        string="In Force Until", compute='_compute_date_until',
        help="The day before the next rule; empty for the last.",
    )
    allocation_ids = fields.One2many(
        comodel_name='coop.shu.allocation', inverse_name='rule_id', string="SHU Allocations", readonly=True,
    )
    allocation_count = fields.Integer(string="Used", compute='_compute_allocation_count', compute_sudo=True)
    is_frozen = fields.Boolean(
        string="Frozen", compute='_compute_allocation_count', compute_sudo=True,
        help="The meeting decided by this rule: it stays as it was.",
    )
    is_capital_only = fields.Boolean(compute='_compute_is_capital_only')
    has_numbers = fields.Boolean(compute='_compute_is_capital_only')

    # === DEFAULT METHODS === #

    @api.model
    def default_get(self, fields):
        """Let a rule that is begun on the screen have shares to start from."""
        values = super().default_get(fields)
        if self.env.context.get('coop_common_shares') and 'share_ids' in fields:
            values.setdefault('share_ids', [
                Command.create({'sequence': number, **share}) for number, share in enumerate(COMMON_SHARES, start=1)
            ])
        return values

    # === COMPUTE METHODS === #

    @api.depends('name', 'date_from')
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = self.env._(
                "%(name)s, from %(date)s", name=rule.name, date=format_date(self.env, rule.date_from),
            ) if rule.name and rule.date_from else rule.name

    @api.depends('company_id', 'date_from', 'active')
    def _compute_date_until(self):
        rules = self.search([('company_id', 'in', self.company_id.ids)], order='date_from')
        starts = rules.grouped('company_id')
        for rule in self:
            later = [
                other.date_from for other in starts.get(rule.company_id, ())
                if rule.date_from and other.date_from > rule.date_from
            ]
            rule.date_until = fields.Date.subtract(min(later), days=1) if later else False

    @api.depends('allocation_ids.state')
    def _compute_allocation_count(self):
        # sudo (compute_sudo): how often the rule was used, whoever reads it
        for rule in self:
            used = rule.allocation_ids.filtered(lambda allocation: allocation.state not in ('draft', 'cancelled'))
            rule.allocation_count = len(used)
            rule.is_frozen = any(allocation.state not in UNDECIDED_STATES for allocation in used)

    @api.depends('share_ids.kind', 'share_ids.base')
    def _compute_is_capital_only(self):
        for rule in self:
            kinds = set(rule.share_ids.mapped('kind'))
            rule.is_capital_only = 'capital' in kinds and 'patronage' not in kinds
            rule.has_numbers = any(share.kind == 'patronage' and share.base == 'imported' for share in rule.share_ids)

    # === CRUD METHODS === #

    def copy_data(self, default=None):
        """Let the copy begin with the next year that no rule begins with: of one day there is one rule.

        Savings types that were made since the rule was are added: nobody chose to leave them out.
        """
        default = dict(default or {})
        return [
            {
                **vals, 'date_from': default.get('date_from') or rule._get_next_start(),
                'savings_type_ids': default.get('savings_type_ids') or [
                    Command.set((rule.savings_type_ids | rule._find_newer_capital_types()).ids),
                ],
            }
            for rule, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def write(self, vals):
        if vals.keys() - FREE_FIELDS - self._get_mail_fields():
            self._check_not_decided()
        if 'unclaimed_years' in vals:
            self._check_term_not_shortened(vals['unclaimed_years'])
        before = {rule: rule._describe_shares() for rule in self}
        res = super(CoopShuRule, self.with_context(coop_rule_token=RULE_TOKEN)).write(vals)
        if vals.keys() - FREE_FIELDS - self._get_mail_fields():
            self._reset_computations()
        for rule, shares in before.items():
            rule.with_env(self.env)._log_shares(shares)
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.filtered('allocation_ids')
        if used:
            raise UserError(self.env._(
                "%(rule)s belongs to %(allocation)s and stays. Archive it instead.",
                rule=used[0].display_name, allocation=used[0].sudo().allocation_ids[0].display_name,  # sudo: its name
            ))

    @api.model
    def _get_mail_fields(self):
        """Return the fields of discussion and activities, which are no part of the rule."""
        return {name for name in self._fields if name.startswith(('message_', 'activity_', 'my_activity'))}

    # === ACTIONS === #

    def action_copy_for_new_year(self):
        """Make the rule of the next year from this one, and open it.

        :raises AccessError: for who may not write rules.
        """
        self.ensure_one()
        new = self.copy()
        new._message_log(body=self.env._("Copied from %s", self.display_name))
        return new._get_records_action()

    def action_open_allocations(self):
        """Open what was shared by this rule."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_shu_allocation_action'),
            'domain': [('rule_id', '=', self.id)], 'context': {'create': False},
        }

    def action_open_numbers(self):
        """Open the numbers entered per member for the shares of this rule."""
        self.ensure_one()
        shares = self.share_ids.filtered(lambda share: share.base == 'imported')
        return {
            **self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_shu_base_value_action'),
            'domain': [('share_id', 'in', shares.ids)],
            'context': {'default_share_id': shares.id} if len(shares) == 1 else {},
        }

    # === BUSINESS METHODS === #

    def _get_next_start(self):
        """Return the first day of the company's fiscal year that comes next and has no rule of its own."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        start = self.company_id.compute_fiscalyear_dates(today)['date_from']
        # archived rules keep their day too
        taken = set(self.with_context(active_test=False).search(
            [('company_id', '=', self.company_id.id)],
        ).mapped('date_from'))
        while start <= self.date_from or start in taken:
            start += relativedelta(years=1)
        return start

    def _check_not_decided(self):
        """Refuse to change a rule by which an approved surplus was shared, or one is being computed.

        :raises UserError: naming the allocation and what to do.
        """
        # sudo: which allocations rest on the rule, whoever changes it
        allocation = self.env['coop.shu.allocation'].sudo().search([
            ('rule_id', 'in', self.ids), ('state', 'not in', UNDECIDED_STATES),
        ], limit=1)
        if allocation:
            raise UserError(self.env._(
                "%(allocation)s goes by %(rule)s, which therefore stays as it is. Copy the rule for a new year and"
                " change the copy.", allocation=allocation.display_name, rule=allocation.rule_id.display_name,
            ))

    def _reset_computations(self):
        """Ask for a new computation of what was computed by the rule as it was."""
        # sudo: see _check_not_decided
        self.env['coop.shu.allocation'].sudo().search([
            ('rule_id', 'in', self.ids), ('state', '=', 'computed'),
        ])._reset_computation()

    # === BUSINESS METHODS - HISTORY === #

    def _describe_shares(self):
        """Return the shares in one line, and what the history tells of each of them."""
        self.ensure_one()
        return {
            'line': " · ".join(f"{share.name} {share.percent:g} %" for share in self.share_ids),
            'details': {share: share._describe_details() for share in self.share_ids},
        }

    def _log_shares(self, before):
        """Keep in the chatter what the shares were, and are."""
        self.ensure_one()
        after = self._describe_shares()
        if after['line'] != before['line']:
            self._message_log(body=self.env._(
                "Shares changed from %(before)s to %(after)s", before=before['line'], after=after['line'],
            ))
        for share, details in after['details'].items():
            changes = [
                f"{label}: {was or '–'} → {details[label] or '–'}"
                for label, was in before['details'].get(share, details).items() if was != details[label]
            ]
            if changes:
                self._message_log(body=self.env._(
                    "“%(share)s” changed: %(changes)s", share=share.name, changes="; ".join(changes),
                ))


class CoopShuRuleShare(models.Model):
    """Shares change with their rule, and its history tells."""
    _inherit = 'coop.shu.rule.share'

    # === COMPUTE METHODS === #

    @api.depends('name', 'rule_id.display_name')
    @api.depends_context('coop_name_with_rule')
    def _compute_display_name(self):
        for share in self:
            with_rule = self.env.context.get('coop_name_with_rule') and share.rule_id
            share.display_name = f"{share.name} ({share.rule_id.display_name})" if with_rule else share.name

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get('coop_rule_token') is RULE_TOKEN:
            return super().create(vals_list)
        rules = self.env['coop.shu.rule'].browse({vals['rule_id'] for vals in vals_list if vals.get('rule_id')})
        with_shares = rules.filtered('share_ids')  # one that is being made has no history yet
        rules._check_not_decided()
        before = {rule: rule._describe_shares() for rule in with_shares}
        shares = super().create(vals_list)
        self._follow_up(rules, before)
        return shares

    def write(self, vals):
        if self.env.context.get('coop_rule_token') is RULE_TOKEN:
            return super().write(vals)
        rules = self.rule_id
        rules._check_not_decided()
        before = {rule: rule._describe_shares() for rule in rules}
        res = super().write(vals)
        self.rule_id._check_not_decided()  # the share may belong to another rule now
        self._follow_up(rules | self.rule_id, before)
        return res

    def unlink(self):
        if self.env.context.get('coop_rule_token') is RULE_TOKEN:
            return super().unlink()
        rules = self.rule_id
        rules._check_not_decided()
        before = {rule: rule._describe_shares() for rule in rules}
        res = super().unlink()
        self._follow_up(rules, before)
        return res

    def _follow_up(self, rules, before):
        """Check rules of which shares were changed by themselves, and note it in their history."""
        rules.filtered('share_ids')._check_shares()
        rules._check_remainder()
        rules._reset_computations()
        for rule, shares in before.items():
            rule._log_shares(shares)

    # === BUSINESS METHODS === #

    def _describe_details(self):
        """Return ``{label: value as it reads}`` of what the history tells."""
        self.ensure_one()
        details = {}
        for name in TOLD_FIELDS:
            field, value = self._fields[name], self[name]
            if field.type == 'selection':
                value = dict(field._description_selection(self.env)).get(value)
            elif field.relational:
                value = ", ".join(value.mapped('display_name'))
            elif field.type == 'boolean':
                value = self.env._("yes") if value else self.env._("no")
            details[field._description_string(self.env)] = value or ""
        return details
