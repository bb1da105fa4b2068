"""What the workers of workers.py do, and what a client does that is its own worker."""

import uuid

from conductor.client.http.models import TaskDef, TaskResult
from flows import OWNER, eventually, manual, output_of, seen, simple, states


def test_workers_do_tasks(clients):
    clients.registered(
        "chain",
        simple("greet", "first", name="${workflow.input.name}"),
        simple("greet", "second", name="${first.output.greeting}"),
        output_parameters={"greeting": "${second.output.greeting}"},
    )
    ids = [clients.start("chain", {"name": f"n{number}"}) for number in range(5)]
    for number, workflow_id in enumerate(ids):
        run = clients.ended(workflow_id)
        assert (run.status, run.output) == ("COMPLETED", {"greeting": f"Hello, Hello, n{number}"})
        assert [task.seq for task in run.tasks] == [1, 2]
        assert all(task.worker_id and task.end_time >= task.start_time >= task.scheduled_time for task in run.tasks)


def test_workers_register_their_tasks(clients):
    clients.registered("introduction", simple("introduce", "one", name="${workflow.input.name}"))
    run = clients.ended(clients.start("introduction", {"name": "Ada"}))
    assert run.output == {"introduction": "This is Ada"}
    registered = clients.metadata.get_task_def("introduce")
    assert (registered.retry_count, registered.timeout_seconds, registered.response_timeout_seconds) == (7, 90, 45)


def test_workers_serve_domains(clients):
    clients.registered("domains", simple("paint", "one"))
    nobody = clients.start("domains")
    run = clients.ended(clients.start("domains", task_to_domain={"paint": "blue"}))
    assert (run.output, run.tasks[0].domain) == ({"colour": "blue"}, "blue")
    assert states(clients.run(nobody)) == ["one:SCHEDULED"]


def test_workers_write_logs(clients):
    clients.registered("logs", simple("ponder", "one"))
    run = clients.ended(clients.start("logs"))
    task_id = run.tasks[0].task_id
    clients.tasks.add_task_log(task_id, "said afterwards")
    logs = eventually(lambda: seen(clients.tasks.get_task_logs(task_id), lambda lines: len(lines) == 3))
    assert [line.log for line in logs] == ["call 1", "call 2", "said afterwards"]
    assert all(line.task_id == task_id and line.created_time > 0 for line in logs)


def test_workers_ask_to_be_called_again(clients):
    clients.registered("pondering", simple("ponder", "one"))
    workflow_id = clients.start("pondering")
    eventually(lambda: seen(clients.run(workflow_id), lambda run: run.tasks[0].output_data == {"progress": 50}))
    run = clients.ended(workflow_id)
    (task,) = run.tasks
    assert (run.status, task.output_data, task.poll_count) == ("COMPLETED", {"calls": 2}, 2)


def test_failed_attempts_are_retried(clients):
    clients.metadata.register_task_def(
        TaskDef(name="falter", retry_count=2, retry_logic="FIXED", retry_delay_seconds=0, owner_email=OWNER)
    )
    clients.registered("faltering", simple("falter", "one", failures="${workflow.input.failures}"))
    twice, thrice = (clients.start("faltering", {"failures": failures}) for failures in (2, 3))
    run = clients.ended(twice)
    assert (run.status, run.output) == ("COMPLETED", {"attempt": 2})
    assert states(run) == ["one:FAILED", "one:FAILED", "one:COMPLETED"]
    assert [task.retry_count for task in run.tasks] == [0, 1, 2]
    assert "attempt 0 failed" in run.tasks[0].reason_for_incompletion
    run = clients.ended(thrice)
    assert (run.status, len(run.tasks), run.failed_reference_task_names) == ("FAILED", 3, {"one"})
    assert "attempt 2 failed" in run.reason_for_incompletion


def test_terminal_errors_are_not_retried(clients):
    clients.registered("hopeless", simple("falter", "one", terminal=True))
    run = clients.ended(clients.start("hopeless"))
    assert (run.status, states(run)) == ("FAILED", ["one:FAILED_WITH_TERMINAL_ERROR"])


def test_silent_workers_time_out(clients):
    clients.metadata.register_task_def(
        TaskDef(
            name="silent",
            retry_count=1,
            retry_delay_seconds=0,
            response_timeout_seconds=1,
            timeout_seconds=30,
            owner_email=OWNER,
        )
    )
    clients.registered("silence", simple("silent", "one"))
    workflow_id = clients.start("silence")
    lost = eventually(lambda: clients.polled("silent", "silent-worker"))
    again = eventually(lambda: clients.polled("silent", "other-worker"))
    assert (again.retry_count, again.retried_task_id) == (1, lost.task_id)
    late = TaskResult(workflow_instance_id=workflow_id, task_id=lost.task_id, status="COMPLETED", output_data={"late": 1})
    clients.tasks.update_task(late)
    result = TaskResult(workflow_instance_id=workflow_id, task_id=again.task_id, status="COMPLETED", output_data={"n": 2})
    clients.tasks.update_task(result)
    run = clients.ended(workflow_id)
    assert (run.output, states(run)) == ({"n": 2}, ["one:TIMED_OUT", "one:COMPLETED"])
    assert "responseTimeout" in run.tasks[0].reason_for_incompletion


def test_leases_are_extended(clients):
    clients.metadata.register_task_def(
        TaskDef(name="toil", retry_count=0, response_timeout_seconds=6, timeout_seconds=30, owner_email=OWNER)
    )
    # The SDK extends after four fifths of the time, and looks once a second whether it must.
    clients.registered("toiling", simple("toil", "one", seconds=7.5))
    run = clients.ended(clients.start("toiling"))
    assert (run.status, states(run), run.output) == ("COMPLETED", ["one:COMPLETED"], {"retries": 0})


def test_tasks_are_polled_by_hand(clients):
    clients.registered("polled", simple("polled_task", "one", number="${workflow.input.number}"))
    assert clients.polled("polled_task", "hand") is None
    assert not clients.tasks.batch_poll_tasks("polled_task", worker_id="hand", count=5, timeout_in_millisecond=100)
    ids = [clients.start("polled", {"number": number}) for number in range(4)]
    eventually(lambda: clients.tasks.get_queue_size_for_task("polled_task") == 4)
    polled: list = []

    def poll():
        polled.extend(
            clients.tasks.batch_poll_tasks("polled_task", worker_id="hand", count=5, timeout_in_millisecond=500) or []
        )
        return len(polled) == 4

    eventually(poll)
    assert {task.workflow_instance_id for task in polled} == set(ids)
    assert sorted(task.input_data["number"] for task in polled) == [0, 1, 2, 3]
    for task in polled:
        shown = clients.tasks.get_task(task.task_id)
        assert (shown.status, shown.worker_id, shown.poll_count) == ("IN_PROGRESS", "hand", 1)
        clients.executor.update_task(task.task_id, task.workflow_instance_id, {"by": "hand"}, "COMPLETED")
    assert [clients.ended(workflow_id).output for workflow_id in ids] == [{"by": "hand"}] * 4
    assert clients.tasks.get_queue_size_for_task("polled_task") == 0
    (poller,) = clients.tasks.get_task_poll_data("polled_task")
    assert (poller.queue_name, poller.worker_id) == ("polled_task", "hand")
