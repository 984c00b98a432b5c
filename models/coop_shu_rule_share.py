from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.producer_cooperative.models.coop_company_account import ACCOUNTS
from odoo.addons.producer_cooperative.models.coop_shu_rule import PERCENT_DIGITS

#: Funds that every cooperative has an account for.
FUND_KINDS = [
    ('board', "Board"), ('staff', "Staff"), ('education', "Education"), ('social', "Social"), ('area', "Working Area"),
]
#: Types of account that a share may be credited to, by the kind of the share.
ACCOUNT_TYPES = {
    'reserve': ('equity',),
    'fund': ('liability_current', 'liability_non_current'),
}
#: What an account of the cooperative may be there for, by the kind of the share that is credited to it.
ACCOUNT_KEYS = {
    'reserve': {'reserve'},
    'fund': {key for key in ACCOUNTS if key.startswith('fund_')},
}
MEMBER_KINDS = ('capital', 'patronage')


class CoopShuRuleShare(models.Model):
    """One share of the surplus under a rule, and where it goes."""
    _name = 'coop.shu.rule.share'
    _description = "SHU Share"
    _order = 'rule_id, sequence, id'
    _check_company_auto = True

    rule_id = fields.Many2one(comodel_name='coop.shu.rule', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='rule_id.company_id', store=True, precompute=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="Share", required=True, compute='_compute_name', store=True, readonly=False, precompute=True,
    )
    kind = fields.Selection(
        selection=[
            ('reserve', "Reserve"), ('fund', "Fund"), ('capital', "Members by Capital"),
            ('patronage', "Members by Patronage"),
        ],
        required=True, default='reserve',
    )
    fund = fields.Selection(selection=FUND_KINDS)
    base = fields.Selection(
        selection=[
            ('purchases', "Purchases from the Cooperative"), ('deliveries', "Goods Sold to the Cooperative"),
            ('consigned', "Sales of Consigned Goods"), ('commission', "Commission on Consigned Goods"),
            ('imported', "A Number Entered per Member"),
        ],
        string="Patronage By",
        help="Business as posted in the period, untaxed, less what was credited back. Goods that the cooperative sells"
             " on a member's behalf count for that member, not for the buyer. Of bills, lines with a product count.",
    )
    denominator_base = fields.Selection(
        selection=[('members', "Members Who Share"), ('cooperative', "The Whole Cooperative")],
        string="Divided By", required=True, default='members',
        help="What a member's number is divided by: that of all who share, or that of the whole cooperative, where what"
             " falls on others goes to the reserve.",
    )
    category_ids = fields.Many2many(
        comodel_name='product.category', relation='coop_shu_rule_share_category_rel', string="Only These Products",
        help="Product categories that count, with those below them; all when empty.",
    )
    unit_name = fields.Char(string="Unit", translate=True, help="What is counted per member, e.g. litres or hours.")
    takes_remainder = fields.Boolean(
        string="Takes What Rounding Leaves", help="Instead of the reserve: what cannot be shared out in whole units.",
    )
    percent = fields.Float(required=True, digits=PERCENT_DIGITS)
    account_id = fields.Many2one(
        comodel_name='account.account', check_company=True, ondelete='restrict', index='btree_not_null',
        compute='_compute_account_id', store=True, readonly=False, precompute=True,
        domain="[('account_type', 'in', ('equity', 'liability_current', 'liability_non_current'))]",
        help="Equity for the reserve, a liability for a fund. What members get is owed to each of them.",
    )

    _percent_positive = models.Constraint(
        'CHECK (percent > 0 AND percent <= 100)', "A share is more than 0 and at most 100 per cent.",
    )

    # === COMPUTE METHODS === #

    @api.depends('kind', 'fund', 'base')
    def _compute_name(self):
        """Name the share after its fund or base, else after its kind."""
        for share in self:
            field_name = {'fund': 'fund', 'patronage': 'base'}.get(share.kind, 'kind')
            if not share[field_name]:
                field_name = 'kind'
            share.name = dict(share._fields[field_name]._description_selection(self.env)).get(share[field_name])

    @api.depends('kind', 'fund', 'rule_id.company_id')
    def _compute_account_id(self):
        for share in self:
            company = share.rule_id.company_id
            key = {'reserve': 'reserve', 'fund': share.fund and f'fund_{share.fund}'}.get(share.kind)
            share.account_id = company._find_coop_account(key) if company and key else False

    # === CONSTRAINT METHODS === #

    @api.constrains('name')
    def _check_name(self):
        for share in self:
            if not share.name.strip():
                raise ValidationError(self.env._(
                    "%s has no name: members read on their statement what they get it for.", share._get_line_label(),
                ))

    @api.constrains('percent')
    def _check_percent(self):
        for share in self:
            if not 0 < share.percent <= 100:
                raise ValidationError(self.env._(
                    "%(line)s has %(percent)s %%: a share is more than 0 and at most 100 per cent.",
                    line=share._get_line_label(), percent=f"{share.percent:g}",
                ))

    @api.constrains('kind', 'account_id', 'base', 'fund')
    def _check_kind(self):
        for share in self:
            if share.kind == 'patronage' and not share.base:
                raise ValidationError(self.env._(
                    "%s goes to members: say by which business.", share._get_line_label(),
                ))
            if share.account_id and share.account_id.account_type not in ACCOUNT_TYPES.get(share.kind, ()):
                raise ValidationError(share._account_error_message())
            share._check_account_is_free()

    @api.constrains('takes_remainder', 'kind')
    def _check_remainder(self):
        for share in self.filtered('takes_remainder'):
            if share._is_for_members():
                raise ValidationError(self.env._(
                    "%s goes to members and cannot take what rounding leaves. Tick the reserve or a fund.",
                    share._get_line_label(),
                ))

    def _check_account_is_free(self):
        """Refuse accounts that hold something else: members' savings, members' proceeds, what is not shared yet.

        :raises ValidationError: naming the line and what the account holds.
        """
        self.ensure_one()
        if not self.account_id:
            return
        savings_type = self.env['coop.savings.type'].with_context(active_test=False).search([
            ('company_id', '=', self.company_id.id), ('account_id', '=', self.account_id.id),
        ], limit=1)
        if savings_type:
            raise ValidationError(self.env._(
                "%(line)s: %(account)s holds members' savings (%(savings)s). Choose an account of its own.",
                line=self._get_line_label(), account=self.account_id.display_name, savings=savings_type.name,
            ))
        purpose = self.company_id._get_other_purpose(self.account_id, ACCOUNT_KEYS.get(self.kind, ()))
        if purpose:
            raise ValidationError(self.env._(
                "%(line)s: %(account)s is there for something else (%(purpose)s). Choose an account of its own.",
                line=self._get_line_label(), account=self.account_id.display_name, purpose=purpose,
            ))

    def _get_line_label(self):
        """Return where the share stands in its rule, for messages."""
        self.ensure_one()
        lines = self.rule_id.share_ids.sorted(lambda share: (share.sequence, share.id))
        number = list(lines).index(self) + 1 if self in lines else len(lines) + 1
        return self.env._("Line %(number)s, “%(share)s”", number=number, share=self.name)

    def _account_error_message(self):
        self.ensure_one()
        line, account = self._get_line_label(), self.account_id.display_name
        if self.kind == 'reserve':
            return self.env._("%(line)s: The reserve is equity; %(account)s is not.", line=line, account=account)
        if self.kind == 'fund':
            return self.env._("%(line)s: A fund is a liability; %(account)s is not.", line=line, account=account)
        return self.env._("%s goes to members: it is owed on the account that the rule names.", line)

    # === BUSINESS METHODS === #

    def _is_for_members(self):
        self.ensure_one()
        return self.kind in MEMBER_KINDS

    def _get_base_sql(self, date_from, date_to):
        """Return a SELECT of the members' business with the cooperative by the base of this share.

        The columns are ``membership_id`` and ``amount``: any number of rows per membership, which add up; rows without
        a membership are business with others. The amounts are in the company's currency, untaxed, as they were posted;
        for a number entered per member, in its unit. The caller flushes nothing: what is read is flushed here.

        For a room to add a base, it must add it to ``base``, and to ``coop.shu.business`` where it is read from
        documents; for any other, it must define ``_get_base_sql_<base>`` with the arguments and result of this method.

        :param date_from: first day that counts.
        :param date_to: last day that counts.
        """
        self.ensure_one()
        return getattr(self, f'_get_base_sql_{self.base}', self._get_business_sql)(date_from, date_to)

    def _get_base_sql_imported(self, date_from, date_to):
        """Return the numbers entered per member for this share, of periods that end in this one."""
        self.env['coop.shu.base.value'].flush_model()
        return SQL(
            "SELECT membership_id, quantity AS amount FROM coop_shu_base_value"
            " WHERE share_id = %s AND date_to BETWEEN %s AND %s", self.id, date_from, date_to,
        )

    def _get_business_sql(self, date_from, date_to):
        """Return what documents say that members bought, sold, had sold for them, or paid as commission."""
        business = self.env['coop.shu.business']
        business._flush_sources()
        return SQL(
            "SELECT %s AS membership_id, %s AS amount %s", business._get_membership_column(self.base),
            business._get_amount_column(self.base),
            business._get_source(self.base, self.company_id, date_from, date_to, self._get_categories()),
        )

    def _get_categories(self):
        """Return the product categories that count, with those below them; empty for all."""
        self.ensure_one()
        return self.env['product.category'].search([('id', 'child_of', self.category_ids.ids)])

    def _get_base_documents_action(self, membership, date_from, date_to):
        """Return an action that opens the documents behind a member's number; they add up to it.

        :param membership: the member; an empty recordset for business without a member.
        """
        self.ensure_one()
        if self.kind == 'capital':
            return self._get_capital_action(membership, date_from, date_to)
        if self.base == 'imported':
            return {
                **self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_shu_base_value_action'),
                'domain': [
                    ('share_id', '=', self.id), ('membership_id', '=', membership.id),
                    ('date_to', '>=', date_from), ('date_to', '<=', date_to),
                ],
                'context': {'create': False},
            }
        domain = [
            ('base', '=', self.base), ('company_id', '=', self.company_id.id),
            ('membership_id', '=', membership.id), ('date', '>=', date_from), ('date', '<=', date_to),
        ]
        if self.category_ids:
            domain.append(('category_id', 'child_of', self.category_ids.ids))
        title = self.env._(
            "%(share)s: %(member)s", share=self.name,
            member=membership.display_name or self.env._("Without a Member"),
        )
        return {
            **self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_shu_business_action'),
            'name': title, 'display_name': title, 'domain': domain, 'context': {'create': False},
        }

    def _get_capital_action(self, membership, date_from, date_to):
        """Return an action that opens the movements of the member's capital, with what each of them counts as."""
        rule = self.rule_id
        counts_days = rule.capital_base == 'average' or rule._counts_days_of(membership, date_from, date_to)
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("%(share)s: %(member)s", share=self.name, member=membership.display_name),
            'res_model': 'coop.savings.movement',
            'view_mode': 'list',
            'views': [(self.env.ref('producer_cooperative.coop_savings_movement_view_list_shu').id, 'list')],
            'domain': [
                ('membership_id', '=', membership.id), ('date', '<=', date_to),
                ('type_id', 'in', rule._get_capital_types().ids),
            ],
            'context': {
                'create': False, 'coop_shu_rule': rule.id, 'coop_shu_counts_days': counts_days,
                'coop_shu_first': fields.Date.to_string(date_from), 'coop_shu_last': fields.Date.to_string(date_to),
            },
        }

    @api.model
    def _selection_base(self):
        """Return the bases that exist, for models that keep a copy of a share."""
        return self._fields['base']._description_selection(self.env)
