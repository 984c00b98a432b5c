from odoo import models
from odoo.exceptions import UserError


class CoopCashMixin(models.AbstractModel):
    """A document whose money goes over a journal: the treasurer's is every journal, a cashier's some."""
    _name = 'coop.cash.mixin'
    _inherit = ['coop.document.mixin']
    _description = "Cooperative Document over Cash or Bank"

    # === BUSINESS METHODS === #

    def _find_journal_to_post_on(self, types=('cash', 'bank')):
        """Return the first journal of the document's company that the user may post on; cash comes before bank.

        :param types: the types of journals that fit.
        """
        self.ensure_one()
        domain = [*self.env['account.journal']._check_company_domain(self.company_id), ('type', 'in', types)]
        if not self._user_posts_everywhere():
            domain.append(('coop_cashier_ids', 'in', self.env.uid))
        # sudo: only ids of cash and bank journals, which a cashier may not read otherwise
        journals = self.env['account.journal'].sudo().search(domain)
        return (journals.filtered(lambda journal: journal.type == 'cash') or journals)[:1]

    def _check_may_post_on(self, journal):
        """Refuse users who may not post on the journal.

        :raises UserError: cashiers post only on the journals that name them; officers post nothing.
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
