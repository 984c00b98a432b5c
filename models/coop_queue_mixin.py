from odoo import fields, models
from odoo.tools import SQL


class CoopQueueMixin(models.AbstractModel):
    """One way for operations that depend on the same record to queue up behind each other."""
    _name = 'coop.queue.mixin'
    _description = "Record to Queue Up At"

    # Counts the operations that depended on this record; writing it makes a concurrent one wait and start over.
    lock_version = fields.Integer(default=0, copy=False, readonly=True, export_string_translation=False)

    # === BUSINESS METHODS === #

    def _queue_up(self):
        """Make every other operation on these records wait for this one, and start over once it has committed.

        A row lock alone does not stop two transactions that both read the old state; writing the row does: PostgreSQL
        lets one of them through and Odoo repeats the other by itself. Call it before checking a balance, an
        entitlement or a state. Rows are written in the order of their ids, so that two runs cannot block each other.
        """
        if not self.ids:
            return
        table = SQL.identifier(self._table)
        self.flush_recordset(['lock_version'])
        self.env.cr.execute(SQL(
            "UPDATE %(table)s SET lock_version = COALESCE(lock_version, 0) + 1"
            " WHERE id IN (SELECT id FROM %(table)s WHERE id IN %(ids)s ORDER BY id FOR UPDATE)",
            table=table, ids=tuple(self.ids),
        ), log_exceptions=False)  # starting over is no error
        self.invalidate_recordset(['lock_version'])
