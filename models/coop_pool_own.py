from __future__ import annotations

from dataclasses import dataclass

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount

#: The longest remark that a member may leave for whoever hands out.
NOTE_LENGTH = 200


@dataclass
class OwnOffer:
    """One product of a pool as a member sees it: texts in the member's language, quantities in the product's unit."""
    line: models.Model
    name: str
    unit: str
    step: float
    quantity: float
    tolerance: float
    figures: dict[str, str]


class CoopPoolMember(models.Model):
    """A member's part counts its changes, so that a page that was opened before one of them is known to be old."""
    _name = 'coop.pool.member'
    _inherit = ['coop.pool.member', 'coop.queue.mixin']

    _guarded_fields = frozenset({'limit_value', 'lock_version'})


class CoopPoolRequest(models.Model):
    _inherit = 'coop.pool.request'

    def _update_rows(self):
        super()._update_rows()
        self.sudo().member_id._queue_up()  # sudo: counting the change, whoever made it

    def unlink(self):
        members = self.sudo().member_id  # sudo: counting the change, whoever made it
        res = super().unlink()
        members._queue_up()
        return res


class CoopPool(models.Model):
    """What members see of a round, and how they ask by themselves."""
    _inherit = 'coop.pool'

    # === BUSINESS METHODS === #

    def _get_own_offers(self, membership):
        """Return what the pool offers, with prices as they are now and what the member asks for.

        Only sums of what others ask for are in it. The number of queries does not depend on the number of members.

        :param membership: the user's own, maybe empty.
        :return: list of :class:`OwnOffer`.
        """
        self.ensure_one()
        self.check_access('read')
        pool = self.sudo()  # sudo: sums and prices of a pool that the user sees, and the user's own wishes
        wishes = pool._get_wishes(membership.sudo()) if membership else {}
        by_line = {line.id: wish for (_member, line), wish in wishes.items()}
        return [
            OwnOffer(
                line, line.product_id.display_name, line.uom_id.name, line.step, *by_line.get(line.id, (0.0, 0.0)),
                line._get_own_figures(by_line.get(line.id, (0.0, 0.0))[0]),
            ) for line in pool.line_ids
        ]

    def _get_own_part(self, membership):
        """Return the ``coop.pool.member`` of one of the user's memberships, with superuser rights; maybe empty."""
        # sudo: the part of a membership that is the user's own
        return self.env['coop.pool.member'].sudo().search([
            ('pool_id', '=', self.id), ('membership_id', '=', membership.id),
        ], limit=1) if membership else self.env['coop.pool.member'].sudo()

    def _get_own_version(self, membership):
        """Return a text that changes whenever what the member asks for in this pool was changed, by whomever."""
        part = self._get_own_part(membership)
        return f'{part.id}-{part.lock_version}' if part else '0'

    def _change_own_requests(self, membership, wishes, version, note=None):
        """Make or change what a member asks for, as the member's own page sent it; all of it or nothing.

        A page that says what is stored already changes nothing, so that it may be sent twice.

        :param membership: one of the user's own; the caller checks that.
        :param dict wishes: ``{line id: (quantity, tolerance)}`` in the product's unit.
        :param str version: :meth:`_get_own_version` when the page was opened.
        :param str note: for whoever hands out; left alone where nothing is given.
        :raises UserError: when the pool takes no requests, does not offer a product, the page is old, or the member may
            not ask for so much.
        """
        self.ensure_one()
        self.check_access('read')
        pool = self.sudo()  # sudo: members make requests without access to those of others
        pool._queue_up_for_requests()
        lines = {line.id: line for line in pool.line_ids}
        if wishes.keys() - lines.keys():
            raise UserError(self.env._(
                "One of the products is not offered any more. Look at the round as it is now, and ask again.",
            ))
        stored = {line.id: wish for (_member, line), wish in pool._get_wishes(membership.sudo()).items()}
        changed = {
            line_id: wish for line_id, wish in wishes.items() if any(
                lines[line_id].uom_id.compare(new, old)
                for new, old in zip(wish, stored.get(line_id, (0.0, 0.0)), strict=True)
            )
        }
        part = pool._get_own_part(membership)
        note = part.note or '' if note is None else " ".join(note.replace('\0', " ").split())
        if not changed and note == (part.note or ''):
            return
        if version != pool._get_own_version(membership):
            raise UserError(self.env._(
                "Your requests in this round were changed after you opened the page, here or at the counter. Look at"
                " them as they are now, and change them once more.",
            ))
        if len(note) > NOTE_LENGTH:
            raise UserError(self.env._("The remark is too long: at most %s letters.", NOTE_LENGTH))
        pool._set_requests([
            (membership.sudo(), lines[line_id].product_id, *wish) for line_id, wish in changed.items()
        ], source='portal')
        part = pool._get_own_part(membership)
        if part:
            part.note = note


class CoopPoolLine(models.Model):
    _inherit = 'coop.pool.line'

    def _get_own_figures(self, quantity):
        """Return what changes while others ask, as texts in the user's language: sums, and the vendors' prices.

        :param float quantity: what the member asks for, for what it comes to.
        """
        self.ensure_one()
        price, currency = self.price_current or self.next_step_price, self.currency_id

        def say(amount):
            return self.env['coop.membership']._format_quantity(self.uom_id, amount)

        return {
            'asked': say(self.quantity_requested),
            'members': str(self.member_count),
            'price': self._format_money(price) if price else "",
            'next': self.env._(
                "%(missing)s more, and it is %(price)s", missing=say(self.missing_to_step),
                price=self._format_money(self.next_step_price),
            ) if self.price_current and self.next_step_quantity else "",
            'minimum': self.env._(
                "%s are missing until the vendor sells at all", say(self.missing_to_minimum),
            ) if self.uom_id.compare(self.missing_to_minimum, 0.0) > 0 and self.quantity_requested else "",
            'value': format_amount(self.env, currency.round(price * quantity), currency) if price and quantity else "",
        }
