"""Runs every case against the server that the environment names, and reports each as one line of JSON."""

import json
import os

import pytest

from flows import Clients


@pytest.fixture(scope="session")
def clients():
    return Clients()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """One line when a case is over: after its call, or before it when something it needs could not be made."""
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" or (report.when == "setup" and not report.passed):
        line = {
            "case": item.name.removeprefix("test_"),
            "passed": report.passed,
            "seconds": round(report.duration, 3),
            "output": "" if report.passed else f"{report.longreprtext}\n{report.capstdout}{report.caplog}",
        }
        with open(os.environ["CASE_REPORT"], "a", encoding="utf-8") as lines:
            lines.write(json.dumps(line) + "\n")
