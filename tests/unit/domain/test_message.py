"""Values of messages: they cross to another process and come back equal."""

import copy
import pickle

import pytest

from fluffy_core.domain.ids import Sha256
from fluffy_core.domain.ingest import AttachmentFacts, Prepared
from fluffy_core.domain.message import Address, Attachment, BulkKind, ByFields, ParsedMessage

ANN = Address("ann@example.com", "Ann")
MESSAGE = ParsedMessage(
    "a@x", "Offer", ANN, to=(Address("bob@example.com"),), date=5, text="Hello.", bulk=BulkKind.LIST,
    attachments=(Attachment("a.pdf", "application/pdf", b"%PDF", Sha256(b"1")),), problems=("odd",),
)  # fmt: skip
FACTS = AttachmentFacts(b"1", "a.pdf", "application/pdf", 4, False, "")
PREPARED = Prepared(3, "x", ("seen",), 9, b"2", b"raw", MESSAGE, identity=b"i", attachments=(FACTS,))


@pytest.mark.parametrize("value", [ANN, MESSAGE, FACTS, PREPARED], ids=lambda one: type(one).__name__)
def test_comes_back_equal(value: ByFields) -> None:
    assert pickle.loads(pickle.dumps(value)) == value
    assert copy.deepcopy(value) == value
    assert hash(copy.copy(value)) == hash(value)


def test_takes_less_than_what_dataclasses_do_themselves() -> None:
    assert b"_dataclass_setstate" not in pickle.dumps(PREPARED)
    assert PREPARED.__reduce__()[1][:3] == (3, "x", ("seen",))
