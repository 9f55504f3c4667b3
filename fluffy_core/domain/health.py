"""How an account is doing, and what to do when it is not."""

from dataclasses import dataclass
from enum import StrEnum

from fluffy_core.domain.ids import AccountId


class HealthState(StrEnum):
    """`attention`: it works, with something to know; `failing`: nothing comes in until the user acts."""

    WELL = "well"
    ATTENTION = "attention"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, as sentences; `cure` says what to do, "" when there is nothing to do."""

    state: HealthState
    words: str
    cure: str = ""


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """What was found of an account when. Times are Unix seconds; `since`: when it came into this state."""

    account_id: AccountId
    account: str
    finding: Finding
    checked_at: float
    since: float
