"""What all cases share: clients, definitions in few words, and waiting."""

import os
import time

from conductor.client.configuration.configuration import Configuration
from conductor.client.configuration.settings.authentication_settings import AuthenticationSettings
from conductor.client.http.api.event_resource_api import EventResourceApi
from conductor.client.http.api.workflow_bulk_resource_api import WorkflowBulkResourceApi
from conductor.client.http.models import StartWorkflowRequest, TaskDef
from conductor.client.http.rest import ApiException
from conductor.client.orkes_clients import OrkesClients
from conductor.client.workflow.conductor_workflow import ConductorWorkflow
from conductor.client.workflow.task.simple_task import SimpleTask

ENDED = ("COMPLETED", "FAILED", "TIMED_OUT", "TERMINATED")
OWNER = "sdk@example.com"


class Clients:
    """The SDK's clients; the address and the key come from the SDK's own environment variables unless one is given."""

    def __init__(self, key: tuple[str, str] | None = None):
        settings = AuthenticationSettings(key_id=key[0], key_secret=key[1]) if key else None
        self.configuration = Configuration(authentication_settings=settings)
        made = OrkesClients(self.configuration)
        self.workflows = made.get_workflow_client()
        self.tasks = made.get_task_client()
        self.metadata = made.get_metadata_client()
        self.executor = made.get_workflow_executor()
        api = self.workflows.api_client
        self.bulk = WorkflowBulkResourceApi(api)
        self.events = EventResourceApi(api)

    def flow(self, name: str, *tasks, version: int = 1) -> ConductorWorkflow:
        made = ConductorWorkflow(self.executor, name, version).owner_email(OWNER)
        for task in tasks:
            made >> task
        return made

    def registered(self, name: str, *tasks, version: int = 1, **settings) -> ConductorWorkflow:
        """A registered workflow; `settings` are calls of its builder, such as `failure_workflow`."""
        made = self.flow(name, *tasks, version=version)
        for setting, value in settings.items():
            getattr(made, setting)(value)
        made.register(overwrite=True)
        return made

    def start(self, name: str, value: dict | None = None, **request) -> str:
        return self.workflows.start_workflow(StartWorkflowRequest(name=name, input=value or {}, **request))

    def run(self, workflow_id: str):
        return self.workflows.get_workflow(workflow_id, include_tasks=True)

    def ended(self, workflow_id: str):
        """The run, once it has ended."""
        return eventually(lambda: seen(self.run(workflow_id), lambda run: run.status in ENDED))

    def open_task(self, workflow_id: str, reference: str):
        """The task of that name, once it can be worked on."""

        def find():
            return next(
                (
                    task
                    for task in self.run(workflow_id).tasks
                    if task.reference_task_name == reference and task.status in ("SCHEDULED", "IN_PROGRESS")
                ),
                None,
            )

        return eventually(find)

    def report(self, workflow_id: str, reference: str, status: str = "COMPLETED", output: dict | None = None):
        """Ends a task that no worker does."""
        self.open_task(workflow_id, reference)
        return self.executor.update_task_by_ref_name(output or {}, workflow_id, reference, status)

    def polled(self, task: str, worker: str):
        """A task for this worker, or None; the SDK makes an empty task of the answer that there is none."""
        polled = self.tasks.poll_task(task, worker_id=worker)
        return polled if polled is not None and polled.task_id else None

    def no_retries(self, *names: str):
        for name in names:
            self.metadata.register_task_def(TaskDef(name=name, retry_count=0, owner_email=OWNER))


def manual(reference: str, /, **inputs) -> SimpleTask:
    """A task that no worker of ours takes: the case itself reports it."""
    return simple(f"by_hand_{reference}", reference, **inputs)


def simple(task: str, reference: str, /, **inputs) -> SimpleTask:
    made = SimpleTask(task_def_name=task, task_reference_name=reference)
    made.input_parameters.update(inputs)
    return made


def states(run) -> list[str]:
    return [f"{task.reference_task_name}:{task.status}" for task in run.tasks]


def output_of(run, reference: str) -> dict:
    return next(task.output_data for task in run.tasks if task.reference_task_name == reference)


def seen(value, holds):
    return value if holds(value) else None


def eventually(ask, within: float = 30.0):
    """Asks until there is an answer."""
    deadline = time.monotonic() + within
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < deadline, "gave up waiting"
        time.sleep(0.1)


def refusal(status: int, call, *arguments, **named) -> str:
    """What the server says when it refuses a call with this status."""
    try:
        call(*arguments, **named)
    except ApiException as refused:
        assert refused.status == status, f"{refused.status}: {refused.body}"
        return str(refused.body)
    raise AssertionError(f"was not refused: {call.__name__}{arguments}")


def key_of(role: str) -> tuple[str, str]:
    return os.environ[f"{role}_KEY"], os.environ[f"{role}_SECRET"]
