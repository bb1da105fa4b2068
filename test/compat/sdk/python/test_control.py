"""What operators and callers do to runs."""

from conductor.client.http.models import RerunWorkflowRequest, SkipTaskRequest, StartWorkflowRequest
from conductor.client.http.models.start_workflow_request import IdempotencyStrategy
from conductor.client.http.models.workflow_test_request import WorkflowTestRequest
from conductor.client.workflow.task.sub_workflow_task import SubWorkflowTask
from flows import eventually, manual, output_of, refusal, seen, simple, states


def test_unregistered_definitions_run(clients):
    flow = clients.flow("nowhere", simple("greet", "one", name="${workflow.input.name}"))
    run = clients.ended(flow.start_workflow_with_input({"name": "you"}, correlation_id="inline", priority=9))
    assert (run.status, run.output, run.correlation_id, run.priority) == (
        "COMPLETED",
        {"greeting": "Hello, you"},
        "inline",
        9,
    )
    refusal(404, clients.metadata.get_workflow_def, "nowhere")


def test_idempotency_keys_hold(clients):
    clients.registered("once", manual("one"))

    def start(strategy: IdempotencyStrategy) -> str:
        return clients.start("once", idempotency_key="order-1", idempotency_strategy=strategy)

    first = start(IdempotencyStrategy.RETURN_EXISTING)
    assert start(IdempotencyStrategy.RETURN_EXISTING) == first
    refusal(409, start, IdempotencyStrategy.FAIL)
    assert clients.start("once", idempotency_key="order-2") != first


def test_test_runs_leave_no_trace(clients):
    flow = clients.flow("tried", manual("one"), manual("two", n="${one.output.n}"))
    # Written as JSON: the SDK's own TaskMock sends the names of its private fields.
    mocks = {"one": [{"status": "COMPLETED", "output": {"n": 3}}], "two": [{"status": "FAILED", "output": {}}]}
    request = WorkflowTestRequest(name="tried", version=1, workflow_def=flow.to_workflow_def())
    request.task_ref_to_mock_output = mocks
    run = clients.workflows.test_workflow(request)
    assert (run.tasks[0].output_data, run.tasks[1].input_data) == ({"n": 3}, {"n": 3})
    assert run.tasks[1].status == "FAILED"
    refusal(404, clients.workflows.get_workflow, run.workflow_id)


def test_runs_pause_and_resume(clients):
    clients.registered("paused", manual("one"), manual("two"))
    workflow_id = clients.start("paused")
    clients.open_task(workflow_id, "one")
    clients.workflows.pause_workflow(workflow_id)
    clients.workflows.pause_workflow(workflow_id)
    assert clients.run(workflow_id).status == "PAUSED"
    clients.report(workflow_id, "one")
    assert states(clients.run(workflow_id)) == ["one:COMPLETED"]
    clients.workflows.resume_workflow(workflow_id)
    clients.report(workflow_id, "two")
    assert clients.ended(workflow_id).status == "COMPLETED"
    refusal(409, clients.workflows.pause_workflow, workflow_id)


def test_runs_are_terminated(clients):
    clients.registered("terminated", manual("one"))
    workflow_id = clients.start("terminated")
    clients.open_task(workflow_id, "one")
    clients.workflows.terminate_workflow(workflow_id, "not wanted any more")
    run = clients.run(workflow_id)
    assert (run.status, run.reason_for_incompletion) == ("TERMINATED", "not wanted any more")
    assert states(run) == ["one:CANCELED"]
    clients.workflows.terminate_workflow(workflow_id)


def test_runs_restart(clients):
    clients.registered("restarted", manual("old"))
    workflow_id = clients.start("restarted", {"n": 1})
    refusal(409, clients.workflows.restart_workflow, workflow_id)
    clients.report(workflow_id, "old")
    clients.ended(workflow_id)
    clients.workflows.restart_workflow(workflow_id)
    assert (states(clients.run(workflow_id)), clients.run(workflow_id).input) == (["old:SCHEDULED"], {"n": 1})
    clients.report(workflow_id, "old")
    clients.ended(workflow_id)
    clients.registered("restarted", manual("new"), version=2)
    clients.workflows.restart_workflow(workflow_id, use_latest_def=True)
    assert states(clients.run(workflow_id)) == ["new:SCHEDULED"]
    clients.report(workflow_id, "new")
    assert clients.ended(workflow_id).workflow_version == 2


def test_runs_are_retried(clients):
    clients.no_retries("fragile")
    clients.registered("retried", manual("one"), simple("fragile", "two"))
    workflow_id = clients.start("retried")
    clients.report(workflow_id, "one")
    refusal(404, clients.workflows.retry_workflow, workflow_id)
    clients.report(workflow_id, "two", "FAILED")
    clients.ended(workflow_id)
    clients.workflows.retry_workflow(workflow_id)
    run = clients.run(workflow_id)
    assert (run.status, states(run)) == ("RUNNING", ["one:COMPLETED", "two:FAILED", "two:SCHEDULED"])
    clients.report(workflow_id, "two")
    assert clients.ended(workflow_id).status == "COMPLETED"


def test_children_are_retried(clients):
    clients.no_retries("fragile_inside")
    clients.registered("fragile_child", simple("fragile_inside", "inner"))
    clients.registered("fragile_parent", SubWorkflowTask("child", "fragile_child", 1))
    workflow_id = clients.start("fragile_parent")
    child = eventually(lambda: clients.run(workflow_id).tasks[0].sub_workflow_id)
    clients.report(child, "inner", "FAILED")
    assert clients.ended(workflow_id).status == "FAILED"
    clients.workflows.retry_workflow(workflow_id, resume_subworkflow_tasks=True)
    clients.report(child, "inner", "COMPLETED", {"n": 1})
    run = clients.ended(workflow_id)
    assert (run.status, run.tasks[0].sub_workflow_id) == ("COMPLETED", child)


def test_runs_go_back(clients):
    clients.registered("back", manual("one"), manual("two"))
    workflow_id = clients.start("back")
    for reference in ("one", "two"):
        clients.report(workflow_id, reference, "COMPLETED", {"round": 1})
    task_id = clients.ended(workflow_id).tasks[1].task_id
    request = RerunWorkflowRequest(re_run_from_task_id=task_id, task_input={"again": True})
    assert clients.workflows.rerun_workflow(workflow_id, request) == workflow_id
    run = clients.run(workflow_id)
    assert (states(run), run.tasks[1].input_data) == (["one:COMPLETED", "two:SCHEDULED"], {"again": True})
    clients.report(workflow_id, "two", "COMPLETED", {"round": 2})
    assert clients.ended(workflow_id).output == {"round": 2}
    clients.workflows.rerun_workflow(workflow_id, RerunWorkflowRequest(workflow_input={"n": 2}))
    assert (states(clients.run(workflow_id)), clients.run(workflow_id).input) == (["one:SCHEDULED"], {"n": 2})


def test_tasks_are_skipped(clients):
    clients.registered("skipped", manual("one"), manual("two"), manual("three"))
    workflow_id = clients.start("skipped")
    clients.open_task(workflow_id, "one")
    # The output of a skipped task cannot be given: the SDK puts it into the query, as Python text.
    clients.workflows.skip_task_from_workflow(workflow_id, "two", SkipTaskRequest())
    clients.report(workflow_id, "one")
    clients.report(workflow_id, "three")
    run = clients.ended(workflow_id)
    assert (run.status, sorted(states(run))) == (
        "COMPLETED",
        ["one:COMPLETED", "three:COMPLETED", "two:SKIPPED"],
    )


def test_variables_are_changed(clients):
    clients.registered(
        "variables", manual("one"), manual("two", colour="${workflow.variables.colour}"), variables={"colour": "red"}
    )
    workflow_id = clients.start("variables")
    clients.open_task(workflow_id, "one")
    clients.workflows.update_variables(workflow_id, {"colour": "green"})
    assert clients.run(workflow_id).variables == {"colour": "green"}
    clients.report(workflow_id, "one")
    assert clients.open_task(workflow_id, "two").input_data == {"colour": "green"}


def test_runs_are_removed(clients):
    clients.registered("removed_run", manual("one"))
    workflow_id = clients.start("removed_run")
    clients.open_task(workflow_id, "one")
    refusal(400, clients.workflows.delete_workflow, workflow_id)
    clients.report(workflow_id, "one")
    clients.ended(workflow_id)
    clients.workflows.delete_workflow(workflow_id)
    refusal(404, clients.workflows.get_workflow, workflow_id)
    refusal(404, clients.workflows.delete_workflow, workflow_id)


def test_many_are_changed_at_once(clients):
    clients.no_retries("fragile_many")
    clients.registered("many", simple("fragile_many", "one"))
    ids = [clients.start("many") for _ in range(3)]
    unknown = "no-such-workflow"

    def statuses() -> set[str]:
        return {clients.run(workflow_id).status for workflow_id in ids}

    def successes(answer) -> list[str]:
        assert list(answer.bulk_error_results) == [unknown]
        return sorted(answer.bulk_successful_results)

    bulk = clients.bulk
    assert successes(bulk.pause_workflow([*ids, unknown])) == sorted(ids)
    assert statuses() == {"PAUSED"}
    assert successes(bulk.resume_workflow([*ids, unknown])) == sorted(ids)
    assert statuses() == {"RUNNING"}
    assert successes(bulk.terminate([*ids, unknown], reason="all of them")) == sorted(ids)
    assert {clients.run(each).reason_for_incompletion for each in ids} == {"all of them"}
    assert successes(bulk.restart([*ids, unknown])) == sorted(ids)
    assert statuses() == {"RUNNING"}
    for workflow_id in ids:
        clients.report(workflow_id, "one", "FAILED")
        assert clients.ended(workflow_id).status == "FAILED"
    assert successes(bulk.retry([*ids, unknown])) == sorted(ids)
    for workflow_id in ids:
        clients.report(workflow_id, "one")
        assert clients.ended(workflow_id).status == "COMPLETED"
