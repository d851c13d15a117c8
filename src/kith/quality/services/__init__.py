"""All writes about quality: evidence, sweeps, decisions, appeals, and what buyers ask for."""

from kith.quality.services.appeals import (
    AppealRefused,
    appeal,
    appeal_until,
    decide_appeal,
    had_a_part,
    still_stands,
)
from kith.quality.services.complaints import (
    ComplaintRefused,
    dismiss_complaints,
    report_listing,
    take_back_report,
)
from kith.quality.services.recalls import ClaimRefused, claim_remedy, finish_claim
from kith.quality.services.reports import Paper, ReportRefused, add_file, decide_report, hand_in_report
from kith.quality.services.sweeps import (
    Precision,
    SweepRefused,
    carry_out,
    decide_sweep,
    draw_sample,
    go_on,
    judge,
    plan_sweep,
    precision,
    scan,
    scan_waiting,
    take_back,
    undo_sweep,
)
from kith.quality.services.takedowns import (
    DecisionRefused,
    Grounds,
    decide,
    decide_shop,
    tell_late,
    tell_late_buyers,
)
from kith.quality.services.tallies import count_decisions

__all__ = [
    "AppealRefused",
    "ClaimRefused",
    "ComplaintRefused",
    "DecisionRefused",
    "Grounds",
    "Paper",
    "Precision",
    "ReportRefused",
    "SweepRefused",
    "add_file",
    "appeal",
    "appeal_until",
    "carry_out",
    "claim_remedy",
    "count_decisions",
    "decide",
    "decide_appeal",
    "decide_report",
    "decide_shop",
    "decide_sweep",
    "dismiss_complaints",
    "draw_sample",
    "finish_claim",
    "go_on",
    "had_a_part",
    "hand_in_report",
    "judge",
    "plan_sweep",
    "precision",
    "report_listing",
    "scan",
    "scan_waiting",
    "still_stands",
    "take_back",
    "take_back_report",
    "tell_late",
    "tell_late_buyers",
    "undo_sweep",
]
