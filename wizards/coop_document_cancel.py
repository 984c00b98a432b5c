from odoo import fields, models
from odoo.exceptions import UserError


class CoopDocumentCancel(models.TransientModel):
    """Asks why, before a document of the cooperative is undone."""
    _name = 'coop.document.cancel'
    _description = "Cancel a Document"

    document_model = fields.Char(required=True)
    document_id = fields.Many2oneReference(model_field='document_model', required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Cancel the document; what may be cancelled, and by whom, is the document's own business."""
        self.ensure_one()
        document = self.env[self.document_model].browse(self.document_id) if self.document_model in self.env else None
        if document is None or not hasattr(document, '_cancel_with_reason') or not document.exists():
            raise UserError(self.env._("There is nothing to cancel here."))
        if not self.reason.strip():
            raise UserError(self.env._("Say why %s is cancelled.", document.display_name))
        document.check_access('write')
        document._cancel_with_reason(self.reason.strip())
        return {'type': 'ir.actions.act_window_close'}
