"""Everything that costs money: renting and releasing numbers safely. Internal: users import from `sinch_numbers`."""
