"""What costs money: renting and releasing, safely. Internal: the public names are in `sinch_numbers`."""
