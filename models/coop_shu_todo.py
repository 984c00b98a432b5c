from __future__ import annotations

import json

from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.models.coop_shu_allocation import ACCOUNTANT
from odoo.addons.producer_cooperative.tools.obstacle import Obstacle

#: How many documents a sentence names.
NAMED = 5


class CoopShuTodo(models.TransientModel):  # pylint: disable=no-wizard-in-models; a list to read, no window to fill in
    """One thing to do before a surplus is computed, with the way to it. Made anew each time somebody looks."""
    _name = 'coop.shu.todo'
    _description = "To Do before the Surplus Is Computed"
    _order = 'is_blocking DESC, id'
    _rec_name = 'name'

    allocation_id = fields.Many2one(
        comodel_name='coop.shu.allocation', string="SHU Allocation", required=True, readonly=True, ondelete='cascade',
    )
    name = fields.Text(string="To Do", required=True, readonly=True)
    is_blocking = fields.Boolean(
        string="Has to Be Done First", readonly=True, help="The surplus is not computed before. The rest is advice.",
    )
    res_model = fields.Char(readonly=True, export_string_translation=False)
    res_domain = fields.Char(readonly=True, export_string_translation=False)
    res_context = fields.Char(readonly=True, export_string_translation=False)
    res_action = fields.Char(readonly=True, export_string_translation=False)

    # === ACTIONS === #

    def action_open(self):
        """Open what the row is about."""
        self.ensure_one()
        if not self.res_model:
            raise UserError(self.env._("There is nothing to open here: %s", self.name))
        if self.res_model == 'coop.shu.allocation' and not self.res_action:
            return self.allocation_id._get_records_action()
        action = {
            'type': 'ir.actions.act_window', 'name': self.env[self.res_model]._description,
            'res_model': self.res_model, 'view_mode': 'list,form',
        }
        if self.res_action:
            action = self.env['ir.actions.act_window']._for_xml_id(f'producer_cooperative.{self.res_action}')
        return {
            **action, 'domain': json.loads(self.res_domain), 'context': json.loads(self.res_context),
            'target': 'current',
        }


class CoopShuAllocation(models.Model):
    """What has to be done before the surplus of a period can be computed."""
    _inherit = 'coop.shu.allocation'

    # === ACTIONS === #

    def action_open_todo(self):
        """List what is to be done before the surplus is computed, with the way to each."""
        self.ensure_one()
        self.check_access('read')
        rows = self.env['coop.shu.todo'].create([self._prepare_todo(obstacle) for obstacle in self._get_todo()])
        return {
            **self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_shu_todo_action'),
            'name': self.env._("To Do First: %s", self.display_name), 'domain': [('id', 'in', rows.ids)],
        }

    def action_lock_books(self):
        """Lock the books up to the end of the period, so that nothing more is booked in it.

        :raises AccessError: for anybody but the accountant.
        :raises UserError: while something of the period has to be done first.
        """
        self.ensure_one()
        self._check_user_is(ACCOUNTANT)
        self._check_period_is_over()
        self._check_books_complete()
        company = self.company_id
        if not company.fiscalyear_lock_date or company.fiscalyear_lock_date < self.date_to:
            # sudo: the accountant was checked; the day only ever moves forward
            company.sudo().fiscalyear_lock_date = self.date_to
            self._message_log(body=self.env._("Books locked up to %s.", format_date(self.env, self.date_to)))

    # === BUSINESS METHODS === #

    def _prepare_todo(self, obstacle):
        if not isinstance(obstacle, Obstacle):
            obstacle = Obstacle(obstacle)
        return {
            'allocation_id': self.id, 'name': str(obstacle), 'is_blocking': obstacle.blocking,
            'res_model': obstacle.model, 'res_domain': json.dumps(obstacle.domain, default=str),
            'res_context': json.dumps(
                {f'default_{name}': value for name, value in obstacle.defaults.items()}, default=str,
            ), 'res_action': obstacle.action,
        }

    def _check_books_complete(self):
        """Refuse to compute from books that are not complete.

        :raises RedirectWarning: listing what is to be done first, with a button to the list.
        """
        self.ensure_one()
        obstacles = [obstacle for obstacle in self._get_todo(with_advice=False) if obstacle]
        if obstacles:
            raise RedirectWarning(
                self.env._(
                    "The books of %(period)s are not complete yet:\n%(obstacles)s", period=self._get_period_label(),
                    obstacles="\n".join(f"- {obstacle}" for obstacle in obstacles),
                ),
                self.env.ref('producer_cooperative.coop_shu_todo_server_action').id,
                self.env._("Go through them"),
                {'active_id': self.id, 'active_ids': self.ids, 'active_model': self._name},
            )

    def _get_todo(self, with_advice=True):
        """Return what is to be done, most urgent first; advice that holds nothing up comes last.

        For a room to add something, it must override this method or ``res.company._coop_get_closing_obstacles``.

        :return: sentences, most of them :class:`tools.obstacle.Obstacle`.
        """
        self.ensure_one()
        obstacles = [
            *self.company_id._coop_get_closing_obstacles(self.date_from, self.date_to), *self._get_draft_obstacles(),
            *self._get_payment_obstacles(), *self._get_tax_obstacles(),
        ]
        return obstacles + self._get_advice() if with_advice else obstacles

    def _get_draft_obstacles(self):
        # sudo: names of drafts, whoever made them
        drafts = self.env['account.move'].sudo().search(
            Domain([('state', '=', 'draft'), ('company_id', '=', self.company_id.id)]) & Domain.OR(
                Domain([(field, '>=', self.date_from), (field, '<=', self.date_to)])
                for field in ('date', 'invoice_date')
            ), order='date, id',
        )
        if not drafts:
            return []
        return [Obstacle(self.env._(
            "%(count)s drafts in the period are to be posted or deleted: %(names)s", count=len(drafts),
            names=_enumerate(drafts),
        ), 'account.move', [('id', 'in', drafts.ids)])]

    def _get_payment_obstacles(self):
        # sudo: see _get_draft_obstacles
        payments = self.env['account.payment'].sudo().search([
            ('company_id', '=', self.company_id.id), ('move_id', '=', False),
            ('state', 'in', ('draft', 'in_process', 'paid')), ('date', '>=', self.date_from),
            ('date', '<=', self.date_to),
        ], order='date, id')
        if not payments:
            return []
        return [Obstacle(self.env._(
            "%(count)s payments of the period are not in the books: confirm or delete drafts; for others, give the"
            " journal's payment method an account and confirm them again: %(names)s", count=len(payments),
            names=_enumerate(payments),
        ), 'account.payment', [('id', 'in', payments.ids)])]

    def _get_tax_obstacles(self):
        """Return what is missing about the income tax; nothing where the rule lets it count as booked."""
        return []

    def _get_advice(self):
        """Return what is better looked at before the meeting, and holds nothing up."""
        self.ensure_one()
        return [
            *self._get_capital_advice(), *self._get_deliveries_advice(), *self._get_turnover_advice(),
            *self._get_lock_advice(),
        ]

    def _get_capital_advice(self):
        """Name savings that count as capital and that the rule leaves out, perhaps because they are newer."""
        rule = self.rule_id
        missing = rule and 'capital' in rule.share_ids.mapped('kind') and rule._find_missing_capital_types()
        if not missing:
            return []
        return [Obstacle(self.env._(
            "%(types)s count as capital and are not among the savings that %(rule)s shares by. Add them to the rule, or"
            " leave it so if the bylaws say so.", types=", ".join(missing.mapped('name')), rule=rule.display_name,
        ), 'coop.shu.rule', [('id', '=', rule.id)], blocking=False)]

    def _get_deliveries_advice(self):
        """Count members' bills that do not say what was delivered, where goods sold to the cooperative count."""
        if 'deliveries' not in self.rule_id.share_ids.mapped('base'):
            return []
        bills = self.env['account.move'].sudo()  # sudo: see _get_draft_obstacles
        domain = [
            ('company_id', '=', self.company_id.id), ('state', '=', 'posted'), ('coop_membership_id', '!=', False),
            ('move_type', 'in', bills.get_purchase_types(include_receipts=True)),
            ('date', '>=', self.date_from), ('date', '<=', self.date_to),
            ('coop_source_model', '!=', 'coop.settlement'),
            ('invoice_line_ids', 'any', [('display_type', '=', 'product'), ('product_id', '=', False)]),
        ]
        count = bills.search_count(domain)
        if not count:
            return []
        return [Obstacle(self.env._(
            "%s bills of members have lines without a product, which do not count as goods sold to the cooperative."
            " Look through them, and name the product where goods were delivered.", count,
        ), 'account.move', domain, blocking=False)]

    def _get_turnover_advice(self):
        amount = self._get_turnover_without_member()
        if self.currency_id.is_zero(amount):
            return []
        return [Obstacle(self.env._(
            "Turnover of %s has no member. Look through it: sales to a member that do not name the member are missing"
            " in the member's SHU.", format_amount(self.env, amount, self.currency_id),
        ), 'coop.shu.turnover', self._get_turnover_domain() + [('membership_id', '=', False)],
            action='coop_shu_turnover_action', blocking=False)]

    def _get_lock_advice(self):
        lock = self.company_id.sudo().fiscalyear_lock_date  # sudo: the day, for whoever prepares the surplus
        if lock and lock >= self.date_to:
            return []
        return [Obstacle(self.env._(
            "The books are not locked up to %s: whatever is booked in the period later is not in this surplus. Lock"
            " them on the allocation once everything is booked.", format_date(self.env, self.date_to),
        ), 'coop.shu.allocation', blocking=False)]


def _enumerate(records):
    """Return the first names of some records in one line."""
    return ", ".join(records[:NAMED].mapped('display_name')) + (" …" if len(records) > NAMED else "")
