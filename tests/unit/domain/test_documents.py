"""Which file names and subjects sound like a contract."""

import pytest

from fluffy_core.domain.documents import is_contract_like

YES = [
    "contract.pdf", "Service_Agreement_v2.docx", "NDA-signed.pdf", "Rahmenvertrag 2025.pdf",
    "Mietvertraege.pdf", "MSA 2024.pdf", "Statement of Work.docx", "contrat de bail.pdf",
    "Geheimhaltungsvereinbarung.pdf",
    "Contratto quadro.pdf", "order form.pdf", "lease.pdf", "Arbeitsvertrag_final.docx",
]  # fmt: skip
NO = [
    "menu.pdf", "contractor-list.pdf", "agenda.docx", "invoice-2107.pdf", "panda.pdf", "release-notes.pdf",
    "subcontracting.pdf", "vertraglich.pdf", "", "scan.pdf", "photo of the bailiff.pdf",
]  # fmt: skip


@pytest.mark.parametrize("name", YES)
def test_contract_like(name: str) -> None:
    assert is_contract_like(name, "Hello")
    assert is_contract_like("scan.pdf", f"Re: {name.rpartition('.')[0]} for you")


@pytest.mark.parametrize("name", NO)
def test_other_files(name: str) -> None:
    assert not is_contract_like(name, "Lunch on Friday")


def test_a_name_of_a_million_letters_is_looked_at_to_a_bound() -> None:
    assert not is_contract_like("x" * 1_000_000 + " contract.pdf", "vertrag" * 200_000)
    assert is_contract_like("contract " + "x" * 1_000_000, "")
