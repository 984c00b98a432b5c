from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CoopPoolPaper(models.Model):
    """A paper order list for the members of one drop point: printed empty, signed, and typed in under its number."""
    _name = 'coop.pool.paper'
    _inherit = ['coop.guard.mixin']
    _description = "Paper Order List"
    _order = 'pool_id DESC, id DESC'
    _check_company_auto = True

    _guarded_fields = frozenset({'name', 'pool_id'})

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    pool_id = fields.Many2one(comodel_name='coop.pool', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='pool_id.company_id', store=True)
    pool_state = fields.Selection(related='pool_id.state', string="Pool State")
    drop_point_id = fields.Many2one(
        comodel_name='coop.drop.point', check_company=True, index='btree_not_null', ondelete='restrict',
        help="Whose members stand on the list. Empty: members without a drop point.",
    )
    collector = fields.Char(help="Who goes round with the list and signs it.")
    request_count = fields.Integer(
        string="Requests Typed In", compute='_compute_request_count', compute_sudo=True,
        help="Requests that were typed in under the number of this list.",
    )

    # === COMPUTE METHODS === #

    def _compute_request_count(self):
        # sudo (compute_sudo): only how many
        counts = {
            (pool.id, name): count for pool, name, count in self.env['coop.pool.request.row']._read_group(
                [('request_id.pool_id', 'in', self.pool_id.ids), ('source_ref', 'in', self.mapped('name'))],
                ['request_id.pool_id', 'source_ref'], ['request_id:count_distinct'],
            )
        }
        for paper in self:
            paper.request_count = counts.get((paper.pool_id.id, paper.name), 0)

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_typed_in(self):
        for paper in self:
            if paper.request_count:
                raise UserError(self.env._("%s was typed in and stays with its requests.", paper.name))

    # === ACTIONS === #

    def action_print(self):
        """Print the lists, empty."""
        return self.env.ref('producer_cooperative.coop_pool_paper_action_report').report_action(self)

    def action_type_in(self):
        """Open the request grid with the members and the number of this list."""
        self.ensure_one()
        action = self.pool_id.action_open_grid()
        return {**action, 'context': {
            'active_id': self.pool_id.id, 'grid_source': 'paper', 'grid_source_ref': self.name,
            'grid_drop_point_id': self.drop_point_id.id,
        }}

    # === BUSINESS METHODS === #

    def _get_memberships(self):
        """Return the active members of the drop point, in the order of their numbers."""
        self.ensure_one()
        domain = Domain('company_id', '=', self.company_id.id) & Domain('state', '=', 'active')
        members = self.env['coop.membership'].search(domain & Domain('drop_point_id', '=', self.drop_point_id.id))
        return members.sorted(lambda member: member._get_rank())


class CoopPool(models.Model):
    _inherit = 'coop.pool'

    paper_ids = fields.One2many(comodel_name='coop.pool.paper', inverse_name='pool_id', string="Paper Lists")
    paper_count = fields.Integer(compute='_compute_paper_count')

    # === COMPUTE METHODS === #

    @api.depends('paper_ids')
    def _compute_paper_count(self):
        for pool in self:
            pool.paper_count = len(pool.paper_ids)

    # === ACTIONS === #

    def action_print_papers(self):
        """Make one empty order list for each drop point with active members, and print them.

        Lists that were made before and not typed in yet are printed again, under their numbers.

        :raises UserError: when the pool takes no requests, or there is no member.
        """
        self.ensure_one()
        self.env['coop.pool.paper'].check_access('create')
        if self.state not in ('draft', 'open') or self.is_template:
            raise UserError(self.env._(
                "%s takes no requests any more: order lists are printed before the closing.", self.display_name,
            ))
        members = self.env['coop.membership'].search([
            ('company_id', '=', self.company_id.id), ('state', '=', 'active'),
        ])
        if not members:
            raise UserError(self.env._("There is no active member to print a list for."))
        homeless = members.filtered(lambda member: not member.drop_point_id)
        return self._make_papers(members.drop_point_id, with_others=bool(homeless)).action_print()

    def action_view_papers(self):
        """Open the paper order lists of these pools."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_pool_paper_action')
        return {**action, 'domain': [('pool_id', 'in', self.ids)], 'context': {}}

    # === BUSINESS METHODS === #

    def _make_papers(self, drop_points, with_others=False):
        """Return one order list for each drop point, and one for members without any."""
        self.ensure_one()
        waiting = {paper.drop_point_id.id: paper for paper in self.paper_ids if not paper.request_count}
        papers = self.env['coop.pool.paper']
        for point in [*drop_points.sorted(), *([drop_points.browse()] if with_others else [])]:
            # sudo: numbers are drawn, never typed
            papers |= waiting.get(point.id) or papers.sudo().create({
                'name': self.company_id._next_coop_number('coop.pool.paper', 'DP/%(range_year)s/'),
                'pool_id': self.id, 'drop_point_id': point.id, 'collector': point.responsible_id.name,
            }).sudo(False)
        return papers
