from psycopg2 import Error as DatabaseError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

#: Fields of discussion and activities, which are nobody's figures.
MAIL = ('message_', 'activity_', 'my_activity', 'rating_', 'website_message_', 'access_')
SYSTEM = ('id', 'create_uid', 'create_date', 'write_uid', 'write_date', 'display_name')
KINDS_OF_VALUES = ('one2many', 'many2many', 'binary', 'properties', 'html')
REFUSALS = (UserError, AccessError, ValidationError)


class KeptMixin:
    """Tries, as every role and as over RPC, to delete a document, and to write each of its fields and lines."""

    #: What may still be written once a document counts: ``{model: {field: why}}``. Everything else is refused.
    FREE: dict[str, dict[str, str]] = {}

    def _roles(self):
        return [self.officer, self.cashier, self.accountant, self.manager, self.supervisor, self.warehouse_user]

    def assertKept(self, *documents):
        """Assert that nobody deletes these documents or their lines, or writes any figure, day, name or link of theirs.
        """
        broken = []
        for document in documents:
            self.assertTrue(document, "the fixture made no document")
            for record in (document, *self._lines_of(document)):
                for user in self._roles():
                    broken += self._attack(record, user)
            for user in self._roles():
                broken += self._attack_lines(document, user)
        self.assertFalse(broken, "\n" + "\n".join(sorted(set(broken))))

    def _lines_of(self, document):
        """Return the first line of each kind that the document owns."""
        lines = []
        for field in self._line_fields(document):
            line = document.sudo()[field.name][:1]
            if line and getattr(line._fields[field.inverse_name], 'ondelete', None) == 'cascade':
                lines.append(line.with_env(document.env))
        return lines

    def _line_fields(self, document):
        return [
            field for field in document._fields.values()
            if field.type == 'one2many' and field.store and field.comodel_name.startswith('coop.')
            and document.env[field.comodel_name]._auto
        ]

    def _attack(self, record, user):
        """Return what this user could do to the record."""
        label, free = f'{record._name}[{self._state_of(record)}]', self.FREE.get(record._name, {})
        attacked = record.with_user(user)
        done = [f"{label} deleted by {user.login}"] if self._succeeds(attacked, attacked.unlink) else []
        if not attacked.has_access('write'):
            return done
        for name in self._names_to_write(record):
            value = self._get_other_value(record, record._fields[name])
            if name not in free and value is not None and self._succeeds(
                attacked, lambda name=name, value=value: attacked.write({name: value}), name,
            ):
                done.append(f"{label}.{name} written by {user.login}")
        return done

    def _attack_lines(self, document, user):
        """Return what this user could do to the lines through the document, as a form does."""
        attacked, done = document.with_user(user), []
        if not attacked.has_access('write'):
            return done
        for field in self._line_fields(document):
            line = document.sudo()[field.name][:1]
            if not line or field.name in self.FREE.get(document._name, {}):
                continue
            for label, command in (('deleted', Command.delete(line.id)), ('cleared', Command.clear())):
                if self._succeeds(line, lambda field=field, command=command: attacked.write({field.name: [command]})):
                    done.append(f"{document._name}[{self._state_of(document)}].{field.name} {label} by {user.login}")
            if self._adds_line(document, attacked, field, line):
                done.append(f"{document._name}[{self._state_of(document)}].{field.name} added by {user.login}")
        return done

    @mute_logger('odoo.sql_db')
    def _adds_line(self, document, attacked, field, line):
        """Whether another line like this one can be put in, through the document or straight."""
        values = {**line.sudo().copy_data()[0], field.inverse_name: document.id}
        before, Line = len(document.sudo()[field.name]), attacked.env[field.comodel_name]
        through = {name: value for name, value in values.items() if name != field.inverse_name}
        for action in (
            lambda: attacked.write({field.name: [Command.create(through)]}), lambda: Line.create(values),
        ):
            savepoint = self.env.cr.savepoint()
            try:
                action()
                self.env.flush_all()
                self.env.invalidate_all()
                if len(document.sudo()[field.name]) > before:
                    return True
            except (*REFUSALS, DatabaseError):
                continue
            finally:
                self.env.clear()
                savepoint.close(rollback=True)
                self.env.invalidate_all()
        return False

    def _state_of(self, record):
        return record.sudo().state if 'state' in record._fields else ''

    def _names_to_write(self, record):
        return [
            name for name, field in record._fields.items()
            if name not in SYSTEM and not name.startswith(MAIL) and field.type not in KINDS_OF_VALUES
            and (field.store or field.inverse)
        ]

    def _get_other_value(self, record, field):
        """Return a value that the field does not have, or None where there is no other."""
        value = record.sudo()[field.name]
        if field.type in ('float', 'monetary', 'integer', 'many2one_reference'):
            return (value or 0) + 1
        if field.type == 'boolean':
            return not value
        if field.type in ('char', 'text'):
            return f"{value or ''}x"
        if field.type == 'date':
            return fields.Date.subtract(value or fields.Date.today(), days=1)
        if field.type == 'datetime':
            return fields.Datetime.subtract(value or fields.Datetime.now(), days=1)
        if field.type == 'selection':
            return next((key for key in field.get_values(self.env) if key != value), None)
        if field.type == 'many2one':
            others = self.env[field.comodel_name].sudo().with_context(active_test=False)
            return others.search([('id', '!=', value.id)], limit=1).id or None
        return None

    @mute_logger('odoo.sql_db')
    def _succeeds(self, record, action, name=None):
        """Whether an action gets through and leaves its mark; whatever it did is undone."""
        before = record.sudo()[name] if name else None
        savepoint = self.env.cr.savepoint()
        try:
            action()
            self.env.flush_all()
            self.env.invalidate_all()
            return record.sudo()[name] != before if name else not record.sudo().exists()
        except REFUSALS:
            return False
        except DatabaseError:
            return False  # the database itself refuses
        finally:
            self.env.clear()
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def _force(self, document, state, **values):
        """Put a draft into a state without its flow, as if it had been posted."""
        document.sudo().write({'state': state, **values})
        self.env.flush_all()
        return document
