"""
The workers of all cases, run as a user runs them: annotated functions, the SDK's handler, a process for each.

Every setting that is not the point of a case is the SDK's default.
"""

import sys
import time

from conductor.client.automator.task_handler import TaskHandler
from conductor.client.configuration.configuration import Configuration
from conductor.client.context.task_context import TaskInProgress, get_task_context
from conductor.client.http.models import TaskDef
from conductor.client.worker.exception import NonRetryableException
from conductor.client.worker.worker_task import worker_task


@worker_task(task_definition_name="greet")
def greet(name: str) -> dict:
    return {"greeting": f"Hello, {name}"}


@worker_task(task_definition_name="falter")
def falter(failures: int = 0, terminal: bool = False) -> dict:
    """Fails as often as it is told to."""
    attempt = get_task_context().get_retry_count()
    if terminal:
        raise NonRetryableException("never")
    if attempt < failures:
        raise ValueError(f"attempt {attempt} failed")
    return {"attempt": attempt}


@worker_task(task_definition_name="ponder")
def ponder() -> dict | TaskInProgress:
    """Is not done at first, and says so in its log."""
    context = get_task_context()
    context.add_log(f"call {context.get_poll_count()}")
    if context.get_poll_count() < 2:
        return TaskInProgress(callback_after_seconds=1, output={"progress": 50})
    return {"calls": context.get_poll_count()}


@worker_task(task_definition_name="toil", lease_extend_enabled=True)
def toil(seconds: float) -> dict:
    """Takes longer than its worker may be silent."""
    time.sleep(seconds)
    return {"retries": get_task_context().get_retry_count()}


@worker_task(
    task_definition_name="introduce",
    register_task_def=True,
    task_def=TaskDef(name="introduce", retry_count=7, timeout_seconds=90, response_timeout_seconds=45),
)
async def introduce(name: str) -> dict:
    return {"introduction": f"This is {name}"}


@worker_task(task_definition_name="paint", domain="blue")
def paint() -> dict:
    return {"colour": "blue"}


if __name__ == "__main__":
    with TaskHandler(configuration=Configuration()) as handler:
        handler.start_processes()
        sys.stdin.read()  # until whoever started us closes it, or dies
