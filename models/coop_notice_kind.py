from odoo import api, fields, models
from odoo.tools import ormcache

#: How members are told of one kind of event.
CHANNELS = [
    ('off', "Not Told"), ('own', "As Each Member Chose"), ('mail', "E-mail"), ('letter', "Letter"), ('chat', "Chat"),
]


class CoopNoticeKind(models.Model):
    """One kind of message to members, e.g. of a settlement, and how each cooperative sends it."""
    _name = 'coop.notice.kind'
    _inherit = ['coop.guard.mixin']
    _description = "Kind of Message to Members"
    _order = 'sequence, id'

    _guarded_fields = frozenset({'name', 'key', 'description', 'is_correction', 'default_channel', 'template_id'})

    name = fields.Char(required=True, readonly=True, translate=True)
    key = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10)
    description = fields.Char(string="Sent When", readonly=True, translate=True)
    is_correction = fields.Boolean(
        string="Correction", readonly=True, help="Tells that something which the member has on paper does not hold.",
    )
    default_channel = fields.Selection(selection=CHANNELS, default='off', required=True, readonly=True)
    company_channel = fields.Selection(selection=CHANNELS, company_dependent=True, copy=False)
    channel = fields.Selection(
        selection=CHANNELS, string="Members Are Told By", compute='_compute_channel', inverse='_inverse_channel',
        help="Members without an e-mail address or telephone number get a letter to be printed.",
    )
    template_id = fields.Many2one(
        comodel_name='mail.template', string="Text", readonly=True, ondelete='restrict',
        help="Can be changed under the e-mail templates, in each language.",
    )

    _key_uniq = models.Constraint('UNIQUE (key)', "There is such a kind of message already.")

    # === COMPUTE METHODS === #

    @api.depends('company_channel', 'default_channel')
    @api.depends_context('company')
    def _compute_channel(self):
        for kind in self:
            kind.channel = kind.company_channel or kind.default_channel

    def _inverse_channel(self):
        for kind in self:
            kind.company_channel = kind.channel

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    # === BUSINESS METHODS === #

    @api.model
    def _find(self, key):
        """Return the kind, as superuser; empty where it does not exist."""
        # sudo: how members are told is no secret, and decides over what is done for them
        return self.sudo().browse(self._find_id(key))

    @api.model
    @ormcache('key')
    def _find_id(self, key):
        return self.sudo().search([('key', '=', key)]).id  # sudo: see above

    @api.model
    def _get_channel(self, key, company):
        """Return how members of this company are told of one kind of event: a key of ``CHANNELS``."""
        return self._find(key).with_company(company).channel or 'off'
