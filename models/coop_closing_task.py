from odoo import fields, models


class CoopClosingTask(models.Model):
    """What people do before a period is closed and no ledger can tell: it stands on every new checklist."""
    _name = 'coop.closing.task'
    _description = "Closing Task"
    _order = 'sequence, id'

    sequence = fields.Integer(default=10)
    name = fields.Char(string="To Do", required=True, translate=True)
    company_id = fields.Many2one(
        comodel_name='res.company', index=True, help="Leave empty for a task of every company.",
    )
    period = fields.Selection(
        selection=[('month', "Every Month"), ('year', "Every Year"), ('both', "Every Month and Every Year")],
        default='both', required=True,
    )
    is_blocking = fields.Boolean(
        string="Has to Be Done First", default=True, help="The period is not closed before it is ticked.",
    )
    active = fields.Boolean(default=True)

    # === BUSINESS METHODS === #

    def _get_for(self, company, period):
        """Return the tasks of a company for a period of this length (``month`` or ``year``)."""
        # sudo: names of tasks, for whoever opens a checklist
        return self.sudo().search([
            ('company_id', 'in', (False, company.id)), ('period', 'in', (period, 'both')),
        ]).with_env(self.env)
