"""Kith (里外): circles of trust inside, a strangers' channel outside, beside a shop."""
