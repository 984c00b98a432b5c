from __future__ import annotations

import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.tools.obstacle import Obstacle


class CoopTodoMixin(models.AbstractModel):
    """One thing to be done before a period is closed, with the way to the records that it is about."""
    _name = 'coop.todo.mixin'
    _description = "Thing to Do"

    name = fields.Text(string="To Do", required=True, readonly=True)
    is_blocking = fields.Boolean(
        string="Has to Be Done First", readonly=True, help="The period is not closed before. The rest is advice.",
    )
    res_model = fields.Char(readonly=True, export_string_translation=False)
    res_domain = fields.Char(readonly=True, export_string_translation=False)
    res_context = fields.Char(readonly=True, export_string_translation=False)
    res_action = fields.Char(readonly=True, export_string_translation=False)

    # === ACTIONS === #

    def action_open(self):
        """Open what the row is about.

        :raises UserError: when there is nothing to open.
        """
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env:
            raise UserError(self.env._("There is nothing to open here: %s", self.name))
        action = {
            'type': 'ir.actions.act_window', 'name': self.env[self.res_model]._description,
            'res_model': self.res_model, 'view_mode': 'list,form',
        }
        if self.res_action:
            xmlid = self.res_action if '.' in self.res_action else f'producer_cooperative.{self.res_action}'
            action = self.env['ir.actions.act_window']._for_xml_id(xmlid)
        return {
            **action, 'domain': json.loads(self.res_domain), 'context': json.loads(self.res_context),
            'target': 'current',
        }

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_from_obstacle(self, obstacle):
        """Return the values of a row for a text, most of them :class:`tools.obstacle.Obstacle`."""
        if not isinstance(obstacle, Obstacle):
            obstacle = Obstacle(obstacle)
        return {
            'name': str(obstacle), 'is_blocking': obstacle.blocking, 'res_model': obstacle.model,
            'res_domain': json.dumps(obstacle.domain, default=str),
            'res_context': json.dumps(
                {f'default_{name}': value for name, value in obstacle.defaults.items()}, default=str,
            ),
            'res_action': obstacle.action,
        }
