from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class CoopRemindMixin(models.AbstractModel):
    """Remind members of something: by an officer's visit or call, by e-mail, or by a letter.

    A window says what it reminds of in :meth:`_get_rows` and the methods after it, and names its template and letter.
    """
    _name = 'coop.remind.mixin'
    _description = "Remind Members"

    #: The field of the membership that keeps when the member was last reminded.
    _reminded_field = ''
    #: External ids of the mail template and of the letter, both about memberships.
    _template = ''
    _letter = ''

    membership_ids = fields.Many2many(comodel_name='coop.membership', string="Members", required=True)
    method = fields.Selection(
        selection=[('activity', "An officer calls or visits"), ('email', "E-mail, letter for those without"),
                   ('letter', "Letter")],
        default='activity', required=True,
    )
    user_id = fields.Many2one(
        comodel_name='res.users', string="Responsible", default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    date_deadline = fields.Date(
        string="Until", default=lambda self: fields.Date.context_today(self) + relativedelta(days=7),
    )
    days = fields.Integer(
        string="Not Again Within (Days)", default=lambda self: self.env.company.sudo().coop_reminder_days,
    )
    again = fields.Boolean(string="Remind Again All the Same")
    is_done = fields.Boolean(readonly=True, export_string_translation=False)
    remind_ids = fields.Many2many(
        comodel_name='coop.membership', string="To Be Reminded", compute='_compute_remind_ids',
    )
    recent_ids = fields.Many2many(
        comodel_name='coop.membership', string="Reminded Recently", compute='_compute_remind_ids',
    )
    without_email_ids = fields.Many2many(
        comodel_name='coop.membership', string="Without E-mail", compute='_compute_remind_ids',
    )

    # === COMPUTE METHODS === #

    @api.depends('membership_ids', 'days', 'again')
    def _compute_remind_ids(self):
        for wizard in self:
            members = wizard.membership_ids._origin
            rows = wizard._get_rows(members)
            concerned = members.filtered(lambda member, rows=rows: member in rows)
            since = fields.Date.context_today(self) - relativedelta(days=max(wizard.days, 0))
            recent = concerned.filtered(
                lambda member, since=since: member[self._reminded_field] and member[self._reminded_field] > since,
            )
            wizard.recent_ids = recent
            wizard.remind_ids = concerned if wizard.again else concerned - recent
            wizard.without_email_ids = wizard.remind_ids.filtered(lambda member: not member.partner_id.email)

    # === ACTIONS === #

    def action_remind(self):
        """Remind the members who are concerned and were not reminded lately.

        :return: the letters to print, or a message that says how many were reminded.
        :raises UserError: when nobody is left to be reminded, and when the same window is used twice.
        """
        self.ensure_one()
        # A second click waits here for the first one, and then finds the work done.
        self.membership_ids._queue_up()
        if self.is_done:
            raise UserError(self.env._(
                "These members have just been reminded. To remind them once more, open the window anew.",
            ))
        members = self.remind_ids
        if not members:
            raise UserError(self._nobody_message())
        rows = self._get_rows(members)
        letters = {'activity': members.browse(), 'email': self.without_email_ids, 'letter': members}[self.method]
        if self.method == 'activity':
            self._schedule_activities(rows)
        if self.method == 'email':
            self._send_emails(members - letters)
        self._log(rows, letters)
        # sudo: whoever may remind a member need not be allowed to change the membership
        members.sudo().write({self._reminded_field: fields.Date.context_today(self)})
        self.is_done = True
        if letters:
            return {**self.env.ref(self._letter).report_action(letters), 'close_on_report_download': True}
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification',
            'params': {
                'message': self.env._("%s members are reminded.", len(members)), 'type': 'success',
                'next': {'type': 'ir.actions.act_window_close'},
            },
        }

    # === BUSINESS METHODS - WHAT IT IS ABOUT === #

    def _get_rows(self, members):
        """Return ``{membership: what the member is reminded of}``; who is not in it is not reminded."""
        raise NotImplementedError

    def _get_rows_html(self, member, rows):
        """Return these rows as a list for messages."""
        raise NotImplementedError

    def _get_summary(self, member, rows):
        """Return in one line what an officer has to speak about."""
        raise NotImplementedError

    def _get_log_text(self, method):
        """Return what is kept on the member's card, with the name of the way of reminding."""
        raise NotImplementedError

    def _nobody_message(self):
        """Say why nobody is left to be reminded."""
        raise NotImplementedError

    # === BUSINESS METHODS === #

    def _schedule_activities(self, rows):
        if not self.user_id:
            raise UserError(self.env._("Choose the officer who calls or visits the members."))
        for member, of_member in rows.items():
            # sudo: an activity on a member's card, whatever else the user may change there
            member.sudo().activity_schedule(
                'mail.mail_activity_data_call', date_deadline=self.date_deadline, user_id=self.user_id.id,
                summary=self._get_summary(member, of_member), note=self._get_rows_html(member, of_member),
            )

    def _send_emails(self, members):
        if members:
            # sudo: renders and queues the cooperative's own template for members whom the user may read
            self.env.ref(self._template).sudo().send_mail_batch(
                members.ids, email_layout_xmlid='mail.mail_notification_light',
            )

    def _log(self, rows, letters):
        methods = dict(self._fields['method']._description_selection(self.env))
        # sudo: a note on the member's card
        self.env['coop.membership'].sudo().union(*rows)._message_log_batch(bodies={
            member.id: Markup("<p>%s</p>%s") % (
                self._get_log_text(methods['letter' if member in letters else self.method]),
                self._get_rows_html(member, of_member),
            ) for member, of_member in rows.items()
        })
