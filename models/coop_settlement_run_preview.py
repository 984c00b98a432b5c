from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount, split_every

from odoo.addons.producer_cooperative.models.coop_settlement_prior import Advances

#: How many members are looked at together: memory and locks of a run are bounded by it, whatever its size.
BATCH_SIZE = 50


class CoopSettlementRun(models.Model):
    """The preview: what every member would get, or why not."""
    _inherit = 'coop.settlement.run'

    # === BUSINESS METHODS - PREVIEW === #

    def _preview(self):
        """Write one line per member with something due; lines that are settled already are left alone.

        :raises UserError: when there is nothing to settle.
        """
        self.ensure_one()
        # sudo: figures that nobody types in
        self.sudo().line_ids.filtered(lambda line: line.state != 'settled').unlink()
        done = set(self.line_ids.partner_id.ids)
        owner_ids = [owner_id for owner_id in self._find_owner_ids() if owner_id not in done]
        for batch in split_every(BATCH_SIZE, owner_ids):
            values = self._prepare_preview(self.env['res.partner'].browse(batch))
            self.env['coop.settlement.run.line'].sudo().create(values)  # sudo: see above
            self.env.flush_all()
            self.env.invalidate_all()
        if not self.line_ids:
            raise UserError(self.env._("There is nothing to settle: what was invoiced of delivered goods is settled."))

    def _find_owner_ids(self):
        """Return the ids of the owners of goods on which something is open, in order of their member numbers."""
        self.ensure_one()
        Settlement = self._get_settlement_model()
        partners = self._get_chosen_partners()
        sale_lines = Settlement._close_settled_lines(
            self.company_id, Settlement._get_open_sale_lines(self.company_id, partners),
        )
        if not sale_lines:
            return []
        # sudo: whose goods were sold, for whoever settles
        groups = self.env['stock.move.line'].sudo()._read_group([
            ('move_id.sale_line_id', 'in', sale_lines.ids), ('owner_id', '!=', False), ('state', '=', 'done'),
        ], ['owner_id'])
        owners = self.env['res.partner'].union(*(owner for owner, in groups)).sudo(False)
        if partners is not None:
            owners &= partners
        ties = Settlement._get_ties(self.company_id, owners)
        return sorted(owners.ids, key=ties.get)

    def _get_chosen_partners(self):
        """Return the partners that the run is about; None for everybody."""
        self.ensure_one()
        if not self.membership_ids and not self.producer_kind_ids:
            return None
        domain = Domain('company_id', '=', self.company_id.id)
        if self.membership_ids:
            domain &= Domain('id', 'in', self.membership_ids.ids)
        if self.producer_kind_ids:
            domain &= Domain('producer_kind_ids', 'in', self.producer_kind_ids.ids)
        return self.env['coop.membership'].search(domain).partner_id

    def _get_settlement_model(self, partners=None):
        """Return the settlements, limited to the goods of the run.

        :param partners: those of a batch, whose advances are looked up together.
        """
        self.ensure_one()
        Settlement = self.env['coop.settlement']
        context = {'coop_settled_categories': tuple(self.categ_ids.ids)}
        if partners is not None:
            context['coop_advances'] = Advances(Settlement._get_open_advances(self.company_id, partners, self.date))
        return Settlement.with_context(**context)

    def _prepare_preview(self, owners):
        """Return the values of the lines of these owners; owners without anything due are left out."""
        self.ensure_one()
        Settlement = self._get_settlement_model(owners)
        dues, problems = self._get_dues(Settlement, owners)
        memberships = self._get_memberships(owners)
        debts = Settlement._get_open_debts(self.company_id, owners, self.date)
        settled_later = Settlement._get_owners_settled_after(self.company_id, self.date)
        carried = Settlement.env['coop.settlement.run.line']._get_carried(self.company_id, owners)
        values_list = []
        for owner in owners:
            membership = memberships.get(owner)
            values = {
                'run_id': self.id, 'partner_id': owner.id, 'membership_id': membership and membership.id,
                'member_number': membership and membership.number,
            }
            problem = problems.get(owner)
            if not problem and owner not in dues:
                continue
            if not membership:
                problem = self.env._("%s was never admitted as a member.", owner.display_name)
            elif owner in settled_later:
                problem = self.env._("Settled up to a later day already; choose a later day.")
            if problem:
                values_list.append({**values, 'state': 'blocked', 'reason': problem})
                continue
            figures = self._get_figures(Settlement, membership, dues[owner], debts)
            amount_carried = carried.get(owner, 0.0)
            values_list.append({
                **values, **figures, **self._get_outcome(figures), 'amount_carried_in': amount_carried,
            })
        return values_list

    def _get_dues(self, Settlement, owners):
        """Return what is due to these owners, and ``{owner: what is wrong}`` where that cannot be said."""
        self.ensure_one()
        try:
            return Settlement._get_due(self.company_id, owners, self.date), {}
        except UserError:
            dues, problems = {}, {}
        for owner in owners:
            try:
                dues |= Settlement._get_due(self.company_id, owner, self.date)
            except UserError as error:
                problems[owner] = str(error)
        return dues, problems

    def _get_memberships(self, owners):
        """Return ``{owner: the membership in force}``, or the last one of members who have left."""
        memberships = self.env['coop.membership']._get_in_force(owners, self.company_id)
        return {m.partner_id: m for m in memberships.sorted(lambda m: (m.state != 'left', m.id))}

    def _get_figures(self, Settlement, membership, rows, debts):
        """Return the figures that a settlement with this member comes to, as the line keeps them."""
        self.ensure_one()
        return self._sum_up(self._prepare_settlement(Settlement, membership, rows, debts))

    def _prepare_settlement(self, Settlement, membership, rows, debts):
        settlement = Settlement.new({
            'company_id': self.company_id.id, 'membership_id': membership.id, 'date': self.date,
        })
        return settlement._prepare_computed_values(rows, debts)

    def _sum_up(self, values):
        """Return the figures of the values that a settlement would be created with."""
        self.ensure_one()
        deductions = values['deductions']
        figures = {
            'amount_gross': sum(line['amount'] for line in values['lines']),
            'amount_commission': sum(line['commission'] for line in values['lines']),
        }
        for name, kind in (
            ('amount_tax', 'tax'), ('amount_levies', 'levy'), ('amount_advance', 'advance'),
            ('amount_withheld', 'savings'), ('amount_set_off', 'set_off'),
        ):
            figures[name] = sum(values['amount'] for values in deductions if values['kind'] == kind)
        figures['amount_payable'] = (
            figures['amount_gross'] - figures['amount_commission'] - sum(values['amount'] for values in deductions)
        )
        return {name: self.currency_id.round(amount) for name, amount in figures.items()}

    def _get_outcome(self, figures):
        """Return the state of a line with these figures, and the reason when nothing is paid."""
        self.ensure_one()
        payable = figures['amount_payable']
        if self.currency_id.compare_amounts(payable, 0.0) < 0:
            return {'state': 'carried', 'reason': self.env._(
                "More is to be given back than was sold; the next settlement takes it off.",
            )}
        if figures['amount_tax'] < 0:
            return {'state': 'carried', 'reason': self.env._(
                "Taxed commission is to be given back; it waits for sales that outweigh it.",
            )}
        if self.currency_id.is_zero(payable):
            return {'state': 'to_settle', 'reason': self.env._("Nothing is left to be paid after the deductions.")}
        if self.currency_id.compare_amounts(payable, self.amount_minimum) < 0:
            return {'state': 'carried', 'reason': self.env._(
                "Below the least payout of %s.", format_amount(self.env, self.amount_minimum, self.currency_id),
            )}
        return {'state': 'to_settle', 'reason': False}
