from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.producer_cooperative.models.coop_membership import ADMITTED_STATES
from odoo.addons.producer_cooperative.tools.member_numbers import plain, spellings


class CoopMembershipNumber(models.Model):
    """A number that a member had before it was corrected. It stays this member's: nobody else gets it."""
    _name = 'coop.membership.number'
    _inherit = ['coop.guard.mixin']
    _description = "Former Member Number"
    _rec_name = 'number'
    _order = 'company_id, number'
    _guarded_fields = frozenset({'number', 'membership_id'})

    number = fields.Char(required=True, readonly=True, index=True)
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, readonly=True, index=True, ondelete='cascade',
    )
    company_id = fields.Many2one(related='membership_id.company_id', store=True, precompute=True, index=True)

    _number_uniq = models.Constraint(
        'UNIQUE (company_id, number)', "This member number was given before; a number is never used again.",
    )


class CoopMembership(models.Model):
    """Member numbers: used once, whether the member still has it or not, and whatever zeros stand before it."""
    _inherit = 'coop.membership'

    # === CONSTRAINT METHODS === #

    @api.constrains('number', 'company_id')
    def _check_number_is_free(self):
        for company, memberships in self.filtered('number').grouped('company_id').items():
            holders = self._find_number_holders(memberships.mapped('number'), company)
            for membership in memberships:
                others = holders.get(plain(membership.number), self.browse()) - membership
                if others:
                    raise ValidationError(self._number_error_message(membership.number, others[0]))

    # === CRUD METHODS === #

    def write(self, vals):
        former = [
            {'number': membership.number, 'membership_id': membership.id} for membership in self
            if membership.number and membership.state in ADMITTED_STATES and membership.number != vals['number']
        ] if 'number' in vals else []
        res = super().write(vals)
        # sudo: nobody writes former numbers; that the number may be changed was checked with the change
        Number = self.env['coop.membership.number'].sudo()
        for row in former:
            if not Number.search_count([
                ('number', '=', row['number']), ('membership_id', '=', row['membership_id']),
            ], limit=1):
                Number.create(row)
        return res

    # === BUSINESS METHODS === #

    @api.model
    def _find_number_holders(self, numbers, company):
        """Return ``{number without leading zeros: memberships}`` of who has one of these numbers, or had it before."""
        spelled = list({spelling for number in numbers for spelling in spellings(number)})
        domain = [('company_id', '=', company.id), ('number', 'in', spelled)]
        # sudo: a number is used whether the user sees its member or not
        rows = [(membership.number, membership) for membership in self.sudo().search(domain)]
        rows += [(row.number, row.membership_id) for row in self.env['coop.membership.number'].sudo().search(domain)]
        holders = {}
        for number, membership in rows:
            holders[plain(number)] = holders.get(plain(number), self.browse()) | membership.sudo(self.env.su)
        return holders

    def _number_error_message(self, number, holder):
        holder = holder.sudo()  # sudo: whose number it is, for whoever may give numbers
        if number != holder.number and plain(number) == plain(holder.number or ''):
            return self.env._(
                "The number %(number)s is %(other)s of %(member)s: zeros before it do not make it another one. A"
                " number is never used again.",
                number=number, other=holder.number, member=holder.partner_id.name,
            )
        return self.env._(
            "The number %(number)s was given to %(member)s; a number is never used again.",
            number=number, member=holder.partner_id.name,
        )
