"""Synchronous execution, signals, reports by reference, people and time."""

import time

from conductor.client.http.models import StartWorkflowRequest
from conductor.client.workflow.task.human_task import HumanTask
from conductor.client.workflow.task.sub_workflow_task import SubWorkflowTask
from conductor.client.workflow.task.timeout_policy import TimeoutPolicy
from conductor.client.workflow.task.wait_task import WaitForDurationTask, WaitTask
from flows import manual, output_of, refusal, simple, states


def test_runs_end_synchronously(clients):
    flow = clients.registered(
        "sync",
        simple("greet", "one", name="${workflow.input.name}"),
        output_parameters={"said": "${one.output.greeting}"},
    )
    run = clients.executor.execute("sync", version=1, workflow_input={"name": "you"}, wait_for_seconds=20)
    assert (run.status, run.output, run.input) == ("COMPLETED", {"said": "Hello, you"}, {"name": "you"})
    assert [task.reference_task_name for task in run.tasks] == ["one"]
    assert flow(name="me").output == {"said": "Hello, me"}


def test_execution_waits_for_a_task(clients):
    clients.registered("until", simple("greet", "first", name="x"), manual("second"))
    run = clients.executor.execute("until", version=1, wait_until_task_ref="first", wait_for_seconds=20)
    assert run.status == "RUNNING"
    assert [(task.reference_task_name, task.status) for task in run.tasks][0] == ("first", "COMPLETED")
    clients.workflows.terminate_workflow(run.workflow_id)


def test_execution_gives_up_waiting(clients):
    clients.registered("slow", manual("one"))
    began = time.monotonic()
    run = clients.executor.execute("slow", version=1, wait_for_seconds=1)
    assert (run.status, 0.9 < time.monotonic() - began < 8) == ("RUNNING", True)
    clients.report(run.workflow_id, "one")
    assert clients.ended(run.workflow_id).status == "COMPLETED"


def test_execution_shows_what_blocks(clients):
    clients.registered("child_blocks", WaitTask("inner"))
    clients.registered("blocks", SubWorkflowTask("child", "child_blocks", 1))

    def execute(strategy: str):
        request = StartWorkflowRequest(name="blocks", version=1, input={})
        return clients.executor.execute_workflow_with_return_strategy(
            request, wait_for_seconds=20, return_strategy=strategy
        )

    target = execute("TARGET_WORKFLOW")
    assert (target.response_type, target.target_workflow_id) == ("TARGET_WORKFLOW", target.workflow_id)
    assert [task["referenceTaskName"] for task in target.tasks] == ["child"]
    blocking = execute("BLOCKING_WORKFLOW")
    assert blocking.response_type == "BLOCKING_WORKFLOW"
    assert blocking.workflow_id != blocking.target_workflow_id
    assert [task["referenceTaskName"] for task in blocking.tasks] == ["inner"]
    for strategy in ("BLOCKING_TASK", "BLOCKING_TASK_INPUT"):
        task = execute(strategy)
        assert (task.response_type, task.reference_task_name, task.task_type) == (strategy, "inner", "WAIT")


def test_signals_complete_waiting_tasks(clients):
    clients.registered(
        "signals",
        WaitTask("first"),
        WaitTask("second"),
        output_parameters={"first": "${first.output.n}", "second": "${second.output.n}"},
    )
    workflow_id = clients.start("signals")
    clients.open_task(workflow_id, "first")
    answer = clients.executor.signal(workflow_id, "COMPLETED", {"n": 1}, return_strategy="TARGET_WORKFLOW")
    assert (answer.response_type, answer.workflow_id) == ("TARGET_WORKFLOW", workflow_id)
    assert [task["status"] for task in answer.tasks] == ["COMPLETED", "IN_PROGRESS"]
    clients.executor.signal_async(workflow_id, "COMPLETED", {"n": 2})
    run = clients.ended(workflow_id)
    assert (run.status, run.output) == ("COMPLETED", {"first": 1, "second": 2})
    refusal(404, clients.executor.signal, "no-such-workflow", "COMPLETED", {})


def test_tasks_are_reported_by_reference(clients):
    clients.registered("by_reference", manual("first"), manual("second"), manual("third"))
    workflow_id = clients.start("by_reference")
    task = clients.open_task(workflow_id, "first")
    assert clients.tasks.update_task_by_ref_name(workflow_id, "first", "COMPLETED", "done") == task.task_id
    clients.open_task(workflow_id, "second")
    run = clients.tasks.update_task_sync(workflow_id, "second", "COMPLETED", {"n": 2})
    assert states(run) == ["first:COMPLETED", "second:COMPLETED", "third:SCHEDULED"]
    assert (output_of(run, "first"), output_of(run, "second")) == ({"result": "done"}, {"n": 2})
    clients.tasks.update_task_by_ref_name(workflow_id, "third", "FAILED_WITH_TERMINAL_ERROR", None)
    assert clients.ended(workflow_id).status == "FAILED"
    refusal(404, clients.tasks.update_task_sync, workflow_id, "third", "COMPLETED", {})


def test_people_complete_tasks(clients):
    clients.registered(
        "people", HumanTask("approve", display_name="Approval"), output_parameters={"ok": "${approve.output.ok}"}
    )
    workflow_id = clients.start("people")
    task = clients.open_task(workflow_id, "approve")
    assert (task.task_type, task.status) == ("HUMAN", "IN_PROGRESS")
    clients.executor.update_task(task.task_id, workflow_id, {"ok": True}, "COMPLETED")
    run = clients.ended(workflow_id)
    assert (run.status, run.output) == ("COMPLETED", {"ok": True})


def test_waits_end_by_themselves(clients):
    clients.registered("waits", WaitForDurationTask("pause", 1))
    run = clients.ended(clients.start("waits"))
    (task,) = run.tasks
    assert (run.status, 900 <= task.end_time - task.scheduled_time < 10_000) == ("COMPLETED", True)


def test_workflows_time_out(clients):
    clients.registered("hurry", manual("one"), timeout_seconds=1, timeout_policy=TimeoutPolicy.TIME_OUT_WORKFLOW)
    run = clients.ended(clients.start("hurry"))
    assert (run.status, states(run)) == ("TIMED_OUT", ["one:CANCELED"])
    assert "timed out" in run.reason_for_incompletion.lower()
