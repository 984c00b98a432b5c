from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

MANAGER = 'producer_cooperative.group_coop_manager'
ACCOUNTANT = 'producer_cooperative.group_coop_accountant'


class CoopShuPreview(models.TransientModel):
    """What a rule would give whom, by the figures of a period: nothing is booked, numbered or kept.

    The allocation's own computation works it out and is undone, so that there is one calculation and no second one that
    could disagree.
    """
    _name = 'coop.shu.preview'
    _description = "Preview of an SHU Rule"
    _rec_name = 'rule_id'
    _check_company_auto = True

    rule_id = fields.Many2one(
        comodel_name='coop.shu.rule', string="SHU Rule", required=True, check_company=True, ondelete='cascade',
        default=lambda self: self.env['coop.shu.rule'].search([('company_id', '=', self.env.company.id)], limit=1),
    )
    company_id = fields.Many2one(related='rule_id.company_id')
    currency_id = fields.Many2one(related='company_id.currency_id')
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self.env.company._coop_get_last_year()['date_from'],
    )
    date_to = fields.Date(
        string="To", required=True, default=lambda self: self.env.company._coop_get_last_year()['date_to'],
    )
    surplus = fields.Monetary(readonly=True, help="Income less expenses of the period as the ledger has it now.")
    is_loss = fields.Boolean(string="Loss", readonly=True)
    is_worked_out = fields.Boolean(readonly=True)
    problem = fields.Text(readonly=True, help="Why the rule cannot be carried out with these figures.")
    share_ids = fields.One2many(
        comodel_name='coop.shu.preview.share', inverse_name='preview_id', string="Shares", readonly=True,
    )
    member_ids = fields.One2many(
        comodel_name='coop.shu.preview.member', inverse_name='preview_id', string="Members", readonly=True,
    )
    member_count = fields.Integer(string="Number of Members", readonly=True)
    member_total = fields.Monetary(string="To Members", readonly=True)
    has_before = fields.Boolean(readonly=True)

    _period_ok = models.Constraint('CHECK (date_to >= date_from)', "The period ends before it begins.")

    # === ONCHANGE METHODS === #

    @api.onchange('rule_id', 'date_from', 'date_to')
    def _onchange_question(self):
        """Take away what was worked out for another question."""
        self.is_worked_out = self.is_loss = False
        self.problem = False
        self.surplus = self.member_count = self.member_total = 0
        self.share_ids = self.member_ids = False

    # === ACTIONS === #

    def action_work_out(self):
        """Work out what the rule would give whom, and show it.

        :raises AccessError: for anybody but the manager and the accountant.
        """
        self.ensure_one()
        self.env['coop.shu.allocation']._check_user_is(MANAGER, ACCOUNTANT)
        self.rule_id.check_access('read')  # what follows works out everybody's figures as the system
        self.share_ids.unlink()
        self.member_ids.unlink()
        try:
            figures, shares, members = self._compute_and_undo()
        except UserError as refusal:
            figures, shares, members = {'problem': str(refusal), 'is_worked_out': False}, [], []
        else:
            figures.update(problem=False, is_worked_out=True)
        self.write(figures)
        self.env['coop.shu.preview.share'].create(shares)
        self._insert_members(members)
        return self._get_reload_action()

    def action_open_members(self):
        """Open the list of all members with what they would get."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Preview: %s", self.rule_id.display_name),
            'res_model': 'coop.shu.preview.member', 'view_mode': 'list', 'domain': [('preview_id', '=', self.id)],
            'context': {'create': False},
        }

    # === BUSINESS METHODS === #

    def _get_reload_action(self):
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Preview"), 'res_model': self._name,
            'res_id': self.id, 'view_mode': 'form', 'target': 'current',
        }

    def _compute_and_undo(self):
        """Return ``(figures of the preview, values of its shares, values of its members)``.

        :raises UserError: where the rule cannot be carried out.
        """
        self.ensure_one()
        with self.env.cr.savepoint() as savepoint:
            # sudo: the role was checked; whatever is made here is undone below
            allocation = self.env['coop.shu.allocation'].sudo().with_context(
                tracking_disable=True, mail_create_nolog=True,
            ).create({'company_id': self.company_id.id, 'date_from': self.date_from, 'date_to': self.date_to})
            allocation.rule_id = self.rule_id
            allocation._start_computing(at_once=True)
            result = self._read_result(allocation)
            savepoint.rollback()
        return result

    def _read_result(self, allocation):
        shares = [{
            'preview_id': self.id, 'name': share.name, 'kind': share.kind, 'percent': share.percent,
            'amount': share.amount_booked, 'denominator': share.denominator,
        } for share in allocation.share_ids]
        before = self._get_amounts_before()
        self.env['coop.shu.member.line'].flush_model()
        # In SQL: a hundred thousand members are read in one go.
        members = self.env.execute_query(SQL(
            "SELECT membership_id, capital_amount, patronage_amount, amount_total FROM coop_shu_member_line"
            " WHERE allocation_id = %s ORDER BY id", allocation.id,
        ))
        return {
            'surplus': allocation.surplus, 'is_loss': allocation.is_loss, 'member_count': len(members),
            'member_total': float(sum(amount for *_others, amount in members)), 'has_before': bool(before),
        }, shares, [(*member, before.get(member[0], 0.0)) for member in members]

    def _insert_members(self, members):
        """Write down what members would get: ``[(membership id, by capital, by patronage, SHU, as posted)]``."""
        self.ensure_one()
        if not members:
            return
        # In SQL: rows of this preview that nothing else knows of; making each through the ORM takes minutes.
        self.env.execute_query(SQL(
            """
            INSERT INTO coop_shu_preview_member (
                preview_id, create_uid, write_uid, create_date, write_date,
                membership_id, capital_amount, patronage_amount, amount_total, amount_before
            )
            SELECT %(preview)s, %(user)s, %(user)s, %(now)s, %(now)s, member.*
              FROM unnest(%(ids)s::int[], %(capital)s::numeric[], %(patronage)s::numeric[], %(total)s::numeric[],
                          %(before)s::numeric[]) member
            RETURNING id
            """, preview=self.id, user=self.env.uid, now=self.env.cr.now(),
            **{name: list(column) for name, column in zip(
                ('ids', 'capital', 'patronage', 'total', 'before'), zip(*members, strict=True), strict=True,
            )},
        ))
        self.invalidate_recordset(['member_ids'])

    def _get_amounts_before(self):
        """Return ``{membership id: SHU}`` of what was posted for the period under the rule of its time."""
        # sudo: see _compute_and_undo
        groups = self.env['coop.shu.member.line'].sudo()._read_group([
            ('company_id', '=', self.company_id.id), ('state', 'in', ('posted', 'paid')),
            ('allocation_id.date_from', '=', self.date_from), ('allocation_id.date_to', '=', self.date_to),
        ], ['membership_id'], ['amount_total:sum'])
        return {membership.id: amount for membership, amount in groups}


class CoopShuPreviewShare(models.TransientModel):
    """One share of the surplus as the rule would have it."""
    _name = 'coop.shu.preview.share'
    _description = "Share in a Preview"
    _order = 'id'

    preview_id = fields.Many2one(comodel_name='coop.shu.preview', required=True, index=True, ondelete='cascade')
    currency_id = fields.Many2one(related='preview_id.currency_id')
    name = fields.Char(string="Share", readonly=True)
    kind = fields.Char(readonly=True)
    percent = fields.Float(readonly=True, digits=(6, 3))
    amount = fields.Monetary(readonly=True)
    denominator = fields.Float(string="Divided By", readonly=True, digits=(20, 2))


class CoopShuPreviewMember(models.TransientModel):
    """What one member would get."""
    _name = 'coop.shu.preview.member'
    _description = "Member in a Preview"
    _order = 'id'
    _rec_name = 'membership_id'

    preview_id = fields.Many2one(comodel_name='coop.shu.preview', required=True, index=True, ondelete='cascade')
    currency_id = fields.Many2one(related='preview_id.currency_id')
    membership_id = fields.Many2one(comodel_name='coop.membership', string="Member", readonly=True, ondelete='cascade')
    capital_amount = fields.Monetary(string="By Capital", readonly=True)
    patronage_amount = fields.Monetary(string="By Patronage", readonly=True)
    amount_total = fields.Monetary(string="SHU", readonly=True)
    amount_before = fields.Monetary(
        string="As Posted", readonly=True, help="What the member got for this period by the rule of its time.",
    )
    difference = fields.Monetary(compute='_compute_difference', help="SHU by this rule less what was posted.")

    # === COMPUTE METHODS === #

    @api.depends('amount_total', 'amount_before')
    def _compute_difference(self):
        for member in self:
            member.difference = member.amount_total - member.amount_before


class CoopShuRule(models.Model):
    _inherit = 'coop.shu.rule'

    # === ACTIONS === #

    def action_preview(self):
        """Show what the rule would give whom by last year's figures."""
        self.ensure_one()
        return self.env['coop.shu.preview'].create({'rule_id': self.id}).action_work_out()
