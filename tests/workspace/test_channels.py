"""Accounts with providers of messages: read, written, compared, and their pieces imported only when there is one."""

import subprocess
import sys
from pathlib import Path

import pytest
from channel_folder import add_letters

from skipline.flow.issue import format_issue
from skipline.flow.mistakes import PieceMistakes
from skipline.model.configuration import Account
from skipline.workspace.channels import build_account, channel_types, read_account
from skipline.workspace.differences import find_differences
from skipline.workspace.reading import Workspace, read_workspace
from skipline.workspace.writing import write_configuration, written_entry

WRITTEN = {"name": "shop", "type": "letters", "secret": "shop_key", "expire": "10m", "resume_after": "0s"}
ACCOUNT = Account(
    name="shop",
    type="letters",
    settings={"secret": "shop_key"},
    messages_expire_seconds=600.0,
    resume_after_seconds=0.0,
)


@pytest.fixture(autouse=True, scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> None:
    add_letters(tmp_path_factory.mktemp("channels"))


def test_an_account_means_what_it_says_and_is_written_as_it_was_read() -> None:
    assert read_account(WRITTEN) == ACCOUNT
    assert read_account(written_entry(ACCOUNT)) == ACCOUNT
    assert written_entry(ACCOUNT)["secret"] == "shop_key"


def test_an_account_can_be_built_once_it_is_read() -> None:
    assert build_account(ACCOUNT).pace().per_second == 1000.0
    with pytest.raises(LookupError):
        build_account(Account(name="shop", type="pigeons"))


def test_defaults_are_an_hour_to_send_and_half_a_day_to_stay_silent() -> None:
    account = read_account({"name": "shop", "type": "letters", "secret": "k"})
    assert (account.messages_expire_seconds, account.resume_after_seconds) == (3600.0, 43_200.0)
    assert set(written_entry(account)) == {"name", "type", "secret"}


@pytest.mark.parametrize(
    ("changed", "code", "fix"),
    [
        ({"type": "lettters"}, "unknown_channel_type", "did you mean letters?"),
        ({"expire": "1s"}, "wrong_value", ""),
        ({"resume_afer": "1h"}, "unknown_key", "did you mean resume_after?"),
        ({"secert": "x"}, "unknown_key", "did you mean secret?"),
        ({"name": "my shop"}, "wrong_value", ""),
    ],
)
def test_a_mistaken_account_is_refused_with_the_fix(changed: dict[str, str], code: str, fix: str) -> None:
    with pytest.raises(PieceMistakes) as found:
        read_account({**WRITTEN, **changed})
    (mistake,) = found.value.mistakes
    assert mistake.code == code
    assert fix in mistake.fix


def test_two_accounts_of_one_name_disagree() -> None:
    twice = "channels:\n  - {name: shop, type: letters, secret: a}\n  - {name: shop, type: letters, secret: b}\n"
    found = [format_issue(issue) for issue in read_workspace({"skipline.yaml": twice}).issues]
    assert found == [
        "skipline.yaml:3: duplicate_name: the channel `shop` is there twice "
        "(remove one of them, or give it another name)"
    ]


def test_a_workspace_with_accounts_comes_back_and_differences_are_told() -> None:
    workspace = read_workspace({"skipline.yaml": "channels: [{name: shop, type: letters, secret: a}]"}).workspace
    assert workspace is not None
    again = read_workspace({"skipline.yaml": write_configuration(workspace.configuration)}).workspace
    assert again == workspace
    changed = read_workspace({"skipline.yaml": "channels: [{name: shop, type: letters, secret: b}]"}).workspace
    assert changed is not None
    assert find_differences(Workspace(type(workspace.configuration)(), ()), workspace) == ("adds channel shop",)
    assert find_differences(workspace, changed) == ("changes channel shop: secret is b instead of a",)


def test_no_piece_is_imported_before_there_is_an_account_of_its_type(tmp_path: Path) -> None:
    assert "letters" in channel_types()
    asked = (
        "import sys; from skipline.workspace.reading import read_workspace;"
        "read_workspace({'skipline.yaml': 'tiers: []'});"
        "print([one for one in sys.modules if one.startswith('skipline.channels.')])"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert told.stdout.strip() == "[]"
