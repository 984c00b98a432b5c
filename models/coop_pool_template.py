from odoo import api, fields, models
from odoo.exceptions import UserError


class CoopPool(models.Model):
    """Rounds that come again: templates, and repeating an earlier round.

    A template is a pool that is never opened: it carries products, costs and every rule of a round, whichever room
    they belong to.
    """
    _inherit = 'coop.pool'

    is_template = fields.Boolean(copy=False, index=True, help="New rounds are started from it; it is never opened.")
    template_id = fields.Many2one(
        comodel_name='coop.pool', string="From Template", readonly=True, copy=False, check_company=True,
        index='btree_not_null', ondelete='set null', domain="[('is_template', '=', True)]",
    )
    repeat_of_id = fields.Many2one(
        comodel_name='coop.pool', string="Repeats", readonly=True, copy=False, check_company=True,
        index='btree_not_null', ondelete='set null',
        help="The earlier round. What its members asked for can be taken over in the request grid.",
    )
    round_count = fields.Integer(string="Rounds", compute='_compute_round_count')

    # === COMPUTE METHODS === #

    @api.depends('is_template')
    def _compute_round_count(self):
        counts = dict(self._read_group([('template_id', 'in', self.ids)], ['template_id'], ['__count']))
        for pool in self:
            pool.round_count = counts.get(pool._origin, 0)

    # === CRUD METHODS === #

    def write(self, vals):
        if 'is_template' in vals and any(pool.is_template != vals['is_template'] for pool in self):
            raise UserError(self.env._(
                "A round does not become a template, nor a template a round: save it as a template, or start a round"
                " from it.",
            ))
        return super().write(vals)

    # === ACTIONS === #

    def action_save_as_template(self):
        """Keep products, costs and rules of the pool as a template, and open it."""
        self.ensure_one()
        return self._open_copy({'is_template': True})

    def action_new_round(self):
        """Start a new round from the template: a draft with products, costs and rules, open for the usual time."""
        self.ensure_one()
        if not self.is_template:
            raise UserError(self.env._("%s is no template. Repeat it, or save it as a template.", self.display_name))
        return self._open_copy({'template_id': self.id, 'date_cutoff': self._get_cutoff(self.duration_days)})

    def action_repeat(self):
        """Start a new round like this one: a draft, in whose grid the members' earlier requests can be taken over."""
        self.ensure_one()
        return self._open_copy({
            'repeat_of_id': self.id, 'template_id': self.template_id.id,
            'date_cutoff': self._get_cutoff(self.duration_days),
        })

    def action_view_rounds(self):
        """Open the rounds that were started from these templates."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_pool_action')
        return {**action, 'domain': [('template_id', 'in', self.ids)], 'context': {}}

    # === BUSINESS METHODS === #

    def _open_copy(self, values):
        action = self.copy(values)._get_records_action()
        return {**action, 'context': {}}

    def _opening_error_message(self):
        if self.is_template:
            return self.env._("%s is a template: start a new round from it.", self.display_name)
        return super()._opening_error_message()
