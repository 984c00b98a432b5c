from odoo import api, fields, models


class CoopPoolMember(models.Model):
    """One member's part in one pool: where the goods are handed out, and what was agreed with the member."""
    _name = 'coop.pool.member'
    _inherit = ['coop.guard.mixin']
    _description = "Member of a Pooled Purchase"
    _order = 'pool_id DESC, membership_id, id'
    _check_company_auto = True

    pool_id = fields.Many2one(comodel_name='coop.pool', required=True, index=True, ondelete='cascade')
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, index=True, check_company=True,
        ondelete='restrict', domain="[('state', '=', 'active')]",
    )
    company_id = fields.Many2one(related='pool_id.company_id', store=True)
    currency_id = fields.Many2one(related='pool_id.currency_id')
    pool_state = fields.Selection(related='pool_id.state', string="Pool State")
    drop_point_id = fields.Many2one(
        comodel_name='coop.drop.point', check_company=True, index='btree_not_null', ondelete='restrict',
        compute='_compute_drop_point_id', store=True, readonly=False, precompute=True,
        help="Where the member gets the goods of this pool; by default where the member always gets them.",
    )
    request_ids = fields.One2many(comodel_name='coop.pool.request', inverse_name='member_id', string="Requests")
    note = fields.Char(string="Remark", help="For whoever hands out, e.g. the neighbour fetches it.")

    _member_uniq = models.Constraint('UNIQUE (pool_id, membership_id)', "This member is in the pool already.")

    # === COMPUTE METHODS === #

    @api.depends('membership_id')
    def _compute_drop_point_id(self):
        for member in self:
            member.drop_point_id = member.membership_id.drop_point_id

    @api.depends('membership_id', 'pool_id')
    def _compute_display_name(self):
        # sudo: name and number of the member, for the hand-out list of warehouse staff, who see no membership
        for member in self.sudo():
            member.display_name = member.membership_id.display_name
