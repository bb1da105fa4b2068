"""The tasks of the language, built with the SDK's own builders."""

import os

from conductor.client.http.models import StartWorkflowRequest
from conductor.client.workflow.task.do_while_task import LoopTask
from conductor.client.workflow.task.dynamic_fork_task import DynamicForkTask
from conductor.client.workflow.task.dynamic_task import DynamicTask
from conductor.client.workflow.task.fork_task import ForkTask
from conductor.client.workflow.task.http_task import HttpInput, HttpMethod, HttpTask
from conductor.client.workflow.task.javascript_task import JavascriptTask
from conductor.client.workflow.task.join_task import JoinTask
from conductor.client.workflow.task.json_jq_task import JsonJQTask
from conductor.client.workflow.task.set_variable_task import SetVariableTask
from conductor.client.workflow.task.start_workflow_task import StartWorkflowTask
from conductor.client.workflow.task.sub_workflow_task import SubWorkflowTask
from conductor.client.workflow.task.switch_task import SwitchTask
from conductor.client.workflow.task.terminate_task import TerminateTask, WorkflowStatus
from flows import eventually, manual, output_of, simple, states


def test_forks_are_joined(clients):
    branches = [
        [simple("greet", "a", name="a"), simple("greet", "a2", name="${a.output.greeting}")],
        [simple("greet", "b", name="b")],
    ]
    clients.registered(
        "forked",
        ForkTask("fork", branches, join_on=["a2", "b"]),
        output_parameters={"a": "${a2.output.greeting}", "b": "${b.output.greeting}"},
    )
    run = clients.ended(clients.start("forked"))
    assert (run.status, run.output) == ("COMPLETED", {"a": "Hello, Hello, a", "b": "Hello, b"})
    assert {task.task_type for task in run.tasks} == {"FORK", "greet", "JOIN"}


def test_forks_are_made_at_run_time(clients):
    fork = DynamicForkTask("fork", join_task=JoinTask("join"))
    fork.input_parameters["dynamicTasks"] = "${workflow.input.tasks}"
    fork.input_parameters["dynamicTasksInputs"] = "${workflow.input.inputs}"
    clients.registered("forked_dynamically", fork)
    references = ["x", "y", "z"]
    run = clients.ended(
        clients.start(
            "forked_dynamically",
            {
                "tasks": [{"name": "greet", "taskReferenceName": each, "type": "SIMPLE"} for each in references],
                "inputs": {each: {"name": each} for each in references},
            },
        )
    )
    assert run.status == "COMPLETED"
    assert output_of(run, "join") == {each: {"greeting": f"Hello, {each}"} for each in references}


def test_loops_repeat(clients):
    clients.registered("looped", LoopTask("loop", 3, [simple("greet", "one", name="${loop.output.iteration}")]))
    run = clients.ended(clients.start("looped"))
    assert run.status == "COMPLETED"
    assert states(run) == ["loop:COMPLETED", "one__1:COMPLETED", "one__2:COMPLETED", "one__3:COMPLETED"]
    assert output_of(run, "loop")["iteration"] == 3


def test_switches_choose(clients):
    for name, expression, script in (
        ("switched_by_value", "${workflow.input.way}", False),
        ("switched_by_script", "$.way == 'left' ? 'left' : 'nowhere'", True),
    ):
        switch = SwitchTask("switch", expression, use_javascript=script)
        switch.input_parameters["way"] = "${workflow.input.way}"
        switch.switch_case("left", [simple("greet", "left", name="left")])
        switch.default_case([simple("greet", "straight", name="on")])
        clients.registered(name, switch)
        for way, taken in (("left", "left"), ("right", "straight")):
            run = clients.ended(clients.start(name, {"way": way}))
            assert states(run) == ["switch:COMPLETED", f"{taken}:COMPLETED"]


def test_tasks_are_chosen_at_run_time(clients):
    task = DynamicTask("${workflow.input.task}", "chosen")
    task.input_parameters["name"] = "you"
    clients.registered("dynamic", task)
    run = clients.ended(clients.start("dynamic", {"task": "greet"}))
    assert (run.output, run.tasks[0].task_type) == ({"greeting": "Hello, you"}, "greet")


def test_data_is_transformed(clients):
    jq = JsonJQTask("jq", "[.items[] | .price] | add")
    jq.input_parameters["items"] = "${workflow.input.items}"
    keep = SetVariableTask("keep")
    keep.input_parameters.update({"total": "${jq.output.result}"})
    script = JavascriptTask("script", "(function () { return $.total * 2; })()", {"total": "${workflow.variables.total}"})
    clients.registered("transformed", jq, keep, script, output_parameters={"doubled": "${script.output.result}"})
    run = clients.ended(clients.start("transformed", {"items": [{"price": 20}, {"price": 1}]}))
    assert (run.status, run.output, run.variables) == ("COMPLETED", {"doubled": 42}, {"total": 21})


def test_http_is_called(clients):
    uri = os.environ["CONDUCTOR_SERVER_URL"].removesuffix("/api") + "/health"
    clients.registered("called", HttpTask("call", HttpInput(method=HttpMethod.GET, uri=uri)))
    run = clients.ended(clients.start("called"))
    answer = output_of(run, "call")["response"]
    assert (run.status, answer["statusCode"], answer["body"]["healthy"]) == ("COMPLETED", 200, True)


def test_terminate_ends_early(clients):
    clients.registered(
        "ended_early", TerminateTask("stop", WorkflowStatus.FAILED, "enough is enough"), manual("never")
    )
    run = clients.ended(clients.start("ended_early"))
    assert (run.status, states(run)) == ("FAILED", ["stop:COMPLETED"])
    assert "enough is enough" in run.reason_for_incompletion


def test_children_report_to_parents(clients):
    clients.registered(
        "child",
        simple("greet", "one", name="${workflow.input.name}"),
        output_parameters={"said": "${one.output.greeting}"},
    )
    registered = SubWorkflowTask("registered", "child", 1)
    registered.input_parameters["name"] = "registered"
    inline = clients.flow("inline_child", simple("greet", "one", name="inline"))
    parent = clients.flow("parent", registered) >> inline
    parent.output_parameters({"registered": "${registered.output.said}"}).register(overwrite=True)
    run = clients.ended(clients.start("parent"))
    assert (run.status, run.output) == ("COMPLETED", {"registered": "Hello, registered"})
    first, second = run.tasks
    assert second.output_data["greeting"] == "Hello, inline"
    child = clients.run(first.sub_workflow_id)
    assert (child.parent_workflow_id, child.parent_workflow_task_id) == (run.workflow_id, first.task_id)


def test_workflows_start_others(clients):
    clients.registered("started", simple("greet", "one", name="${workflow.input.name}"))
    request = StartWorkflowRequest(name="started", input={"name": "free"}, correlation_id="starter")
    clients.registered("starting", StartWorkflowTask("start", "started", request, version=1))
    run = clients.ended(clients.start("starting"))
    other = clients.ended(output_of(run, "start")["workflowId"])
    assert (other.status, other.output, other.correlation_id) == ("COMPLETED", {"greeting": "Hello, free"}, "starter")


def test_failure_workflows_follow(clients):
    clients.registered("compensation", manual("undo"))
    clients.no_retries("breaking")
    clients.registered("broken", simple("breaking", "one"), failure_workflow="compensation")
    workflow_id = clients.start("broken", {"order": 7})
    clients.report(workflow_id, "one", "FAILED")
    run = clients.ended(workflow_id)
    assert run.status == "FAILED"
    started = eventually(lambda: clients.run(workflow_id).output.get("conductor.failure_workflow"))
    compensation = clients.run(started)
    assert compensation.workflow_name == "compensation"
    assert compensation.input["workflowId"] == workflow_id
    assert compensation.input["failureStatus"] == "FAILED"
    clients.workflows.terminate_workflow(started)
