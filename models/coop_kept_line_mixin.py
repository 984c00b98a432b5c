from odoo import api, models
from odoo.exceptions import UserError


class CoopKeptLineMixin(models.AbstractModel):
    """A line of a document that stays as it is once the document is more than a draft."""
    _name = 'coop.kept.line.mixin'
    _description = "Line That Stays with Its Document"

    #: The field of the document that the line belongs to.
    _kept_by: str

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_may_change()
        return lines

    def write(self, vals):
        self.check_access('write')  # whoever may not write is not told how to
        self._check_may_change()
        res = super().write(vals)
        self._check_may_change()  # the document may be another one now
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        self._check_may_change()

    # === BUSINESS METHODS === #

    def _check_may_change(self):
        """Refuse to change lines of a document that is no draft.

        For a document with other rules, a model must override this method.

        :raises UserError: as the document puts it.
        """
        documents = self[self._kept_by]
        if any(document.state != 'draft' for document in documents):
            raise UserError(documents._frozen_error_message())
