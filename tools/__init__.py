"""The arithmetic of the cooperative: pure Python, no ORM, no floats where money or shares are split.

One module per question; each is independent of the rest of the addon and carries its examples as
doctests:

* :mod:`.units`: between stored values and whole numbers of the smallest unit
* :mod:`.apportion`: sharing an amount so that the parts add up
* :mod:`.cases`: how many full cases to order
* :mod:`.price_steps`: what a quantity costs, and whether ordering more costs less
* :mod:`.vendor_choice`: whom to order from, and how much
* :mod:`.allocation`: who gets what of the goods that came
* :mod:`.lots`: which lot each member gets
* :mod:`.pooling`: what pooled goods are charged at
* :mod:`.ordering`: the order of member numbers
* :mod:`.commission`: tiered commission on the base of a period
* :mod:`.weighing`: sacks, deductions and quality bands, as they are read off a scale
* :mod:`.entitlement`: what each owner of consigned goods has earned, and what is still due
* :mod:`.net_prices`: which net price holds for goods that went out
* :mod:`.deductions`: what is kept back from a member's proceeds
* :mod:`.shu`: sharing the yearly surplus
* :mod:`.arrears`: mandatory savings that were due and not paid
* :mod:`.heirs`: sharing what a deceased member leaves
* :mod:`.member_numbers`: member numbers as people type them
* :mod:`.cash`: cash in whole units, and the notes and coins that it takes
* :mod:`.transfer_file`: files for the bulk-transfer screens of banks
* :mod:`.report_table`, :mod:`.report_pages`, :mod:`.report_xlsx`: a report as plain data, on paper and as spreadsheet
* :mod:`.errors`: what all of them raise instead of guessing
"""
