from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.producer_cooperative.models.coop_shu_rule import PERCENT_DIGITS
from odoo.addons.producer_cooperative.tools.errors import RuleRefusal
from odoo.addons.producer_cooperative.tools.shu import split_fund
from odoo.addons.producer_cooperative.tools.units import from_units, to_decimal


class CoopShuRulePerson(models.Model):
    """One person's part of a fund share: the chair, the secretary, the treasurer."""
    _name = 'coop.shu.rule.person'
    _description = "Person in a Fund Share"
    _order = 'share_id, sequence, id'
    _check_company_auto = True

    share_id = fields.Many2one(comodel_name='coop.shu.rule.share', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='share_id.company_id', store=True, precompute=True)
    sequence = fields.Integer(default=10)
    role = fields.Char(string="Office", help="Chair, secretary, treasurer, bookkeeper …")
    partner_id = fields.Many2one(
        comodel_name='res.partner', string="Person", required=True, check_company=True, index=True,
        ondelete='restrict',
    )
    percent = fields.Float(required=True, digits=PERCENT_DIGITS)

    _percent_positive = models.Constraint(
        'CHECK (percent > 0 AND percent <= 100)', "A part is more than 0 and at most 100 per cent.",
    )
    _person_uniq = models.Constraint('UNIQUE (share_id, partner_id)', "This person is named already.")

    # === COMPUTE METHODS === #

    @api.depends('role', 'partner_id', 'percent')
    def _compute_display_name(self):
        for person in self:
            person.display_name = f"{person.role or ''} {person.partner_id.name or ''} {person.percent:g} %".strip()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        persons = super().create(vals_list)
        persons.share_id.rule_id._check_not_decided()
        return persons

    def write(self, vals):
        self.share_id.rule_id._check_not_decided()
        res = super().write(vals)
        self.share_id.rule_id._check_not_decided()  # the share may be another rule's now
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        self.share_id.rule_id._check_not_decided()


class CoopShuRuleShare(models.Model):
    """How a fund share is split among persons."""
    _inherit = 'coop.shu.rule.share'

    person_ids = fields.One2many(
        comodel_name='coop.shu.rule.person', inverse_name='share_id', string="Persons", copy=True,
        help="Who gets the board's or the staff's share, each with a part of it; together 100 %.",
    )
    person_count = fields.Integer(string="Number of Persons", compute='_compute_person_count')
    rule_is_frozen = fields.Boolean(related='rule_id.is_frozen', export_string_translation=False)

    # === COMPUTE METHODS === #

    @api.depends('person_ids')
    def _compute_person_count(self):
        for share in self:
            share.person_count = len(share.person_ids)

    # === CONSTRAINT METHODS === #

    @api.constrains('person_ids', 'kind')
    def _check_persons(self):
        """Refuse an inner split that is not the whole, and one of a share that is no fund.

        :raises ValidationError: naming the share and the total.
        """
        for share in self.filtered('person_ids'):
            if share.kind != 'fund':
                raise ValidationError(self.env._(
                    "“%s” is no fund: only a fund's share is split among persons.", share.name,
                ))
            percents = [to_decimal(percent) for percent in share.person_ids.mapped('percent')]
            try:
                split_fund(0, percents)
            except RuleRefusal as refusal:
                raise ValidationError(self.env._(
                    "The parts of the persons in “%(share)s” add up to %(total)s %% and not to 100 %%.",
                    share=share.name, total=f"{refusal.params['total'].normalize():f}",
                )) from None

    # === ACTIONS === #

    def action_open_persons(self):
        """Open who gets this fund share.

        :raises UserError: for a share that is no fund.
        """
        self.ensure_one()
        if self.kind != 'fund':
            raise UserError(self.env._(
                "“%s” is no fund: only a fund's share is split among persons.", self.name,
            ))
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("%s: Persons", self.name),
            'res_model': self._name, 'res_id': self.id, 'view_mode': 'form', 'target': 'new',
            'views': [(self.env.ref('producer_cooperative.coop_shu_rule_share_view_form_persons').id, 'form')],
        }

    # === BUSINESS METHODS === #

    def _describe_details(self):
        field = self._fields['person_ids']
        return {
            **super()._describe_details(),
            field._description_string(self.env): ", ".join(self.person_ids.mapped('display_name')),
        }


class CoopShuAllocationShare(models.Model):
    """A fund's share of a period's surplus among persons."""
    _inherit = 'coop.shu.allocation.share'

    # === BUSINESS METHODS === #

    def _get_persons(self):
        """Return ``{person: (amount, office)}``: the share among the persons of the rule, by largest remainder.

        Parts are multiples of the rule's rounding unit; what is less than one unit stays in the fund.
        """
        self.ensure_one()
        persons = self.rule_share_id.person_ids
        if not persons:
            return {}
        self.rule_share_id._check_persons()
        unit = to_decimal(self.allocation_id.rule_id.rounding_unit)
        parts = split_fund(
            int(to_decimal(self.amount_booked) // unit), [to_decimal(percent) for percent in persons.mapped('percent')],
        )
        return {
            person.partner_id: (float(from_units(part, unit)), person.role)
            for person, part in zip(persons, parts, strict=True)
        }


class CoopShuAllocation(models.Model):
    """What each person gets of the funds."""
    _inherit = 'coop.shu.allocation'

    # === BUSINESS METHODS === #

    def _get_fund_parts(self, account):
        """Return ``{person: (amount, office)}`` of the shares that filled the fund of this account.

        Empty where the rule names nobody: what is spent is then entered by hand.

        :raises UserError: when the allocation did not fill the fund.
        """
        self.ensure_one()
        shares = self.share_ids.filtered(lambda share: share.kind == 'fund' and share.account_id == account)
        if not shares:
            raise UserError(self.env._(
                "%(allocation)s gave nothing to %(fund)s.", allocation=self.display_name, fund=account.name,
            ))
        parts = {}
        for share in shares:
            for partner, (amount, role) in share._get_persons().items():
                before, roles = parts.get(partner, (0.0, []))
                parts[partner] = before + amount, [*roles, *([role] if role else [])]
        return {
            partner: (self.currency_id.round(amount), ", ".join(roles)) for partner, (amount, roles) in parts.items()
        }
