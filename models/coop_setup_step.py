from odoo import api, fields, models
from odoo.exceptions import UserError


class CoopSetupStep(models.Model):
    """One step on the way from the installed addon to the first member, for each company.

    What was done is read from the company itself, never from a tick: who sets it up elsewhere has done the step too.
    A step needs four methods here: ``_get_status_<key>``, ``_get_refusal_<key>``, ``_take_<key>`` and ``_undo_<key>``,
    which returns what is noted for a further undo, or nothing.
    """
    _name = 'coop.setup.step'
    _description = "First Step of a Cooperative"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    key = fields.Char(required=True, readonly=True, export_string_translation=False)
    sequence = fields.Integer(default=10)
    icon = fields.Char(default='fa-check', help="Name of a Font Awesome icon.")
    description = fields.Text(translate=True, help="What the step does, before anybody takes it.")
    button = fields.Char(translate=True, required=True)
    is_done = fields.Boolean(string="Done", compute='_compute_status')
    status = fields.Char(compute='_compute_status', help="What stands in the company.")
    refusal = fields.Char(
        string="Why It Stays", compute='_compute_status', help="Why the step cannot be undone any more.",
    )
    may_undo = fields.Boolean(compute='_compute_status', export_string_translation=False)

    _key_uniq = models.Constraint('UNIQUE (key)', "There is a step with this key already.")

    # === COMPUTE METHODS === #

    @api.depends_context('company', 'uid', 'lang')
    def _compute_status(self):
        company = self.env.company
        for step in self:
            step.status = getattr(step, f'_get_status_{step.key}')(company) or False
            step.is_done = bool(step.status)
            step.refusal = step.is_done and getattr(step, f'_get_refusal_{step.key}')(company) or False
            step.may_undo = step.is_done and not step.refusal

    # === ACTIONS === #

    def action_take(self):
        """Take the step, or open what it made.

        :raises AccessError: for users who keep neither the books nor the cooperative's settings.
        """
        self.ensure_one()
        self.env['res.company']._coop_check_may_set_up()
        return getattr(self, f'_take_{self.key}')(self.env.company)

    def action_undo(self):
        """Take the step back, as long as nothing rests on it.

        :raises AccessError: for users who keep neither the books nor the cooperative's settings.
        :raises UserError: saying what rests on it, or that there is nothing to undo.
        """
        self.ensure_one()
        self.env['res.company']._coop_check_may_set_up()
        company = self.env.company
        self.invalidate_recordset()
        if not self.is_done:
            raise UserError(self.env._("“%s” is not done yet: there is nothing to undo.", self.name))
        if self.refusal:
            raise UserError(self.refusal)
        change = self.env['coop.setup.change']._find(company, self.key)
        left = getattr(self, f'_undo_{self.key}')(company, change.before or {})
        if left:
            change.before = left
        else:
            change.unlink()
        return True

    # === BUSINESS METHODS === #

    def _open_setup(self, part, **proposed):
        """Open the questions of one part of the set-up, with the answers that are proposed."""
        return {
            **self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_setup_action'),
            'name': self.name, 'context': {
                'default_part': part, 'default_company_id': self.env.company.id,
                **{f'default_{name}': value for name, value in proposed.items()},
            },
        }

    def _get_figures_open(self):
        """Return how many steps the active company has not taken."""
        # sudo: what the steps are; what they say is read from the company
        steps = self.sudo().search([])  # pylint: disable=no-search-all; a handful of steps
        steps.invalidate_recordset(['is_done'], flush=False)
        return len(steps) - len(steps.filtered('is_done'))
