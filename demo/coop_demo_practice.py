from odoo import models
from odoo.fields import Command

from . import people

#: Begins the logins of those who play the roles while a practice company is being filled; each company has its own.
LOGIN_PREFIX = 'latihan.'


class CoopDemo(models.AbstractModel):
    """The demo cooperative as a practice company: nobody logs in as its people, nothing is sent to anybody.

    Its contacts belong to the practice company, so that no other company of the database ever sees them.
    """
    _inherit = 'coop.demo'

    # === BUSINESS METHODS - STEPS === #

    def _prepare_company_names(self):
        values = super()._prepare_company_names()
        if self._is_practice():
            # It keeps the name that says what it is, and nobody writes to it.
            values = {key: value for key, value in values.items() if key not in ('name', 'email')}
        return values

    def _load_logins(self, _none=None):
        if not self._is_practice():
            super()._load_logins()
            return
        company = self.env.company
        for _role, login, group, name in people.LOGINS:
            if not group:
                continue
            values = {
                'company_ids': [Command.set(company.ids)], 'company_id': company.id, 'active': True, 'email': False,
                'group_ids': [Command.set(self.env.ref(group).ids)],
            }
            user = self._get_user(login)
            if user:
                user.write(values)
            else:
                # Without a password: nobody logs in with it.
                user = self.env['res.users'].with_context(no_reset_password=True).create({
                    **values, 'login': self._get_practice_login(login), 'name': name, 'lang': self._get_lang(),
                    'tz': people.TIME_ZONE,
                })
            # Else the real company would find them among its contacts.
            user.partner_id.company_id = company
            if login == 'kasir':
                self._get_journal('cash').coop_cashier_ids = user

    def _retire_logins(self):
        """Put those who played the roles away; whoever practises does so with the own login."""
        users = self.env['res.users'].browse()
        for _role, login, group, _name in people.LOGINS:
            users |= self._get_user(login) if group else users
        users.write({'active': False})

    # === TOOLING === #

    def _is_practice(self):
        return self.env.company.coop_is_practice

    def _get_user(self, login):
        if not self._is_practice():
            return super()._get_user(login)
        return self.env['res.users'].with_context(active_test=False).search([
            ('login', '=', self._get_practice_login(login)), ('share', '=', False),
        ])

    def _get_practice_login(self, login):
        return f'{LOGIN_PREFIX}{self.env.company.id}.{login}'

    def _get_input_category_name(self):
        # Categories are everybody's: a real one is left alone.
        name = super()._get_input_category_name()
        return f"{name} (latihan)" if self._is_practice() else name

    def _create_partner(self, **values):
        if self._is_practice():
            values.update(company_id=self.env.company.id, email=False)
        return super()._create_partner(**values)

    def _get_customer(self, name):
        if not self._is_practice():
            return super()._get_customer(name)
        return self.env['res.partner'].search([
            ('name', '=', name), ('company_id', '=', self.env.company.id),
        ], limit=1) or self._create_partner(name=name, is_company=True)
