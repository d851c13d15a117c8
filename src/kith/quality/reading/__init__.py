"""How `claims` reads: how things are written (`wording`), denied (`denial`), printed (`printed`)."""
