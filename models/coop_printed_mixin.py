from odoo import fields, models
from odoo.tools import SQL


class CoopPrintedMixin(models.AbstractModel):
    """A paper of which there is one original: every later print says that it is a copy."""
    _name = 'coop.printed.mixin'
    _description = "Printed Document"

    print_count = fields.Integer(string="Prints", default=0, readonly=True, copy=False)

    def _get_printed(self):
        """Return those of these records whose print counts; for drafts not to count, a model must override this."""
        return self

    def _count_print(self):
        """Count one more print, after it was made."""
        printed = self._get_printed()
        if not printed:
            return
        printed.flush_recordset(['print_count'])
        # By SQL: whoever may read a paper prints it, and printing is no change of the document.
        self.env.cr.execute(SQL(
            "UPDATE %s SET print_count = COALESCE(print_count, 0) + 1 WHERE id IN %s",
            SQL.identifier(self._table), tuple(printed.ids),
        ))
        printed.invalidate_recordset(['print_count'])

    def _get_marks(self, prints):
        """Return what tells whether a voucher counts, and whether this is the original.

        :param int prints: how often it was printed before.
        """
        self.ensure_one()
        marks = []
        if self.state == 'draft':
            marks.append(self.env._("DRAFT, NOTHING IS PAID YET"))
        if self.state == 'cancelled':
            marks.append(self.env._("VOID: %s", self.cancel_reason))
        if prints:
            marks.append(self.env._("COPY (print %s)", prints + 1))
        return marks
