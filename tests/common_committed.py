from contextlib import contextmanager

from odoo import Command, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name


class CommittedCommon(BaseCase):
    """Two connections at once, on committed data: not part of the standard tests, run on a database of their own.

    A class of tests names its cooperative in ``cooperative``; ``_prepare`` fills it.
    """
    cooperative = "Koperasi Dua Kasir"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {'tracking_disable': True})
            cls.company_id = cls._create_cooperative(env, cls.cooperative)
            env = env(context=dict(env.context, allowed_company_ids=[cls.company_id]))
            cls.voluntary_id = env['coop.savings.type'].search([
                ('kind', '=', 'voluntary'), ('company_id', '=', cls.company_id),
            ]).id
            cls._prepare(env)

    @classmethod
    def _prepare(cls, env):
        """Create what the tests start from; committed afterwards."""

    @staticmethod
    def _create_cooperative(env, name):
        company = env['res.company'].create({'name': name, 'country_id': env.ref('base.id').id})
        env.user.write({'company_ids': [Command.link(company.id)]})
        env['account.chart.template'].try_loading('id', company=company, install_demo=False)
        return company.id

    @staticmethod
    def _create_member(env, number, name="Siti", date_joined='2025-01-05'):
        """Return the id of a member of an existing register."""
        return env['coop.membership'].create({
            'partner_id': env['res.partner'].create({'name': name}).id, 'number': number, 'date_joined': date_joined,
        }).id

    @contextmanager
    def _treasurer(self):
        """Yield the environment of somebody who may do everything, on a connection of their own.

        Its view of the data is taken now.
        """
        with self.registry.cursor() as cr:
            context = {'allowed_company_ids': [self.company_id], 'tracking_disable': True}
            env = api.Environment(cr, api.SUPERUSER_ID, context)
            env.cr.execute("SELECT 1")
            yield env

    def _call(self, env, model, record_id, method):
        """Press a button as a request does: Odoo repeats it when another transaction was in the way."""
        return retrying(getattr(env[model].browse(record_id), method), env)

    def _create_voucher_of(self, member_id, direction, amount, post=False):
        with self._treasurer() as env:
            voucher = env['coop.savings.voucher'].create({
                'direction': direction,
                'line_ids': [Command.create({
                    'membership_id': member_id, 'type_id': self.voluntary_id, 'amount': amount,
                })],
            })
            if post:
                voucher.action_post()
            return voucher.id

    def _balance_of(self, member_id):
        """Return the member's voluntary savings."""
        with self._treasurer() as env:
            member = env['coop.membership'].browse(member_id)
            return member._get_savings_balances()[member][env['coop.savings.type'].browse(self.voluntary_id)]
