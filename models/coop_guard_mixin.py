from odoo import api, models
from odoo.exceptions import AccessError, UserError

#: Fields of discussion and activities: they stay open whatever becomes of the record.
MAIL_FIELDS = ('message_', 'activity_', 'my_activity', 'website_message_', 'rating_')


class CoopGuardMixin(models.AbstractModel):
    """Keeps what a record works out itself out of everybody's hands, and what counts as it is.

    A readonly field in a view is still open over RPC, in imports and through defaults in the context. Refused here are
    the fields that a model names, every stored field that is computed and not meant to be edited, and, in the states
    that a model names, every field but those that it leaves free.
    """
    _name = 'coop.guard.mixin'
    _description = "Guarded Record"

    #: Fields that only the model's own actions set.
    _guarded_fields: frozenset[str] = frozenset()
    #: States of the document in which the record stays as it is.
    _kept_states: frozenset[str] = frozenset()
    #: What may be written in those states all the same.
    _free_fields: frozenset[str] = frozenset()

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
        self._check_not_kept(vals)
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

    def _get_kept_by(self):
        """Return the document whose state says whether the record stays as it is; lines must override this."""
        self.ensure_one()
        return self

    def _is_kept(self, name):
        field = self._fields.get(name)
        return (
            field is not None and (field.store or field.inverse) and name not in self._free_fields
            and not name.startswith(MAIL_FIELDS)
        )

    def _changes_field(self, name, value):
        """Whether ``value`` would change the field; commands for lines always do."""
        self.ensure_one()
        field = self._fields[name]
        if field.type in ('one2many', 'many2many'):
            return bool(value)
        return field.convert_to_cache(value, self) != field.convert_to_cache(self[name], self)

    def _check_not_kept(self, vals):
        """Refuse to change records of documents that count.

        :raises UserError: naming the document, its state and the fields.
        """
        names = [] if self.env.su or not self._kept_states else sorted(filter(self._is_kept, vals))
        for record in self if names else ():
            document = record._get_kept_by().sudo()  # sudo: the state and name of the record's own document
            changed = [name for name in names if record._changes_field(name, vals[name])]
            if changed and document.state in self._kept_states:
                raise UserError(self.env._(
                    "%(document)s is %(state)s and stays as it is: %(fields)s.", document=document.display_name,
                    state=dict(document._fields['state']._description_selection(self.env))[document.state],
                    fields=", ".join(self._fields[name]._description_string(self.env) for name in changed),
                ))
