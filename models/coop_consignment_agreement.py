from odoo import api, fields, models
from odoo.exceptions import UserError

SCOPE_FIELDS = {'company_id', 'membership_id', 'categ_id', 'active'}


class CoopConsignmentAgreement(models.Model):
    """What the cooperative takes for selling members' goods: of one member or all, of one kind of goods or all."""
    _name = 'coop.consignment.agreement'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = "Consignment Agreement"
    _order = 'company_id, membership_id, categ_id, id'
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", index='btree_not_null', check_company=True, tracking=True,
        ondelete='restrict', domain="[('state', '!=', 'candidate')]",
        help="Leave empty for the terms that hold for every member without an agreement of their own.",
    )
    partner_id = fields.Many2one(
        related='membership_id.partner_id', string="Owner", store=True, index='btree_not_null',
    )
    categ_id = fields.Many2one(
        comodel_name='product.category', string="Product Category", index='btree_not_null', tracking=True,
        ondelete='restrict',
        help="Leave empty for the terms that hold for all kinds of goods. Terms of a category hold for the categories"
             " below it as well, unless these have terms of their own.",
    )
    active = fields.Boolean(default=True)
    term_ids = fields.One2many(comodel_name='coop.consignment.term', inverse_name='agreement_id', string="Terms")
    current_term_id = fields.Many2one(
        comodel_name='coop.consignment.term', string="In Force Today", compute='_compute_current_term_id',
    )
    note = fields.Html(string="Remarks")

    _one_per_member = models.UniqueIndex(
        "(company_id, membership_id, COALESCE(categ_id, 0)) WHERE active AND membership_id IS NOT NULL",
        "This member has an agreement for these goods already. Add terms to it.",
    )
    _one_for_all = models.UniqueIndex(
        "(company_id, COALESCE(categ_id, 0)) WHERE active AND membership_id IS NULL",
        "There is an agreement of all members for these goods already. Add terms to it.",
    )

    # === COMPUTE METHODS === #

    @api.depends('membership_id', 'categ_id')
    def _compute_display_name(self):
        for agreement in self:
            member = agreement.membership_id.display_name or self.env._("All Members")
            category = agreement.categ_id.display_name
            agreement.display_name = f"{member}, {category}" if category else member

    @api.depends('term_ids.date_from', 'term_ids.date_to')
    def _compute_current_term_id(self):
        today = fields.Date.context_today(self)
        for agreement in self:
            agreement.current_term_id = agreement.term_ids._in_force_on(today)

    # === CRUD METHODS === #

    def write(self, vals):
        before = {agreement: agreement._get_scope() for agreement in self}
        none = self.env['coop.consignment.term']
        ruling = {
            agreement: agreement.term_ids._get_ruling() if SCOPE_FIELDS & vals.keys() else none for agreement in self
        }
        res = super().write(vals)
        for agreement in self:
            if agreement._get_scope() != before[agreement]:
                agreement._check_not_used()
                ruling[agreement]._raise_invoiced_under()
                agreement.term_ids._check_not_settled_past()
                agreement.filtered('active').term_ids._check_overrules_nothing()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_not_used()
        self.term_ids._check_not_fixed()

    def _get_scope(self):
        """Return whose sales of what the agreement is about, and whether it holds."""
        self.ensure_one()
        return self.company_id, self.membership_id, self.categ_id, self.active

    def _get_memberships_to_queue(self):
        """Return the members whose settlements depend on the agreement alone; none where it is about all of them."""
        return self.membership_id

    def _check_not_used(self):
        """Refuse to take agreements away from under the settlements that rest on them.

        :raises UserError: saying to write down new terms instead.
        """
        for agreement in self:
            # sudo: whether anything was settled under the terms, of whatever member
            if agreement.sudo().term_ids._get_used():
                raise UserError(self.env._(
                    "The agreement “%s” was settled with and stays. Write down new terms from a later day on.",
                    agreement.display_name,
                ))

    # === BUSINESS METHODS === #

    @api.model
    def _get_terms(self, company, partners, without=None):
        """Return a function ``(partner, day, category=None) -> term in force``, empty when none was agreed for the day.

        The most specific agreement with terms on that day holds: the member's for the category of the goods (or the
        nearest one above it), then the member's for all goods, then the category's for all members, then the one for
        everybody and everything. One look-up for all partners.

        :param category: of the goods; without it only agreements for all kinds of goods count.
        :param without: terms to leave out, to see what would hold in their place.
        """
        # sudo: commissions are computed by whoever settles, and told to the member anyway
        agreements = self.sudo().search([
            ('company_id', '=', company.id), '|', ('membership_id', '=', False), ('partner_id', 'in', partners.ids),
        ])
        left_out = without.sudo() if without else agreements.term_ids.browse()
        none = agreements.term_ids.browse()
        by_scope = {}
        for agreement in agreements:  # one who left and joined again has one in each membership
            scope = (agreement.partner_id.id, agreement.categ_id.id)
            by_scope[scope] = by_scope.get(scope, none) | (agreement.term_ids - left_out)
        with_own = {partner_id for partner_id, _category_id in by_scope}
        found = {}

        def get_term(partner, day, category=None):
            partner_id = partner.id if partner.id in with_own else False
            key = (partner_id, day, category.id if category else False)
            if key not in found:
                found[key] = self._find_term(by_scope, partner_id, _get_path(category), day)
            return found[key]

        return get_term

    @api.model
    def _find_term(self, by_scope, partner_id, path, day):
        """Return the term in force of the most specific scope.

        :param by_scope: ``{(partner id, category id): terms}``.
        :param path: ids of categories, the nearest first.
        """
        none = self.env['coop.consignment.term'].sudo()  # sudo: see _get_terms
        for owner_id in dict.fromkeys((partner_id, False)):
            for category_id in (*path, False):
                term = by_scope.get((owner_id, category_id), none)._in_force_on(day)
                if term:
                    return term
        return none


def _get_path(category):
    """Return the ids of a category and of those above it, the nearest first."""
    if not category:
        return ()
    return tuple(int(part) for part in reversed((category.parent_path or f'{category.id}/').split('/')[:-1]))
