from . import base_partner_merge
from . import coop_document_cancel
from . import coop_setup
from . import coop_settle_members
from . import coop_pool_take_back
from . import coop_pool_offer
from . import coop_pool_withdraw
from . import coop_pool_deposit_refund
