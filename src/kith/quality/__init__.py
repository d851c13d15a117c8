"""Listings held to standards: what they claim, what is proven, what is taken down, and the way back.

A merchant attaches laboratory reports to listings (`services.reports`); what a listing claims is
read from its words (`claims`, kept as `Reading`). A sweep runs every rule over the catalogue
(`rules`, `engine`), writes findings, and after people have looked at a sample of them turns them
into decisions (`services.sweeps`, `apply`). A decision freezes, takes down, recalls or reinstates
(`transitions`); it is kept on the listing by a call of the shop's services (`ListingHold`), which
is all that the storefront and the circles read. Decisions are never changed: an appeal that
succeeds is another one.
"""
