from odoo import fields, models
from odoo.exceptions import UserError


class CoopOnceMixin(models.AbstractModel):
    """A window whose answer counts once, however often its button is pressed."""
    _name = 'coop.once.mixin'
    _description = "Window That Is Confirmed Once"

    is_done = fields.Boolean(readonly=True, export_string_translation=False)

    # === BUSINESS METHODS === #

    def _confirm_once(self, records):
        """Note that this window was confirmed; a second click waits for the first one, and then finds the work done.

        :param records: what the window works on; they are queued up at.
        :raises UserError: when the window was confirmed before.
        """
        self.ensure_one()
        records._queue_up()
        if self.is_done:
            raise UserError(self.env._(
                "This has been recorded already. To record something more, open the window anew.",
            ))
        self.is_done = True
