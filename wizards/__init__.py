from . import base_partner_merge
from . import coop_document_cancel
from . import coop_setup
from . import coop_settle_members
from . import coop_pool_extend
from . import coop_pool_withdraw
from . import coop_pool_set_limit
