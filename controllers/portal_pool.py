import re

from odoo import http
from odoo.exceptions import UserError, ValidationError
from odoo.http import request

from odoo.addons.producer_cooperative.controllers.portal import ID, CooperativePortal
from odoo.addons.producer_cooperative.tools.quantity_text import read_quantity
from odoo.addons.producer_cooperative.tools.units import to_decimal

#: The number of a product's line in the name of an input.
LINE = re.compile(r'\d{1,10}', re.ASCII)


class CooperativePoolPortal(CooperativePortal):
    """Rounds of pooled buying: what is offered, at which price, and what the member asks for."""

    def _prepare_coop_home_values(self):
        values = super()._prepare_coop_home_values()
        if values['coop_memberships']:
            values['coop_open_pool_count'] = request.env['coop.pool'].search_count(self._get_open_pools_domain())
        return values

    def _get_open_pools_domain(self):
        return [('state', '=', 'open'), ('is_overdue', '=', False), ('is_template', '=', False)]

    @http.route(['/my/pools', '/my/pools/page/<int:page>'], type='http', auth='user', website=True, readonly=True)
    def portal_my_pools(self, page=1, year=None, **kwargs):
        """List the rounds that take requests, and below them those that the member took part in."""
        # sudo: texts of the rounds that the user sees
        open_pools = request.env['coop.pool'].search(self._get_open_pools_domain(), order='date_cutoff, id').sudo()
        # sudo: the user's own parts, and title and state of their rounds
        values = self._get_page(
            request.env['coop.pool.member'].sudo(), [
                ('membership_id', 'in', self._get_own_memberships().ids), ('pool_id', 'not in', open_pools.ids),
            ], '/my/pools', page, year, date_field='create_date', order='id DESC',
        )
        return self._render_page('portal_my_pools', 'coop_pools', {
            **values, 'open_pools': open_pools, 'asked': self._get_asked(open_pools).sudo(),
            'charges': self._get_charges(values['records'].pool_id).grouped('pool_id'),
        })

    def _get_asked(self, pools):
        """Return the pools that the member asks for something in."""
        return request.env['coop.pool.request'].search([
            ('pool_id', 'in', pools.ids), ('membership_id', 'in', self._get_own_memberships().ids),
            '|', ('quantity', '>', 0), ('tolerance', '>', 0),
        ]).pool_id

    def _get_charges(self, pools):
        Paper = request.env['coop.member.paper']
        return Paper._get_model('charge').search([*Paper._get_domain('charge'), ('pool_id', 'in', pools.ids)])

    def _may_lag(self, rule, args):
        """Tell whether a copy of the database may answer: not right after saving, it might show what was before."""
        return 'saved' not in request.httprequest.args

    @http.route(f'/my/pools/<{ID}:pool_id>', type='http', auth='user', website=True, methods=['GET'], readonly=_may_lag)
    def portal_my_pool(self, pool_id, saved=None, **kwargs):
        """Show one round: products with prices and sums as they are now, and a form while it takes requests."""
        pool = self._find_pool(pool_id)
        if not pool:
            return self._refuse_pool()
        return self._render_pool(pool, saved=bool(saved))

    @http.route(f'/my/pools/<{ID}:pool_id>', type='http', auth='user', website=True, methods=['POST'])
    def portal_my_pool_request(self, pool_id, **post):
        """Take what the member asks for; refused as a whole, with the reason and with what was typed."""
        pool = self._find_pool(pool_id)
        if not pool:
            return self._refuse_pool()
        post = {name: value for name, value in post.items() if isinstance(value, str)}  # a file is no answer
        problem = self._change_requests(pool, post)
        if problem:
            return self._render_pool(pool, problem=problem, typed=post, status=422)
        return request.redirect(f'/my/pools/{pool.id}?saved=1', code=303)

    @http.route(f'/my/pools/<{ID}:pool_id>/figures', type='http', auth='user', methods=['GET'], readonly=True)
    def portal_my_pool_figures(self, pool_id, **kwargs):
        """Return the figures that change while others ask, as texts, for a page that stays open."""
        pool = self._find_pool(pool_id)
        offers = pool._get_own_offers(self._get_participant(pool)) if pool else []
        return request.make_json_response({
            'is_open': bool(pool) and self._takes_requests(pool), 'time_left': pool.time_left or "",
            'figures': {offer.line.id: offer.figures for offer in offers},
        })

    # === TOOLS === #

    def _find_pool(self, pool_id):
        """Return a pool that the member may see: an open one of the own cooperatives, or one of own requests."""
        return request.env['coop.pool'].search([('id', '=', pool_id), ('state', '!=', 'draft')])

    def _refuse_pool(self):
        return self._refuse(request.env._(
            "This round is not open to you: it has not begun, belongs to another cooperative, or your membership is not"
            " active. Open a round from the list, or ask at the counter.",
        ), '/my/pools')

    def _get_participant(self, pool):
        """Return the user's membership that takes part: of the pool's cooperative, the current one."""
        return self._get_own_memberships().filtered(lambda own: own.company_id == pool.company_id)[:1]

    def _takes_requests(self, pool):
        return pool.state == 'open' and not pool.is_overdue

    def _render_pool(self, pool, problem=None, typed=None, saved=False, status=200):
        member = self._get_participant(pool)
        own = member.sudo()  # sudo: the state of the user's own membership, in words
        offers, note = pool._get_own_offers(member), pool._get_own_part(member).note or ""
        return self._render_page('portal_my_pool', 'coop_pools', {
            'pool': pool.sudo(),  # sudo: texts of a round that the user sees
            'member': member, 'offers': offers, 'problem': problem, 'saved': saved,
            'inputs': {**self._get_inputs(offers, note), **(typed or {})}, 'version': pool._get_own_version(member),
            'takes_requests': self._takes_requests(pool),
            'member_problem': own._get_pool_state_problem() if own else request.env._("You are no member here."),
            'shares': self._get_own_shares(pool), 'charges': self._get_charges(pool),
            'deposits': self._get_own_deposits(pool),
            'cutoff': pool.date_cutoff and pool.sudo()._format_cutoff(),
        }, status)

    def _get_inputs(self, offers, note):
        """Return ``{name: value}`` of the form's inputs as it is stored, numbers as every browser takes them."""
        inputs = {'note': note}
        for offer in offers:
            for name in ('quantity', 'tolerance'):
                inputs[f'{name}-{offer.line.id}'] = format(to_decimal(getattr(offer, name)).normalize(), 'f')
        return inputs

    def _get_own_shares(self, pool):
        return request.env['coop.pool.allocation'].sudo().search([  # sudo: goods of the user's own memberships
            ('pool_id', '=', pool.id), ('membership_id', 'in', self._get_own_memberships().ids),
        ])

    def _get_own_deposits(self, pool):
        return request.env['coop.pool.deposit'].sudo().search([  # sudo: money of the user's own memberships
            ('pool_id', '=', pool.id), ('membership_id', 'in', self._get_own_memberships().ids),
            ('state', '!=', 'cancelled'),
        ])

    def _change_requests(self, pool, post):
        """Save what the form says and return why it cannot be saved, if so."""
        member = self._get_participant(pool)
        if not member:
            return request.env._("You are no member of the cooperative that this round belongs to.")
        if not self._takes_requests(pool):
            return request.env._(
                "This round takes no requests any more, and nothing was changed. Ask at the counter whether it will be"
                " extended, or wait for the next round.",
            )
        try:
            with request.env.cr.savepoint():
                pool._change_own_requests(
                    member, self._read_wishes(pool, post), post.get('version', ''), post.get('note'),
                )
        except (UserError, ValidationError) as error:
            return error.args[0]
        return ""

    def _read_wishes(self, pool, post):
        """Return ``{line id: (quantity, tolerance)}`` of the products that the form names.

        :raises UserError: for what is not a quantity.
        """
        names = {line.id: line.product_id.display_name for line in pool.sudo().line_ids}  # sudo: names of products
        wishes = {}
        for key in post:
            kind, _separator, line = key.partition('-')
            if kind in ('quantity', 'tolerance') and LINE.fullmatch(line):
                wishes[int(line)] = tuple(
                    self._read_quantity(post.get(f'{name}-{line}', ''), names.get(int(line), ""))
                    for name in ('quantity', 'tolerance')
                )
        return wishes

    def _read_quantity(self, text, name):
        try:
            return float(read_quantity(text))
        except ValueError as error:
            if error.args[0] == 'thousands':
                raise UserError(request.env._(
                    "%(text)s of %(product)s may mean two quantities: write thousands without point or comma.",
                    text=text.strip(), product=name,
                )) from None
            raise UserError(request.env._(
                "“%(text)s” is no quantity of %(product)s: write a number that is not below zero, like 12 or 2.5.",
                text=text.strip()[:30], product=name,
            )) from None
