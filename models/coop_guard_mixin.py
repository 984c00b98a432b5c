from odoo import api, models
from odoo.exceptions import AccessError


class CoopGuardMixin(models.AbstractModel):
    """Keeps what a record works out itself out of everybody's hands.

    A readonly field in a view is still open over RPC, in imports and through defaults in the context. Refused here are
    the fields that a model names, and every stored field that is computed and not meant to be edited.
    """
    _name = 'coop.guard.mixin'
    _description = "Guarded Record"

    #: Fields that only the model's own actions set.
    _guarded_fields: frozenset[str] = frozenset()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_forged(vals)
        # A default in the context is no way around that check.
        context = {
            key: value for key, value in self.env.context.items()
            if self.env.su or not self._is_guarded(key.removeprefix('default_'))
        }
        guarded = self.with_context(context)  # pylint: disable=context-overridden; keys have to go
        return super(CoopGuardMixin, guarded).create(vals_list)

    def write(self, vals):
        self._check_not_forged(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _is_guarded(self, name):
        field = self._fields.get(name)
        if field is None:
            return False
        worked_out = field.store and field.readonly and not field.inverse and (field.compute or field.related)
        return name in self._guarded_fields or bool(worked_out)

    def _check_not_forged(self, vals):
        """Refuse values that only the record's own actions may set.

        :raises AccessError: naming the fields.
        """
        forged = [] if self.env.su else sorted(filter(self._is_guarded, vals))
        if forged:
            raise AccessError(self.env._(
                "These change only through the document's own buttons: %s.",
                ", ".join(self._fields[name]._description_string(self.env) for name in forged),
            ))
