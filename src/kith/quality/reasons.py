"""The sentences of a statement of reasons: what is decided, where, for how long, on what provision, and
what else there is to do. Written in the reader's language, without anything that only this case knows."""

from __future__ import annotations

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from kith.core.clock import local_day
from kith.quality.models import Decision, LabReport
from kith.quality.rules import BY_CODE
from kith.quality.standards import Standard, find_standard
from kith.quality.transitions import Act
from kith.quality.words import say_day

WHAT: dict[Act, str | Promise] = {
    Act.SUSPECT: gettext_lazy(
        "The listing is frozen until it is known whether it is in order. "
        "It is still shown, with a warning, and nobody can buy it."
    ),
    Act.REMOVE: gettext_lazy(
        "The listing is taken down. It is in no list and no search, and nobody can buy it. Its page stays "
        "for those who bought it, and says so. Those who bought it lately are told, and may ask for their "
        "money."
    ),
    Act.RECALL: gettext_lazy(
        "The product is recalled. The listing is in no list and no search, and nobody can buy it. Those who "
        "bought it lately are told to stop using it, and may ask for their money or for another one."
    ),
    Act.REINSTATE: gettext_lazy("The listing is in order again. It is shown and sold as before."),
    Act.CLOSE: gettext_lazy(
        "The shop is closed. Nothing of it is listed, found or sold. Orders that were made before are "
        "carried out as they would be otherwise."
    ),
    Act.REOPEN: gettext_lazy("The shop is open again. What it has on sale is shown and sold as before."),
}
WHERE = gettext_lazy("Everywhere: in all countries and regions from which this shop can be reached.")
TERMS = gettext_lazy("The shop's terms: what is sold is safe, and is what it is said to be.")
HOW_TO_APPEAL = gettext_lazy(
    "Write below why the decision is wrong, and add a new laboratory report if you have one. It costs "
    "nothing. Somebody who had no part in the decision looks at everything again, and answers you with "
    "reasons."
)
ELSEWHERE: tuple[str | Promise, ...] = (
    gettext_lazy(
        "You may take the dispute to a body outside the shop. In China call 12315, or ask a mediator for "
        "consumer and trade disputes. In the European Union choose any body certified for settling disputes "
        "out of court: the European Commission keeps the list of them (Digital Services Act, art. 21)."
    ),
    gettext_lazy("You may go to court, whether you have appealed here or not."),
)


def say_duration(until: datetime | None) -> str:
    """Say how long it holds: until the day on which it ended, or with no end set."""
    if until is not None:
        return _("It held until %(day)s, and does not hold any more.") % {"day": say_day(local_day(until))}
    return _("No end is set: it holds until it is taken back.")


def say_found(decision: Decision) -> str:
    """Say whether a program or a person found it."""
    if not decision.found_by_machine:
        return _("A person found it.")
    if decision.rule == "complained-of":
        return _("A program counted what buyers reported.")
    return _("A program found it when it went through the listings.")


def say_decided(decision: Decision, *, sampled: bool) -> str:
    """Say whether a program or a person decided it.

    :param sampled: whether people looked at a sample of what the sweep had found.
    """
    if not decision.decided_by_machine:
        return _("A person decided it.")
    if sampled:
        return _(
            "A program decided it, by fixed rules. Before that people looked at a sample of all that it "
            "had found, and a person had it carried out."
        )
    return _("A program decided it, by fixed rules. A person had it carried out.")


def say_provision(rule: str) -> str:
    """Name what the decision rests on: the law or the term behind its rule."""
    known = BY_CODE.get(rule)
    return str(known.provision if known else TERMS)


def say_clause(decision: Decision) -> str:
    """Name the standard, with the clause that was not kept where there is one; "" where there is none."""
    standard = find_standard(decision.standard)
    if standard is None:
        return ""
    title = standard.title_zh if (get_language() or "zh-hans").startswith("zh") else standard.title_en
    told = {"standard": standard.key, "title": title, "clause": find_clause(standard, decision)}
    if not told["clause"]:
        return _("Standard %(standard)s, %(title)s") % told
    return _("Standard %(standard)s, %(title)s, clause %(clause)s") % told


def find_clause(standard: Standard, decision: Decision) -> str:
    """Where the standard says what was not kept."""
    said = decision.words if decision.decided_by_machine else ""
    if decision.rule == "measured-below":
        grades = [grade for grade in standard.grades if grade.name == decision.claimed]
        limits = [limit for grade in grades for limit in grade.limits] + list(standard.limits)
        return next((limit.clause for limit in limits if limit.quantity == said), "")
    if decision.rule == "marks-missing":
        return next((mark.clause for mark in standard.marks if mark.code == said), "")
    if decision.rule == "forbidden-claim":
        return next((one.clause for one in standard.forbidden if one.claim == decision.claimed), "")
    return ""


def say_report(report: LabReport) -> str:
    """Name a laboratory report."""
    return _("Report %(number)s of %(laboratory)s by %(standard)s, tested on %(day)s") % {
        "number": report.number,
        "laboratory": report.laboratory_name,
        "standard": report.standard,
        "day": say_day(report.tested_on),
    }


def say_complaints(decision: Decision) -> str:
    """Say by how many buyers it was reported: never by whom."""
    number = round(decision.figure or 0)
    said = ngettext(
        "What %(number)s buyer reported. We tell nobody who it was.",
        "What %(number)s buyers reported. We tell nobody who they were.",
        number,
    )
    return said % {"number": number}


def say_claimed(claimed: str) -> str:
    return _("What the listing said of itself: %(claimed)s") % {"claimed": claimed}


def say_sample() -> str:
    return _("A person looked at this very listing beforehand, and found the same.")
