from odoo import fields, models
from odoo.exceptions import UserError

#: States of an e-mail that was queued and will not leave by itself.
FAILED_MAIL_STATES = ('exception', 'cancel')


class CoopShuStatementRunLine(models.Model):
    """One member of a run: how the statement went out, or why not."""
    _name = 'coop.shu.statement.run.line'
    _description = "Member in a Sending of SHU Statements"
    _order = 'run_id, id'
    _check_company_auto = True

    run_id = fields.Many2one(
        comodel_name='coop.shu.statement.run', required=True, index=True, ondelete='cascade', readonly=True,
    )
    company_id = fields.Many2one(related='run_id.company_id', store=True, precompute=True)
    member_line_id = fields.Many2one(
        comodel_name='coop.shu.member.line', string="Member's SHU", required=True, readonly=True, index=True,
        ondelete='cascade',
    )
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, readonly=True, index=True, ondelete='restrict',
    )
    currency_id = fields.Many2one(related='member_line_id.currency_id')
    amount_total = fields.Monetary(related='member_line_id.amount_total')
    state = fields.Selection(
        selection=[
            ('to_send', "To Send"), ('sent', "E-mail Sent"), ('letter', "Letter to Print"),
            ('printed', "Letter Printed"), ('skipped', "Has It Already"), ('failed', "Failed"),
        ],
        required=True, readonly=True, index=True, default='to_send',
    )
    email = fields.Char(readonly=True, help="Where the statement was sent.")
    mail_id = fields.Many2one(
        comodel_name='mail.mail', string="E-mail", readonly=True, copy=False, index='btree_not_null',
        ondelete='set null', groups='base.group_system',
    )
    mail_state = fields.Selection(
        related='mail_id.state', string="Delivery", help="Empty once the e-mail has left and was cleared away.",
    )
    reason = fields.Char(readonly=True, help="What went wrong.")
    done_on = fields.Datetime(string="On", readonly=True)

    _member_uniq = models.Constraint('UNIQUE (run_id, member_line_id)', "The member stands in the run already.")

    # === ACTIONS === #

    def action_print(self):
        """Print the letters of these members, printed before or not.

        :raises UserError: for members who were not dealt with yet, or when the SHU was cancelled.
        """
        waiting = self.filtered(lambda line: line.state == 'to_send')
        if waiting:
            raise UserError(self.env._(
                "The run has not come to %s yet. Wait until it is done.", waiting[0].membership_id.display_name,
            ))
        for run in self.run_id:
            run._check_is_booked()
        return self._print()

    # === BUSINESS METHODS === #

    def _take_back(self):
        """Note of these members, whose e-mail did not leave, that they were not given the statement by it.

        The e-mail itself is cancelled: sent later by hand, it would come beside the next one.
        """
        if not self:
            return
        for line in self:
            line.write({
                'state': 'failed', 'done_on': fields.Datetime.now(),
                'reason': line.mail_id.failure_reason or self.env._("The e-mail did not leave. Check the address."),
            })
        self.mail_id.write({'state': 'cancel'})
        # Another run may have reached them, or a letter.
        given = self.search([
            ('member_line_id', 'in', self.member_line_id.ids), ('state', 'in', ('sent', 'printed')),
        ]).filtered(lambda line: line.mail_id.state not in FAILED_MAIL_STATES)
        (self.member_line_id - given.member_line_id).statement_sent_on = False

    def _print(self):
        """Return the print-out of these members' statements; note on letters that they are printed."""
        self.check_access('read')
        now = fields.Datetime.now()
        letters = self.filtered(lambda line: line.state == 'letter')
        # sudo: the run notes what was given to whom; nobody types it in
        letters.sudo().write({'state': 'printed', 'done_on': now})
        letters.sudo().member_line_id.write({'statement_sent_on': now})
        return self.member_line_id.action_print_statement()
