from . import base_partner_merge
from . import coop_document_cancel
from . import coop_setup
from . import coop_settle_members
from . import coop_pool_ask_vendors
from . import coop_pool_overrule
