from odoo import api, fields, models


class CoopDropPoint(models.Model):
    """Where the goods of a pooled purchase are handed out: a place in a hamlet, with somebody who answers for it."""
    _name = 'coop.drop.point'
    _inherit = ['mail.thread']
    _description = "Drop Point"
    _order = 'sequence, name, id'
    _rec_names_search = ['name', 'hamlet']
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, default=lambda self: self.env.company,
    )
    hamlet = fields.Char(tracking=True, help="The hamlet (dusun) that it serves, as people call it.")
    address = fields.Char(help="Where to find it, e.g. the house of the group's chair beside the mosque.")
    responsible_id = fields.Many2one(
        comodel_name='res.partner', check_company=True, tracking=True, index='btree_not_null',
        ondelete='restrict', help="Who takes the goods there and hands them out.", groups='base.group_user',
    )
    phone = fields.Char(related='responsible_id.phone', groups='base.group_user')
    warehouse_id = fields.Many2one(
        comodel_name='stock.warehouse', check_company=True, index='btree_not_null', ondelete='set null',
        help="Where the goods for this drop point are kept until they are handed out.",
    )
    note = fields.Html(string="Remarks")
    membership_ids = fields.One2many(
        comodel_name='coop.membership', inverse_name='drop_point_id', string="Members",
    )
    member_count = fields.Integer(
        string="Active Members", compute='_compute_member_count', compute_sudo=True, groups='base.group_user',
    )

    _name_uniq = models.Constraint('UNIQUE (company_id, name)', "There is a drop point of this name already.")

    # === COMPUTE METHODS === #

    @api.depends('membership_ids.state')
    def _compute_member_count(self):
        # sudo (compute_sudo): only how many members, for warehouse staff, who see no membership
        counts = dict(self.env['coop.membership']._read_group(
            [('drop_point_id', 'in', self.ids), ('state', '=', 'active')], ['drop_point_id'], ['__count'],
        ))
        for drop_point in self:
            drop_point.member_count = counts.get(drop_point._origin, 0)

    # === ACTIONS === #

    def action_view_members(self):
        """Open the members who get their goods here."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_membership_action')
        return {
            **action, 'domain': [('drop_point_id', 'in', self.ids)],
            'context': {'default_drop_point_id': self.id if len(self) == 1 else False},
        }
