import base64
import re
from datetime import date, datetime, time

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import file_open

from . import people

PRINCIPAL, MANDATORY = 100_000, 20_000
GRANT = 40_000_000


class CoopDemo(models.AbstractModel):
    """The demo cooperative: a whole year of members, savings, pools, consigned goods and SHU, through real documents.

    The year is the previous calendar year, so that it never goes stale; a few documents of the present wait to be
    worked on.
    """
    _name = 'coop.demo'
    _description = "Demo Cooperative"

    # === BUSINESS METHODS === #

    @api.private
    def load_cooperative(self):
        """Fill the active company with the demo cooperative and create one login per role.

        :raises UserError: when the company has journal entries already; nothing is changed then.
        """
        company = self.env.company
        if self.env['account.move'].search_count([('company_id', '=', company.id)], limit=1):
            raise UserError(self.env._(
                "%s has journal entries already; the demo cooperative is loaded into an empty company only.",
                company.name,
            ))
        for number in range(self._get_step_count()):
            self._load_step(number)

    @api.private
    def logins(self):
        """Return ``[(role, login, password)]`` of the demo cooperative's users."""
        return [(role, login, login) for role, login, _group, _name in people.LOGINS]

    # === BUSINESS METHODS - STEPS === #

    def _load_step(self, number):
        """Take one step of the loading, of those that :meth:`_get_step_count` counts, in their order."""
        # The day is the one that its people have, wherever the server stands.
        demo = self.with_context(
            tracking_disable=True, mail_create_nosubscribe=True, mail_activity_quick_update=True,
            lang=self._get_lang(), tz=people.TIME_ZONE,
        )
        name, argument = demo._get_steps()[number]
        getattr(demo, name)(argument)

    def _get_step_count(self):
        return len(self._get_steps())

    def _get_steps(self):
        """Return ``[(method, argument)]`` of the whole loading."""
        today = fields.Date.context_today(self)
        year = today.year - 1
        return [
            ('_load_company', date(year, 1, 1)), ('_load_logins', None),
            *((name, year) for name in self._get_year_steps()),
            ('_load_meeting', today), ('_load_present', today),
        ]

    def _get_year_steps(self):
        """Return the methods that let the cooperative live through a year, each called with the year.

        For a room to take part, it must override this method.
        """
        return ['_load_opening', '_load_members', '_load_savings']

    def _load_meeting(self, today):
        """Hold the members' meeting on last year. For a room to take part, it must override this method."""

    def _load_company(self, start):
        company = self.env.company
        company.write({
            **self._prepare_company_names(), 'country_id': self.env.ref('base.id').id,
            'street': "Jl. Raya Kraksaan 17", 'city': "Probolinggo", 'zip': "67282", 'phone': "+62 335 555 0117",
        })
        with file_open('producer_cooperative/static/description/icon.png', 'rb') as icon:
            company.logo = base64.b64encode(icon.read())
        self.env.ref('base.IDR').active = True
        company.currency_id = self.env.ref('base.IDR')
        # The company's own price list was made while its currency was another.
        self.env['product.pricelist'].with_context(active_test=False).search([
            ('company_id', '=', company.id), ('item_ids', '=', False),
        ]).currency_id = company.currency_id
        if company.chart_template != 'id':
            self.env['account.chart.template'].try_loading('id', company)
        self.env['coop.setup'].create({
            'company_id': company.id, 'vat_status': 'not_registered',
            'principal_amount': PRINCIPAL, 'mandatory_amount': MANDATORY, 'rate_date': start,
            'clear_product_taxes': True,
        }).action_apply()
        # Odoo makes a warehouse for the first company only.
        Warehouse = self.env['stock.warehouse']
        warehouse = Warehouse.search([('company_id', '=', company.id)]) or Warehouse.create({
            'name': company.name, 'code': "WH", 'company_id': company.id,
        })
        warehouse.name = "Gudang Kraksaan"

    def _load_opening(self, year):
        """Book the grant that the cooperative began with."""
        self._post_entry(date(year, 1, 3), "Hibah awal Dinas Koperasi", [
            (self._get_journal('bank').default_account_id, GRANT),
            (self.env.company._get_coop_account('grant'), -GRANT),
        ])

    def _load_members(self, year):
        """Admit the members, each after paying principal savings and the first month."""
        principal, mandatory, _voluntary = self._get_savings_types()
        for month in sorted({person.joined for person in people.MEMBERS}):
            joined = date(year, month, 5)
            memberships = self.env['coop.membership'].create([
                self._prepare_membership_values(person, index, joined)
                for index, person in enumerate(people.MEMBERS) if person.joined == month
            ])
            self._post_voucher(joined, [
                (membership, savings_type, amount)
                for membership in memberships
                for savings_type, amount in ((principal, PRINCIPAL), (mandatory, MANDATORY))
            ])
            memberships.action_admit()

    def _load_savings(self, year):
        """Collect mandatory savings month by month, and voluntary savings after the harvests."""
        _principal, mandatory, voluntary = self._get_savings_types()
        members = self._get_members()
        for month in range(2, 13):
            self._post_voucher(date(year, month, 10), [
                (member, mandatory, MANDATORY) for member in members if member.date_joined < date(year, month, 1)
            ])
        savers = {person.name: person.voluntary for person in people.MEMBERS if person.voluntary}
        self._post_voucher(date(year, 7, 20), [
            (member, voluntary, savers[member.partner_id.name])
            for member in members if member.partner_id.name in savers
        ])

    def _load_present(self, today):
        """Leave something to do: savings of the running year with two members behind, candidates, a draft voucher."""
        _principal, mandatory, _voluntary = self._get_savings_types()
        members = self._get_members()
        for month in range(1, today.month + 1):
            behind = members[-2:] if month > 1 else members.browse()
            if (day := date(today.year, month, 10)) <= today:
                self._post_voucher(day, [(member, mandatory, MANDATORY) for member in members - behind])
        self.env['coop.membership'].create([
            self._prepare_membership_values(person, 100 + index, None, applied=today - relativedelta(days=9))
            for index, person in enumerate(people.CANDIDATES)
        ])
        self.env['coop.savings.voucher'].create({
            'date': today, 'line_ids': [
                Command.create({'membership_id': member.id, 'type_id': mandatory.id, 'amount': MANDATORY})
                for member in members[:6]
            ],
        })

    def _prepare_company_names(self):
        return {
            'name': "Koperasi Produsen Sumber Makmur", 'email': "koperasi@sumbermakmur.example",
            'coop_legal_number': "AHU-0000117.AH.01.29.TAHUN 2019", 'coop_legal_date': date(2019, 7, 12),
            'coop_nik': "3513040020117", 'coop_nib': "9120000117000",
        }

    def _load_logins(self, _none=None):
        """Create one user per role; the portal login gets the first member's name when that member exists."""
        company = self.env.company
        for _role, login, group, name in people.LOGINS:
            user = self.env['res.users'].with_context(no_reset_password=True).create({
                'login': login, 'password': login, 'name': name, 'email': f'{login}@sumbermakmur.example',
                'company_id': company.id, 'company_ids': [Command.set(company.ids)],
                'tz': people.TIME_ZONE, 'lang': self._get_lang(),
                'action_id': group and self.env.ref('producer_cooperative.coop_dashboard_tile_action').id,
                'group_ids': [Command.set(self.env.ref(group or 'base.group_portal').ids)],
            })
            if login == 'kasir':
                self._get_journal('cash').coop_cashier_ids = user

    # === TOOLING === #

    def _as(self, login):
        """Return the loader in the hands of one of the demo users, so that each role does its own part."""
        return self.with_user(self._get_user(login))

    def _get_user(self, login):
        """Return the user who plays a role of the demo cooperative."""
        return self.env['res.users'].search([('login', '=', login)])

    def _prepare_membership_values(self, person, index, joined, applied=None):
        partner = self._get_partner({
            'name': person.name, 'company_type': 'person' if person.sex else 'company', 'city': person.village,
            'street': f"Desa {person.village} RT {index % 7 + 1} RW {index % 4 + 1}", 'lang': self._get_lang(),
            'country_id': self.env.ref('base.id').id,
            'email': f"{re.sub('[^a-z]+', '.', person.name.lower())}@anggota.example",
        })
        values = {
            'partner_id': partner.id, 'date_applied': applied or joined, 'date_joined': joined,
            'producer_kind_ids': [Command.set(self.env.ref(f'producer_cooperative.{person.kind}').ids)],
        }
        if person.sex:
            born = date(1966 + index * 7 % 31, index % 12 + 1, index % 27 + 1)
            day = born.day + (40 if person.sex == 'female' else 0)
            values.update({
                'sex': person.sex, 'birth_date': born, 'birth_place': "Probolinggo",
                'identity_number': f"351301{day:02d}{born:%m%y}{index + 1:04d}",
            })
        return values

    def _get_partner(self, values):
        """Return the partner of the portal login when it is this person's, else a new one."""
        portal_login = next(login for _role, login, group, name in people.LOGINS if not group)
        partner = self._get_user(portal_login).partner_id
        if partner.name != values['name']:
            return self._create_partner(**values)
        partner.write(values)
        return partner

    def _create_partner(self, **values):
        """Create a contact of the demo cooperative, in Indonesia."""
        return self.env['res.partner'].create({'country_id': self.env.ref('base.id').id, **values})

    def _get_lang(self):
        installed = dict(self.env['res.lang'].get_installed())
        return 'id_ID' if 'id_ID' in installed else self.env.lang or 'en_US'

    def _get_members(self):
        return self.env['coop.membership'].search([
            ('company_id', '=', self.env.company.id), ('state', '=', 'active'),
        ], order='number')

    def _get_savings_types(self):
        SavingsType = self.env['coop.savings.type']
        return [
            SavingsType.search([('kind', '=', kind), ('company_id', '=', self.env.company.id)], limit=1)
            for kind in ('principal', 'mandatory', 'voluntary')
        ]

    def _get_journal(self, kind):
        return self.env['account.journal'].search([
            ('type', '=', kind), ('company_id', '=', self.env.company.id),
        ], limit=1)

    def _post_entry(self, day, name, items, journal=None):
        """Post a plain entry with ``items``, a list of (account, balance)."""
        move = self.env['account.move'].create({
            'journal_id': (journal or self._get_journal('general')).id, 'date': day, 'ref': name,
            'line_ids': [
                Command.create({'account_id': account.id, 'balance': balance, 'name': name})
                for account, balance in items
            ],
        })
        move._post(soft=False)
        return move

    def _get_account(self, code):
        """Return the account of the Indonesian chart with this code."""
        return self.env['account.account'].search([
            ('code', '=', code), ('company_ids', 'in', self.env.company.ids),
        ], limit=1)

    def _pay(self, moves, day, kind='bank'):
        """Pay posted invoices or bills in full, from or to the bank or cash."""
        for move in moves:
            self.env['account.payment.register'].with_context(active_model='account.move', active_ids=move.ids).create({
                'journal_id': self._get_journal(kind).id, 'payment_date': day,
            })._create_payments()

    def _set_back(self, day, orders=None, pickings=None):
        """Date orders and finished transfers on ``day``; Odoo stamps them with the present."""
        noon = datetime.combine(day, time(5))
        if orders:
            orders.write({'date_order': noon})
        if pickings:
            pickings.move_ids.write({'date': noon})
            pickings.move_line_ids.write({'date': noon})
            pickings.write({'date_done': noon})
            self.env['stock.quant'].sudo().search([
                ('product_id', 'in', pickings.move_ids.product_id.ids), ('in_date', '>', noon),
                ('location_id', 'in', pickings.move_line_ids.location_dest_id.ids),
            ]).write({'in_date': noon})

    def _receive(self, picking, day, quantity=None):
        """Let the warehouse validate a transfer, with another quantity of its only product where one is given."""
        picking = self._as('gudang').env['stock.picking'].browse(picking.ids)
        if quantity is not None:
            picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=picking.ids).button_validate()
        self._set_back(day, pickings=picking.sudo(False).with_env(self.env))

    def _post_voucher(self, day, amounts, direction='in'):
        """Post one savings voucher over ``amounts``, a list of (membership, savings type, amount)."""
        voucher = self.env['coop.savings.voucher'].create({
            'date': day, 'direction': direction, 'journal_id': self._get_journal('cash').id,
            'line_ids': [
                Command.create({'membership_id': membership.id, 'type_id': savings_type.id, 'amount': amount})
                for membership, savings_type, amount in amounts
            ],
        })
        voucher.action_post()
        return voucher
