from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date


class CoopCashMixin(models.AbstractModel):
    """A document whose money goes over a journal: the treasurer's is every journal, a cashier's some."""
    _name = 'coop.cash.mixin'
    _inherit = ['coop.document.mixin']
    _description = "Cooperative Document over Cash or Bank"

    # === BUSINESS METHODS === #

    def _find_journal_to_post_on(self, types=('cash', 'bank')):
        """Return the first journal of the document's company that the user may post on.

        Cash comes before bank, and a drawer that nobody else holds before the others.

        :param types: the types of journals that fit.
        """
        self.ensure_one()
        domain = [*self.env['account.journal']._check_company_domain(self.company_id), ('type', 'in', types)]
        if not self._user_posts_everywhere():
            domain.append(('coop_cashier_ids', 'in', self.env.uid))
        # sudo: only ids of cash and bank journals, which a cashier may not read otherwise
        journals = self.env['account.journal'].sudo().search(domain)
        drawers = journals.filtered(lambda journal: journal.type == 'cash')
        held = drawers._coop_get_last_handovers()
        free = drawers.filtered(
            lambda drawer: drawer.id not in held or held[drawer.id].to_user_id.id == self.env.uid,
        )
        return (free or drawers or journals)[:1]

    def _check_may_post_on(self, journal):
        """Refuse users who may not post on the journal.

        :raises UserError: cashiers post only on the journals that name them, and only while they hold the drawer, once
            it was handed over in the books; officers post nothing.
        """
        self.ensure_one()
        if self._user_posts_everywhere():
            return
        journal = journal.sudo()  # sudo: reads who the journal's cashiers are
        if (
            not self.env.user.has_group('producer_cooperative.group_coop_cashier')
            or self.env.user not in journal.coop_cashier_ids
        ):
            raise UserError(self.env._(
                "You may not post on %(journal)s. Ask the treasurer to post it or to name you as its cashier.",
                journal=journal.display_name or self.env._("this journal"),
            ))
        journal.sudo(False)._coop_check_holds()

    # === BUSINESS METHODS - COINS === #

    def _check_cash_units(self, amounts, journal, rest):
        """Refuse cash that nobody can hand over: one person is paid in whole multiples of the smallest coin.

        :param amounts: ``{name of the person: what is paid}``.
        :param journal: the journal that pays; nothing is checked where no cash is paid.
        :param str rest: what becomes of the rest, as a sentence.
        :raises UserError: naming the person, the amount and the smallest coin.
        """
        self.ensure_one()
        company = self.company_id.sudo()  # sudo: the smallest coin concerns everybody who pays cash
        if journal.sudo().type != 'cash':  # sudo: the journal's type
            return
        for name, amount in amounts.items():
            _paid, left = company._coop_split_cash(amount)
            if not self.currency_id.is_zero(left):
                raise UserError(self.env._(
                    "%(member)s would be paid %(amount)s, which cannot be handed over in whole multiples of %(unit)s."
                    " Pay less; %(rest)s", member=name, amount=format_amount(self.env, amount, self.currency_id),
                    unit=format_amount(self.env, company.coop_cash_unit, self.currency_id), rest=rest,
                ))

    # === BUSINESS METHODS - WHEN === #

    def _get_entry_journal(self):
        """Return the journal that the entry is booked in; for a document that moves no money, it must override this."""
        self.ensure_one()
        return self.journal_id

    def _check_date(self):
        """Refuse documents of a day that is not this user's to book on; see :meth:`_check_may_date`."""
        self.ensure_one()
        self._check_may_date(self.date, self._get_entry_journal())

    def _check_may_date(self, date, journal):
        """Refuse payments of the future, cashiers' payments of days that are counted already, and closed periods.

        :param date: the day of the payment.
        :param journal: the journal that the entry is booked in.
        :raises UserError: naming the document, the date and what to do.
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        if date > today:
            raise UserError(self.env._(
                "%(document)s: %(date)s is in the future. Post it on the day of the payment.",
                document=self.display_name, date=format_date(self.env, date),
            ))
        # sudo: a setting that concerns every cashier
        earliest = today - relativedelta(days=self.company_id.sudo().coop_backdate_days)
        if date < earliest and not self._user_posts_everywhere():
            raise UserError(self.env._(
                "%(document)s: %(date)s is over and its cash is counted. Cashiers date payments %(earliest)s or later:"
                " correct the date, or ask the treasurer to post it.",
                document=self.display_name, date=format_date(self.env, date),
                earliest=format_date(self.env, earliest),
            ))
        self._check_day_is_not_counted(date, journal or self._get_entry_journal())
        self._check_period_is_open(date, journal or self._get_entry_journal())

    def _check_day_is_not_counted(self, date, journal):
        """Refuse that cashiers book on a day that is over and whose cash was counted.

        :raises UserError: naming the count.
        """
        if date >= fields.Date.context_today(self) or self._user_posts_everywhere():
            return
        # sudo: whether the drawer was counted
        count = self.env['coop.cash.count'].sudo().search([
            ('journal_id', '=', journal.id), ('date', '>=', date), ('state', 'not in', ('draft', 'cancelled')),
        ], limit=1)
        if count:
            raise UserError(self.env._(
                "%(document)s: the cash of %(date)s is counted (%(count)s). Date the payment today, or ask the"
                " treasurer to post it.", document=self.display_name, date=format_date(self.env, date),
                count=count.display_name,
            ))
