from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount
from odoo.tools.safe_eval import safe_eval

from odoo.addons.producer_cooperative.models.account_move_line_savings import BOOKS_GROUPS

#: Of the tiles that count groups: what groups their list.
COUNTED_GROUPS = {'arrears': {'search_default_group_by_member': 1}}
#: What the manager arranges; what a tile counts, and what a click opens, belongs to the program.
ARRANGED_FIELDS = frozenset({
    'name', 'description', 'sequence', 'active', 'icon', 'is_warning', 'hide_when_empty', 'group_ids',
    'responsible_group_ids',
})

class CoopDashboardTile(models.Model):
    """One number on the overview: how much is waiting, and the list that a click opens.

    A tile counts the records of its action's model that match its domain, in the active company. For a room to count
    something else, it must define a method ``_get_figures_<key>`` here, and ``_get_domain_<key>`` for records that no
    fixed domain within the company finds.
    """
    _name = 'coop.dashboard.tile'
    _description = "Overview Tile"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    key = fields.Char(required=True, readonly=True, help="What the tile shows; a part of a method's name.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    icon = fields.Char(default='fa-folder-open-o', help="Name of a Font Awesome icon.")
    description = fields.Char(translate=True, help="What to do about it, in one line.")
    action_id = fields.Many2one(
        comodel_name='ir.actions.act_window', string="Opens", required=True, ondelete='cascade',
    )
    domain = fields.Char(default='[]', required=True, help="Which records of the list are counted and opened.")
    amount_field = fields.Char(help="Name of the field whose sum is shown as well.")
    is_warning = fields.Boolean(string="Warning", help="Shown in red.")
    hide_count = fields.Boolean(help="Only the amount is shown.")
    hide_when_empty = fields.Boolean(default=True)
    group_ids = fields.Many2many(
        comodel_name='res.groups', string="Roles", help="Who sees the tile; everybody who may open the list if empty.",
    )
    responsible_group_ids = fields.Many2many(
        comodel_name='res.groups', relation='coop_dashboard_tile_responsible_rel', string="Waits For",
        help="Whose turn it is. Others see whom it waits for.",
    )
    responsible_names = fields.Char(string="Waits For (Names)", compute='_compute_is_mine')
    is_mine = fields.Boolean(string="Waits for Me", compute='_compute_is_mine', search='_search_is_mine')
    count = fields.Integer(compute='_compute_figures')
    amount = fields.Monetary(compute='_compute_figures')
    has_amount = fields.Boolean(compute='_compute_figures')
    is_shown = fields.Boolean(compute='_compute_figures', search='_search_is_shown')
    currency_id = fields.Many2one(comodel_name='res.currency', compute='_compute_currency_id')

    _key_uniq = models.Constraint('UNIQUE (key)', "There is a tile with this key already.")

    # === COMPUTE METHODS === #

    @api.depends('domain', 'action_id', 'amount_field')
    @api.depends_context('uid', 'company')
    def _compute_figures(self):
        for tile in self:
            may_open = tile._may_open()
            count, amount = tile._get_figures() if may_open else (0, None)
            tile.count = count
            tile.amount = amount or 0.0
            tile.has_amount = amount is not None
            tile.is_shown = may_open and bool(count or not tile.hide_when_empty)

    @api.depends_context('company')
    def _compute_currency_id(self):
        self.currency_id = self.env.company.currency_id

    @api.depends('responsible_group_ids')
    @api.depends_context('uid', 'lang')
    def _compute_is_mine(self):
        # sudo: the names of roles, and which ones the user was given; those that a role brings along are not meant
        given = self.env.user.sudo().group_ids
        own = self.env.ref('producer_cooperative.group_coop_officer').sudo().privilege_id
        own |= self.env.ref('producer_cooperative.group_coop_cashier').sudo().privilege_id
        for tile in self:
            responsible = tile.sudo().responsible_group_ids
            tile.responsible_names = ", ".join(
                self._get_role_name(group, group.privilege_id in own) for group in responsible
            )
            tile.is_mine = bool(responsible & given)

    def _search_is_mine(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain('responsible_group_ids', 'in', self.env.user.sudo().group_ids.ids)  # sudo: see _compute_is_mine

    def _search_is_shown(self, operator, value):
        if operator != 'in':
            return NotImplemented
        tiles = self.search([])  # pylint: disable=no-search-all; a dozen tiles
        # The figures depend on records that the tiles do not know of: what was counted before may have changed since.
        tiles.invalidate_recordset(['count', 'amount', 'has_amount', 'is_shown'], flush=False)
        return Domain('id', 'in', tiles.filtered('is_shown').ids)

    # === CRUD METHODS === #

    def write(self, vals):
        fixed = vals.keys() - ARRANGED_FIELDS
        if fixed and not self.env.su:
            raise UserError(self.env._(
                "What a tile counts and opens is fixed. Its name, place and roles can be changed here.",
            ))
        return super().write(vals)

    # === ACTIONS === #

    def action_open(self):
        """Open the list behind the tile, with nothing filtered out that is counted.

        :raises UserError: when the tile tells something that only others may look into.
        """
        self.ensure_one()
        if self.key == 'unowned' and not any(self.env.user.has_group(group) for group in BOOKS_GROUPS):
            raise UserError(self.env._(
                "%s of savings belong to no member. The entries are shown to those who keep the books: ask the"
                " treasurer whose savings they are.", format_amount(self.env, self.amount, self.currency_id),
            ))
        action = self.action_id._get_action_dict()
        return {**action, 'name': self.name, 'domain': list(self._get_domain()), 'context': self._get_context(action)}

    # === BUSINESS METHODS === #

    @api.model
    def _get_role_name(self, group, is_own):
        """Return what people call a role: Odoo's own are called "User" and the like and need their app's name."""
        if group == self.env.ref('stock.group_stock_user'):
            return self.env._("Warehouse")
        return group.name if is_own else group.full_name

    def _may_open(self):
        """Whether the user has one of the tile's roles, and may read what the tile counts."""
        self.ensure_one()
        tile = self.sudo()  # sudo: which roles and which model; access to the model itself is the user's
        model = tile.action_id.res_model
        if tile.group_ids and not tile.group_ids & self.env.user.all_group_ids:
            return False
        return model in self.env and self.env[model].has_access('read')

    def _get_domain(self):
        """Return what the tile counts and opens: its domain within the active company."""
        self.ensure_one()
        domain = Domain(literal_eval(self.domain))
        special = getattr(self, f'_get_domain_{self.key}', None)
        if special:
            return domain & special()
        if 'company_id' in self.env[self.sudo().action_id.res_model]._fields:  # sudo: see _may_open
            domain &= Domain('company_id', '=', self.env.company.id)
        return domain

    def _get_context(self, action):
        """Return the action's context without its filters; a tile that counts groups opens the list grouped."""
        known = {**self.env.context, 'allowed_company_ids': self.env.companies.ids}
        context = safe_eval(action['context'] or '{}', known)
        kept = {key: value for key, value in context.items() if not key.startswith('search_default_')}
        return {**kept, **COUNTED_GROUPS.get(self.key, {})}

    def _get_domain_bank_accounts(self):
        """Count the accounts of this company's members and of their heirs; bank accounts themselves have no company."""
        company = self.env.company
        return Domain('partner_id.commercial_partner_id.coop_membership_ids.company_id', '=', company.id) | Domain(
            'partner_id.coop_heir_ids.company_id', '=', company.id,
        )

    def _get_domain_findings(self):
        """Count the findings that this user is asked to answer."""
        return Domain('company_id', '=', self.env.company.id) & Domain('responsible_id', '=', self.env.uid)

    def _get_figures(self):
        """Return ``(count, amount)`` in the company's currency; amount None where the tile shows none."""
        self.ensure_one()
        special = getattr(self, f'_get_figures_{self.key}', None)
        if special:
            return special()
        aggregates = ['__count', *([f'{self.amount_field}:sum'] if self.amount_field else [])]
        model = self.env[self.sudo().action_id.res_model]  # sudo: see _may_open
        [(count, *amounts)] = model._read_group(self._get_domain(), [], aggregates)
        return count, (amounts[0] or 0.0) if amounts else None

    def _get_figures_arrears(self):
        """Count the members who owe something, not the months."""
        [(members, amount)] = self.env['coop.savings.arrears']._read_group(
            self._get_domain(), [], ['membership_id:count_distinct', 'amount:sum'],
        )
        return members, amount or 0.0

    def _get_figures_unowned(self):
        """Show savings without a member as they stand in the ledger: positive when the savings grew."""
        # sudo: one sum for everybody who sees the tile; nobody opens more than their own rights show
        [(count, balance)] = self.env['account.move.line'].sudo()._read_group(
            self._get_domain(), [], ['__count', 'balance:sum'],
        )
        return count, -(balance or 0.0)

    def _get_figures_unsettled(self):
        """Count the open items on the clearing account: sold for members, and not settled yet."""
        account = self.env.company._get_coop_clearing_account()
        # sudo: the balance of one account, for whoever settles with members
        [(balance,)] = self.env['account.move.line'].sudo()._read_group([
            ('account_id', '=', account.id), ('company_id', '=', self.env.company.id), ('parent_state', '=', 'posted'),
        ], [], ['balance:sum'])
        amount = -(balance or 0.0)
        return int(self.env.company.currency_id.compare_amounts(amount, 0.0) > 0), amount

    def _get_figures_shu_todo(self):
        """Count the last year as long as its surplus is not computed and something was booked in it."""
        company = self.env.company
        year = company._coop_get_last_year()
        done = self.env['coop.shu.allocation'].search_count([
            ('company_id', '=', company.id), ('date_to', '=', year['date_to']),
            ('state', 'not in', ('draft', 'computing', 'cancelled')),
        ], limit=1)
        # sudo: whether there is anything to share out at all
        booked = not done and self.env['account.move.line'].sudo().search_count([
            ('company_id', '=', company.id), ('date', '>=', year['date_from']), ('date', '<=', year['date_to']),
            ('parent_state', '=', 'posted'), ('account_id.internal_group', 'in', ('income', 'expense')),
        ], limit=1)
        return int(bool(booked)), None

    def _get_figures_first_steps(self):
        """Count the steps that the company has not taken."""
        return self.env['coop.setup.step']._get_figures_open(), None
