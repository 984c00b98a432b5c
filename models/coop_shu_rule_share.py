from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.producer_cooperative.models.coop_shu_rule import PERCENT_DIGITS

#: Types of account that a share may be credited to, by the kind of the share.
ACCOUNT_TYPES = {
    'reserve': ('equity',),
    'fund': ('liability_current', 'liability_non_current'),
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
    fund = fields.Selection(
        selection=[
            ('board', "Board"), ('staff', "Staff"), ('education', "Education"), ('social', "Social"),
            ('area', "Working Area"),
        ],
    )
    base = fields.Selection(
        selection=[
            ('purchases', "Purchases from the Cooperative"), ('deliveries', "Goods Sold to the Cooperative"),
            ('consigned', "Sales of Consigned Goods"), ('commission', "Commission on Consigned Goods"),
        ],
        string="Patronage By",
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

    @api.constrains('kind', 'account_id', 'base')
    def _check_kind(self):
        for share in self:
            if share.kind == 'patronage' and not share.base:
                raise ValidationError(self.env._("Say by which business the share “%s” goes to members.", share.name))
            if share.account_id and share.account_id.account_type not in ACCOUNT_TYPES.get(share.kind, ()):
                raise ValidationError(share._account_error_message())

    def _account_error_message(self):
        self.ensure_one()
        if self.kind == 'reserve':
            return self.env._("The reserve is equity; %s is not.", self.account_id.display_name)
        if self.kind == 'fund':
            return self.env._("A fund is a liability; %s is not.", self.account_id.display_name)
        return self.env._("“%s” goes to members: it is owed on the account that the rule names.", self.name)

    # === BUSINESS METHODS === #

    def _is_for_members(self):
        self.ensure_one()
        return self.kind in MEMBER_KINDS

    def _get_patronage(self, date_from, date_to):
        """Return the members' business with the cooperative by the base of this share.

        For a room to add a base, it must add it to ``base`` and define ``_get_patronage_<base>`` with the arguments
        and the result of this method.

        :return: ``{membership: amount}`` in the company's currency, untaxed, both days included; negative where more
            came back than was bought.
        """
        self.ensure_one()
        return getattr(self, f'_get_patronage_{self.base}')(date_from, date_to)

    def _get_patronage_purchases(self, date_from, date_to):
        """Return what members bought: posted invoices less credit notes."""
        return self._sum_documents(self._get_purchases_domain(), date_from, date_to, sign=1)

    def _get_patronage_deliveries(self, date_from, date_to):
        """Return what members sold to the cooperative: posted bills less refunds."""
        return self._sum_documents(self._get_deliveries_domain(), date_from, date_to, sign=-1)

    def _get_patronage_consigned(self, date_from, date_to):
        """Return what was sold of the members' consigned goods, by the settlements of the period."""
        return self._sum_settlements('amount', date_from, date_to)

    def _get_patronage_commission(self, date_from, date_to):
        """Return the commission that members paid, by the settlements of the period."""
        return self._sum_settlements('commission', date_from, date_to)

    def _sum_settlements(self, field_name, date_from, date_to):
        # sudo: sums per member, see _sum_documents
        groups = self.env['coop.settlement.line'].sudo()._read_group([
            ('state', '=', 'posted'), ('company_id', '=', self.company_id.id), ('date', '>=', date_from),
            ('date', '<=', date_to),
        ], ['settlement_id.membership_id'], [f'{field_name}:sum'])
        return {membership.with_env(self.env): amount for membership, amount in groups}

    def _get_purchases_domain(self):
        """Return which documents count as purchases; for a room to leave some out, it must override this method.

        The invoice of a settlement's commission is no purchase; the commission is a base of its own.
        """
        invoices = Domain('move_type', 'in', self.env['account.move'].get_sale_types(include_receipts=True))
        return invoices & Domain('coop_source_model', 'not in', ['coop.settlement'])

    def _get_deliveries_domain(self):
        """Return which documents count as goods sold to the cooperative.

        Goods that the cooperative sold on a member's behalf are not among them: their bill shows the proceeds less
        commission and is a base of its own. For a room to leave out more, it must override this method.
        """
        bills = Domain('move_type', 'in', self.env['account.move'].get_purchase_types(include_receipts=True))
        return bills & Domain('coop_source_model', 'not in', ['coop.settlement'])

    def _sum_documents(self, domain, date_from, date_to, sign):
        # sudo: sums per member, for an accountant or officer whoever's documents they are
        groups = self.env['account.move'].sudo()._read_group(
            domain & Domain([
                ('state', '=', 'posted'), ('company_id', '=', self.company_id.id), ('coop_membership_id', '!=', False),
                ('date', '>=', date_from), ('date', '<=', date_to),
            ]),
            ['coop_membership_id'], ['amount_untaxed_signed:sum'],
        )
        return {membership.with_env(self.env): sign * amount for membership, amount in groups}

    @api.model
    def _selection_base(self):
        """Return the bases that exist, for models that keep a copy of a share."""
        return self._fields['base']._description_selection(self.env)
