from . import test_savings_voucher
from . import test_consignment_closing
from . import test_consignment_settlement
from . import test_consignment_stock
from . import test_consignment_terms
