from odoo import api, fields, models

from odoo.addons.producer_cooperative.models.coop_membership import PERSONAL_DATA_GROUPS


class CoopMembership(models.Model):
    """What the register and the savings book say of a member."""
    _inherit = 'coop.membership'

    is_organisation = fields.Boolean(
        related='partner_id.is_company', string="Is an Organisation",
        help="A group, a firm or another cooperative; counted apart from women and men.",
    )
    membership_years = fields.Integer(
        compute='_compute_membership_years', help="Full years since joining, or between joining and leaving.",
    )

    # === COMPUTE METHODS === #

    @api.depends('date_joined', 'date_left')
    def _compute_membership_years(self):
        today = fields.Date.context_today(self)
        for membership in self:
            start, end = membership.date_joined, membership.date_left or today
            years = end.year - start.year - ((end.month, end.day) < (start.month, start.day)) if start else 0
            membership.membership_years = max(0, years)

    # === ACTIONS === #

    def action_view_savings_book(self):
        """Open these members' savings movements with running balances."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'producer_cooperative.coop_savings_book_action_movements',
        )
        return {
            **action, 'domain': [('membership_id', 'in', self.ids)],
            'context': {'search_default_group_by_type': 1, 'coop_book_of': self.ids},
        }

    def action_print_savings_book(self):
        """Ask for the period and print these members' savings books."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_savings_book_action')
        return {**action, 'context': {'default_membership_ids': self.ids, 'dialog_size': 'extra-large'}}

    # === BUSINESS METHODS === #

    @api.model
    def _may_read_personal_data(self):
        """Whether the user may see identity numbers, birth, sex and occupation (UU 27/2022: need to know)."""
        return self.env.su or self.env.user.has_groups(PERSONAL_DATA_GROUPS)

    @api.model
    def _search_admitted(self, company, date):
        """Return everybody who was admitted by that day, those who have left since or before included."""
        return self.search([
            ('company_id', '=', company.id), ('date_joined', '<=', date),
            ('state', 'in', ('active', 'suspended', 'left')),
        ])

    def _get_address_line(self):
        """Return the member's address in one line."""
        self.ensure_one()
        partner = self.partner_id
        return ", ".join(part for part in (partner.street, partner.street2, partner.city, partner.zip) if part)

    def _get_status_on(self, date):
        """Return ``member``, ``former`` or ``candidate``: what they were at the end of that day."""
        self.ensure_one()
        if self._is_member_on(date):
            return 'member'
        return 'former' if self.date_left and self.date_left <= date else 'candidate'

    @api.model
    def _get_people_labels(self):
        """Return ``{key: label}`` of the groups that the agency wants counted apart, organisations among them."""
        return {
            'women': self.env._("Women"),
            'men': self.env._("Men"),
            'organisations': self.env._("Organisations"),
            'unknown': self.env._("Not Stated"),
        }

    def _get_groups_of_people(self):
        """Return ``{key of _get_people_labels: memberships}``; every membership is in exactly one of them."""
        # sudo: only who belongs to which group to be counted; nobody's data is shown by it
        organisations = self.sudo().filtered('is_organisation')
        persons = self.sudo() - organisations
        groups = {
            'women': persons.filtered(lambda membership: membership.sex == 'female'),
            'men': persons.filtered(lambda membership: membership.sex == 'male'),
            'organisations': organisations,
            'unknown': persons.filtered(lambda membership: not membership.sex),
        }
        return {key: people.sudo(self.env.su) for key, people in groups.items()}
