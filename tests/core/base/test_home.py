"""Where Refract saves."""

import pytest

from core.base.errors import InputError
from core.base.home import home


def test_home_is_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("REFRACT_HOME", str(tmp_path / "deep" / "home"))
    assert home() == tmp_path / "deep" / "home"
    assert home().is_dir()


@pytest.mark.parametrize("named", [None, "", " "])
def test_home_is_in_the_users_home_otherwise(tmp_path, monkeypatch, named):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("REFRACT_HOME") if named is None else monkeypatch.setenv("REFRACT_HOME", named)
    assert home() == tmp_path / ".refract"
    assert home().stat().st_mode & 0o077 == 0


def test_a_home_that_cannot_be_made_is_said(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    for named in ("file", "file/below"):
        monkeypatch.setenv("REFRACT_HOME", str(tmp_path / named))
        with pytest.raises(InputError, match="Set REFRACT_HOME"):
            home()
