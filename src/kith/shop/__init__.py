"""Merchants, listings and orders: mirrored from a host shop, or made in the built-in storefront."""
