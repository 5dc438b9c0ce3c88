"""Levels are found by trying: a missing layer shows, whatever the versions say."""

import pytest

from evo.errors import UnsafeMachine
from evo.evaluate import Jail, Layer, LevelReport, Sandbox, StartFailed, examine, probe, require


def layer(report: LevelReport, word: str) -> Layer:
    return next(layer for layer in report.layers if word in layer.name)


def report_without(*layers: str) -> LevelReport:
    jail = Jail(Sandbox(bubblewrap="off"), without=layers)
    try:
        return examine(jail)
    finally:
        jail.close()


class TestLevels:
    def test_all_layers_make_the_highest(self):
        try:
            report = examine_and_close(Jail(Sandbox(bubblewrap="on")))
        except StartFailed as error:
            pytest.skip(f"no namespaces here: {error}")
        assert report.level == "S3"
        assert report.missing == ()

    def test_without_namespaces_it_is_the_one_below(self):
        report = probe(Sandbox(bubblewrap="off"))
        assert report.level == "S2"
        assert [missing.name for missing in report.missing] == ["namespaces (bubblewrap)"]
        assert "bubblewrap" in report.missing[0].fix

    def test_without_landlock_files_are_open(self):
        report = report_without("landlock")
        assert report.level == "S1"
        assert layer(report, "landlock").tried == "went through: read, write, list"

    def test_without_the_filter_nothing_is_held(self):
        report = report_without("seccomp")
        assert report.level == "S0"
        assert {"fork", "unshare", "memfd_create", "udp"} <= set(went_through(layer(report, "filter")))

    def test_without_any_layer_everything_goes_through(self):
        report = report_without("user", "landlock", "seccomp")
        assert report.level == "S0"
        through = went_through(layer(report, "filter"))
        assert {"fork", "exec", "tcp", "udp", "unix", "session"} <= set(through)


class TestReport:
    def test_reads_as_a_list(self):
        text = str(probe(Sandbox(bubblewrap="off")))
        assert text.startswith("sandbox level S2")
        assert "yes system call filter" in text
        assert "NO  namespaces" in text
        assert "to add it: install bubblewrap" in text

    def test_a_level_below_the_least_is_refused_with_the_way_out(self):
        report = probe(Sandbox(bubblewrap="off"))
        require(report, Sandbox(min_level="S2"))
        require(report, Sandbox(min_level="S3", unsafe=True))
        with pytest.raises(
            UnsafeMachine, match=r"level S3.*reaches S2.*install bubblewrap.*sandbox\.unsafe=true"
        ):
            require(report, Sandbox(min_level="S3"))

    def test_a_missing_bubblewrap_is_noted_or_refused(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("evo.evaluate.bubblewrap.executable", lambda: "/no/such/bwrap")
        report = probe(Sandbox(bubblewrap="auto"))
        assert report.level == "S2"
        assert any("bubblewrap is not used" in note for note in report.notes)
        assert probe(Sandbox(bubblewrap="on")).level == "S0"


def examine_and_close(jail: Jail) -> LevelReport:
    try:
        return examine(jail)
    finally:
        jail.close()


def went_through(layer: Layer) -> list[str]:
    return layer.tried.partition(";")[0].removeprefix("went through: ").split(", ")
