from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.producer_cooperative.tools.member_numbers import significant
from odoo.addons.producer_cooperative.tools.ordering import natural_key


class CoopMembership(models.Model):
    """Finding a member by the number that somebody types or scans, and ranking members by it."""
    _inherit = 'coop.membership'

    _significant_number_idx = models.Index("(company_id, regexp_replace(number, '^[^1-9]*', ''))")

    # === CRUD METHODS === #

    @api.model
    def name_search(self, name='', domain=None, operator='ilike', limit=100):
        """Offer the member with exactly this number first; 12 finds 00012, before any number that contains 12."""
        number = (name or '').strip()
        if operator not in ('=', 'ilike') or not any(character.isdigit() for character in number):
            return super().name_search(name, domain, operator, limit)
        domain = Domain(domain or Domain.TRUE)
        exact = self._find_by_numbers([number], self.env.companies)[number].filtered_domain(domain)
        others = super().name_search(name, domain & Domain('id', 'not in', exact.ids), operator, limit)
        if operator == '=' and others:
            return others
        return [(member.id, member.display_name) for member in exact] + others[:limit and max(limit - len(exact), 0)]

    # === BUSINESS METHODS === #

    @api.model
    def _find_by_numbers(self, numbers, companies):
        """Look up members by the numbers that were typed, in one query.

        A number as it stands in the register wins; plain digits also find the number that has them after zeros and
        letters, so that 12 finds 00012 and M-0012.

        :param numbers: as typed.
        :return: ``{typed: memberships}``, several when a number is ambiguous, none when it is unknown.
        """
        plain = {number: significant(number) for number in numbers if number.isdigit() and significant(number)}
        query = self._search([
            ('company_id', 'in', companies.ids), ('number', '!=', False),
        ])
        column = SQL.identifier(self._table, 'number')
        query.add_where(SQL(
            "(%(column)s IN %(typed)s OR regexp_replace(%(column)s, '^[^1-9]*', '') IN %(plain)s)",
            column=column, typed=tuple(numbers) or (None,), plain=tuple(plain.values()) or (None,),
        ))
        members = self.browse(query)
        by_number = members.grouped('number')
        by_plain = members.grouped(lambda member: significant(member.number))
        nobody = self.browse()
        return {
            number: by_number.get(number) or by_plain.get(plain.get(number), nobody) for number in numbers
        }

    def _get_rank(self):
        """Return the key that decides between equal remainders: the lower member number comes first."""
        self.ensure_one()
        return natural_key(self.number), self.id
