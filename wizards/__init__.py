from . import base_partner_merge
from . import coop_document_cancel
from . import coop_setup
from . import coop_settle_members
from . import coop_membership_decision
from . import coop_membership_admission
from . import account_payment_register
from . import coop_arrears_remind
