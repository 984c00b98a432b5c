from odoo import api, fields, models
from odoo.fields import Command


class CoopMembershipAdmission(models.TransientModel):
    """Says who of many candidates was admitted, who was not, and why."""
    _name = 'coop.membership.admission'
    _description = "Admission of Several Candidates"

    admitted_ids = fields.Many2many(comodel_name='coop.membership', readonly=True)
    line_ids = fields.One2many(
        comodel_name='coop.membership.admission.line', inverse_name='admission_id', string="Not Admitted",
        readonly=True,
    )
    other_count = fields.Integer(
        string="Passed Over", readonly=True, help="Selected members who are no candidates; nothing was changed.",
    )

    @api.model
    def _report(self, admitted, refusals, others):
        """Return a short notification when everybody was admitted, else a dialog that names each refusal.

        :param dict refusals: ``{membership: message}``
        """
        if not refusals and admitted:
            return {
                'type': 'ir.actions.client',
                'tag': 'display_notification',
                'params': {
                    'type': 'success',
                    'message': self.env._("%s candidates were admitted.", len(admitted)),
                    'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'},
                },
            }
        report = self.create({
            'admitted_ids': [Command.set(admitted.ids)],
            'other_count': len(others),
            'line_ids': [
                Command.create({'membership_id': membership.id, 'message': message})
                for membership, message in refusals.items()
            ],
        })
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Admission"),
            'res_model': self._name,
            'res_id': report.id,
            'view_mode': 'form',
            'target': 'new',
        }

    def action_close(self):
        """Close the dialog and show the members as they are now."""
        return {'type': 'ir.actions.client', 'tag': 'soft_reload'}


class CoopMembershipAdmissionLine(models.TransientModel):
    """One candidate who was not admitted."""
    _name = 'coop.membership.admission.line'
    _description = "Candidate Who Was Not Admitted"

    admission_id = fields.Many2one(
        comodel_name='coop.membership.admission', required=True, index=True, ondelete='cascade',
    )
    membership_id = fields.Many2one(comodel_name='coop.membership', string="Candidate", ondelete='cascade')
    message = fields.Char(string="Still Missing")
