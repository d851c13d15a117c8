"""Programs that do a part of what Kith does, used as their own documentation says."""
