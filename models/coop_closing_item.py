from odoo import api, fields, models
from odoo.exceptions import UserError

MANAGER = 'producer_cooperative.group_coop_manager'
ACCOUNTANT = 'producer_cooperative.group_coop_accountant'
ROLES = (
    'producer_cooperative.group_coop_officer', 'producer_cooperative.group_coop_cashier', ACCOUNTANT, MANAGER,
)


class CoopClosingItem(models.Model):
    """One line of a closing checklist: found in the books, or a task that somebody ticks."""
    _name = 'coop.closing.item'
    _inherit = ['coop.guard.mixin', 'coop.todo.mixin']
    _description = "Line of a Closing Checklist"
    _order = 'closing_id DESC, is_open DESC, is_blocking DESC, source, sequence, id'
    _check_company_auto = True

    _guarded_fields = frozenset({
        'closing_id', 'key', 'source', 'sequence', 'name', 'is_blocking', 'state', 'done_by_id', 'done_on', 'res_model',
        'res_domain', 'res_context', 'res_action',
    })

    closing_id = fields.Many2one(
        comodel_name='coop.closing', required=True, readonly=True, index=True, ondelete='cascade', check_company=True,
    )
    company_id = fields.Many2one(related='closing_id.company_id', store=True)
    closing_state = fields.Selection(related='closing_id.state', string="Checklist")
    sequence = fields.Integer(readonly=True)
    key = fields.Char(readonly=True, export_string_translation=False)
    source = fields.Selection(
        selection=[('found', "Found in the Books"), ('task', "To Be Ticked")], required=True, readonly=True,
    )
    state = fields.Selection(
        selection=[('open', "Open"), ('done', "Done"), ('passed', "Let Pass")], default='open', required=True,
        readonly=True, index=True,
    )
    is_open = fields.Boolean(compute='_compute_is_open', store=True)
    done_by_id = fields.Many2one(comodel_name='res.users', string="By", readonly=True)
    done_on = fields.Datetime(string="On", readonly=True)
    note = fields.Char(help="What was done about it, or why it may pass.")

    _key_uniq = models.Constraint('UNIQUE (closing_id, key)', "A checklist has each line once.")

    # === COMPUTE METHODS === #

    @api.depends('state')
    def _compute_is_open(self):
        for item in self:
            item.is_open = item.state == 'open'

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su and 'note' in vals:
            self.closing_id._check_is_open()
        return super().write(vals)

    # === ACTIONS === #

    def action_done(self):
        """Tick tasks, and advice that was looked at.

        :raises UserError: for what the books themselves show to be open.
        """
        self._check_may_tick()
        for item in self:
            if item.source == 'found' and item.is_blocking:
                raise UserError(self.env._(
                    "“%s” is found in the books: it is ticked by itself once it is done. Open it, and do it.",
                    item.name,
                ))
            item._mark('done')

    def action_undo(self):
        """Take the tick off again."""
        self._check_may_tick()
        self.filtered(lambda item: item.state != 'open')._mark('open')

    def action_pass(self):
        """Let a line pass that cannot be done before the closing; its note says why.

        :raises AccessError: for anybody but the manager.
        :raises UserError: without a note.
        """
        self.closing_id._check_user_is(MANAGER)
        self.closing_id._check_is_open()
        for item in self:
            if not (item.note or '').strip():
                raise UserError(self.env._("Write into the note why “%s” may pass.", item.name))
            item._mark('passed')
            item.closing_id._message_log(body=self.env._(
                "Let pass: %(name)s Reason: %(note)s", name=item.name, note=item.note,
            ))

    # === BUSINESS METHODS === #

    def _check_may_tick(self):
        """Refuse users without a role that works for the closing, and checklists that are closed."""
        self.closing_id._check_user_is(*ROLES)
        self.check_access('read')
        self.closing_id._check_is_open()

    def _mark(self, state):
        """Write the state with who and when; open lines have nobody."""
        # sudo: who may was checked by the actions; see _check_not_forged
        self.sudo().write({
            'state': state, 'done_by_id': state != 'open' and self.env.uid,
            'done_on': state != 'open' and fields.Datetime.now(),
        })
