"""Messages to a run arrive once, whole and in order."""

from pathlib import Path

import pytest

from evo.errors import RunError
from evo.store.inbox import LOOK_EVERY_S, Inbox, send
from evo.types import Steering


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "journal").mkdir()
    return tmp_path


def test_messages_arrive_in_order_and_go_once_they_are_recorded(folder: Path) -> None:
    sent = [Steering(f"advice {i}", "me") for i in range(5)]
    for one in sent:
        send(folder, one)
    now = [0.0]
    inbox = Inbox(folder, lambda: now[0])
    assert inbox.take() == sent
    assert len(list((folder / "inbox").iterdir())) == 5  # a crash here loses nothing
    inbox.recorded()
    assert not list((folder / "inbox").iterdir())
    send(folder, sent[0])
    assert inbox.take() == []  # it has just looked
    now[0] += LOOK_EVERY_S
    assert inbox.take() == [sent[0]]


def test_what_is_no_message_is_set_aside(folder: Path) -> None:
    send(folder, Steering("good"))
    (folder / "inbox" / "0.json").write_text("{")
    (folder / "inbox" / "1.json").write_text('{"words": 1}')
    inbox = Inbox(folder)
    assert inbox.take() == [Steering("good")]
    inbox.recorded()
    assert sorted(file.name for file in (folder / "inbox").iterdir()) == ["0.unreadable", "1.unreadable"]


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is not a run"):
        send(tmp_path, Steering("x"))
