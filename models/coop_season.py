from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CoopSeason(models.Model):
    """A growing season; members who pay after the harvest (yarnen) owe until its end."""
    _name = 'coop.season'
    _inherit = ['mail.thread']
    _description = "Season"
    _order = 'date_end DESC, id DESC'
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True, help="For example wet season 2026/2027.")
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True)
    date_start = fields.Date(string="From", tracking=True)
    date_end = fields.Date(
        string="Harvest Until", required=True, tracking=True,
        help="Invoices of rounds for this season are due on this day. Changing it does not move what is invoiced"
             " already: due dates of open invoices are moved with approval.",
    )
    product_categ_ids = fields.Many2many(
        comodel_name='product.category', string="Product Kinds", help="What is grown or bought for in this season.",
    )
    pool_ids = fields.One2many(
        comodel_name='coop.pool', inverse_name='season_id', string="Rounds", domain=[('is_template', '=', False)],
    )
    pool_count = fields.Integer(compute='_compute_pool_count')
    note = fields.Text(string="Remarks")

    _name_uniq = models.Constraint('UNIQUE (company_id, name)', "This season is there already.")

    # === COMPUTE METHODS === #

    @api.depends('pool_ids')
    def _compute_pool_count(self):
        counts = dict(self.env['coop.pool']._read_group(
            [('season_id', 'in', self._origin.ids), ('is_template', '=', False)], ['season_id'], ['__count'],
        ))
        for season in self:
            season.pool_count = counts.get(season._origin, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains('date_start', 'date_end')
    def _check_dates(self):
        for season in self:
            if season.date_start and season.date_start > season.date_end:
                raise ValidationError(self.env._("%s ends before it begins.", season.name))

    # === ACTIONS === #

    def action_view_pools(self):
        """Open the rounds of these seasons."""
        return self.pool_ids._get_records_action(name=self.env._("Pooled Purchases"))

    def action_move_due_date(self):
        """Ask for another due date of what members owe for this season."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Move Due Date"), 'res_model': 'coop.due.change',
            'view_mode': 'form', 'context': {'default_season_id': self.id},
        }
