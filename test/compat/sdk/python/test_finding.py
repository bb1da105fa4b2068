"""Searches and short reads. Lists are as fresh as the read model, so they are asked until they show what was done."""

import time

from conductor.client.http.models.correlation_ids_search_request import CorrelationIdsSearchRequest
from flows import eventually, manual, refusal, seen, simple


def test_runs_are_searched(clients):
    clients.registered("searched", manual("one"))
    began = int(time.time() * 1000) - 1
    ids = [clients.start("searched", {"n": n}, correlation_id=f"search-{n % 2}", priority=n) for n in range(6)]
    for workflow_id in ids[:4]:
        clients.report(workflow_id, "one")

    def found(query: str, expected: int, **paging):
        def ask():
            return clients.workflows.search(query=query, **paging)

        return eventually(lambda: seen(ask(), lambda answer: len(answer.results) == expected)).results

    running = found("workflowType=searched AND status=RUNNING", 2)
    assert {each.workflow_id for each in running} == set(ids[4:])
    assert all(each.workflow_type == "searched" and each.start_time for each in running)
    found("workflowType IN (searched,nothing) AND status IN (COMPLETED,FAILED)", 4)
    found("workflowType=searched AND correlationId=search-1", 3)
    found(f"workflowType=searched AND startTime>{began}", 6)
    found(f"workflowType=searched AND startTime<{began}", 0)
    page = found("workflowType=searched", 3, start=2, size=3)
    rest = found("workflowType=searched", 1, start=5, size=3)
    assert not {each.workflow_id for each in page} & {each.workflow_id for each in rest}
    assert found("workflowType=searched", 1, free_text=ids[0])[0].workflow_id == ids[0]
    refusal(400, clients.workflows.search, query="noSuchField=1")


def test_tasks_are_searched(clients):
    clients.registered("tasks_searched", simple("searched_task", "one"))
    workflow_id = clients.start("tasks_searched")
    task = clients.open_task(workflow_id, "one")
    api = clients.tasks.taskResourceApi

    def found(query: str):
        return eventually(lambda: seen(api.search1(query=query, start=0, size=10), lambda each: each.total_hits == 1))

    assert found("taskType=searched_task AND status=SCHEDULED").results[0].task_id == task.task_id
    clients.report(workflow_id, "one")
    summary = found("taskType=searched_task AND status=COMPLETED").results[0]
    assert (summary.workflow_id, summary.workflow_type, summary.task_def_name) == (
        workflow_id,
        "tasks_searched",
        "searched_task",
    )


def test_runs_are_found_by_correlation(clients):
    for name in ("correlated", "correlated_too"):
        clients.registered(name, manual("one"))
    done = clients.start("correlated", correlation_id="customer-1")
    clients.report(done, "one")
    clients.ended(done)
    open_runs = [clients.start("correlated", correlation_id=f"customer-{n}") for n in (1, 2)]
    other = clients.start("correlated_too", correlation_id="customer-1")

    def ids(answer) -> dict:
        return {key: sorted(run.workflow_id for run in runs) for key, runs in answer.items()}

    asked = ["customer-1", "customer-2", "customer-3"]
    eventually(
        lambda: ids(clients.workflows.get_by_correlation_ids("correlated", asked))
        == {"customer-1": [open_runs[0]], "customer-2": [open_runs[1]], "customer-3": []}
    )
    eventually(
        lambda: ids(clients.workflows.get_by_correlation_ids("correlated", asked, include_completed=True))["customer-1"]
        == sorted([done, open_runs[0]])
    )
    (run,) = clients.workflows.get_by_correlation_ids("correlated", asked, include_tasks=True)["customer-2"]
    assert [task.reference_task_name for task in run.tasks] == ["one"]
    batch = CorrelationIdsSearchRequest(correlation_ids=asked, workflow_names=["correlated", "correlated_too"])
    eventually(
        lambda: ids(clients.workflows.get_by_correlation_ids_in_batch(batch)).get("customer-1")
        == sorted([open_runs[0], other])
    )


def test_status_is_short(clients):
    clients.registered("status", manual("one"), variables={"colour": "red"})
    workflow_id = clients.start("status", correlation_id="short")
    clients.report(workflow_id, "one", "COMPLETED", {"n": 1})
    clients.ended(workflow_id)
    status = clients.workflows.get_workflow_status(workflow_id)
    assert (status.workflow_id, status.status, status.correlation_id) == (workflow_id, "COMPLETED", "short")
    assert (status.output, status.variables) in ((None, None), ({}, {}))
    full = clients.workflows.get_workflow_status(workflow_id, include_output=True, include_variables=True)
    assert (full.output, full.variables) == ({"n": 1}, {"colour": "red"})
    assert clients.workflows.get_workflow(workflow_id, include_tasks=False).workflow_id == workflow_id
    refusal(404, clients.workflows.get_workflow_status, "no-such-workflow")
