"""Accounts, profiles, regions, preferences and the consent ledger.

Knows who somebody is and what they agreed to, not whom they know (`ties`).
"""
