from conductor.client.http.models import Action, EventHandler, StartWorkflow, TaskDef, WorkflowDef, WorkflowTask
from flows import OWNER, manual, refusal, simple


def test_definitions_are_stored(clients):
    metadata = clients.metadata
    task = TaskDef(
        name="stored_task",
        description="as it was sent",
        retry_count=5,
        retry_logic="EXPONENTIAL_BACKOFF",
        retry_delay_seconds=2,
        timeout_seconds=120,
        timeout_policy="RETRY",
        response_timeout_seconds=60,
        input_keys=["a"],
        output_keys=["b"],
        input_template={"a": 1},
        owner_email=OWNER,
    )
    metadata.register_task_def(task)
    stored = metadata.get_task_def("stored_task")
    sent = {name: value for name, value in task.to_dict().items() if value is not None}
    assert {name: value for name, value in stored.to_dict().items() if name in sent} == sent
    metadata.update_task_def(TaskDef(name="stored_task", retry_count=1, owner_email=OWNER))
    assert metadata.get_task_def("stored_task").retry_count == 1
    assert "stored_task" in [each.name for each in metadata.get_all_task_defs()]

    flow = clients.flow("stored", simple("stored_task", "one", a="${workflow.input.a}")).output_parameters(
        {"b": "${one.output.b}"}
    )
    flow.description = "as it was sent"
    metadata.register_workflow_def(flow.to_workflow_def())
    stored = metadata.get_workflow_def("stored", version=1)
    assert (stored.description, stored.owner_email, stored.output_parameters) == (
        "as it was sent",
        OWNER,
        {"b": "${one.output.b}"},
    )
    assert [(each.name, each.task_reference_name, each.input_parameters) for each in stored.tasks] == [
        ("stored_task", "one", {"a": "${workflow.input.a}"})
    ]
    assert stored.update_time > 0
    metadata.update_workflow_def(clients.flow("stored", manual("other")).to_workflow_def())
    assert metadata.get_workflow_def("stored").tasks[0].task_reference_name == "other"
    assert ("stored", 1) in [(each.name, each.version) for each in metadata.get_all_workflow_defs()]


def test_the_latest_version_is_the_highest(clients):
    for version in (1, 3, 2):
        clients.registered("versions", manual(f"v{version}"), version=version)
    assert clients.metadata.get_workflow_def("versions").version == 3
    assert clients.run(clients.start("versions")).workflow_version == 3
    assert clients.run(clients.start("versions", version=2)).tasks[0].reference_task_name == "v2"


def test_definitions_conflict_unless_overwritten(clients):
    one, other = (clients.flow("conflicting", manual(reference)).to_workflow_def() for reference in ("one", "other"))
    clients.metadata.register_workflow_def(one, overwrite=False)
    message = refusal(409, clients.metadata.register_workflow_def, other, overwrite=False)
    assert "conflicting.1 already exists" in message
    clients.metadata.register_workflow_def(other)
    assert clients.metadata.get_workflow_def("conflicting").tasks[0].task_reference_name == "other"


def test_bad_definitions_are_refused(clients):
    twice = WorkflowDef(
        name="bad",
        version=1,
        tasks=[
            WorkflowTask(name="same", task_reference_name="same"),
            WorkflowTask(name="same", task_reference_name="same"),
        ],
    )
    assert "same should be unique" in refusal(400, clients.metadata.register_workflow_def, twice)
    wrong = refusal(
        400, clients.metadata.register_task_def, TaskDef(name="", response_timeout_seconds=0, owner_email=OWNER)
    )
    assert "name cannot be null or empty" in wrong
    assert "responseTimeoutSeconds: 0 should be minimum 1 second" in wrong
    refusal(404, clients.metadata.get_workflow_def, "bad")


def test_definitions_are_removed(clients):
    clients.metadata.register_task_def(TaskDef(name="removed_task", owner_email=OWNER))
    clients.metadata.unregister_task_def("removed_task")
    refusal(404, clients.metadata.get_task_def, "removed_task")
    refusal(404, clients.metadata.unregister_task_def, "removed_task")
    clients.registered("removed", manual("one"))
    clients.metadata.unregister_workflow_def("removed", 1)
    refusal(404, clients.metadata.get_workflow_def, "removed")
    refusal(404, clients.start, "removed")


def test_event_handlers_are_stored(clients):
    def handler(active: bool) -> EventHandler:
        return EventHandler(
            name="on_order",
            event="conductor:orders:placed",
            condition="true",
            active=active,
            actions=[Action(action="start_workflow", start_workflow=StartWorkflow(name="fulfil", input={"by": "event"}))],
        )

    events = clients.events
    events.add_event_handler(handler(False))
    refusal(409, events.add_event_handler, handler(False))
    assert [each.name for each in events.get_event_handlers_for_event("conductor:orders:placed", active_only=True)] == []
    events.update_event_handler(handler(True))
    (stored,) = events.get_event_handlers_for_event("conductor:orders:placed", active_only=True)
    assert (stored.name, stored.active, stored.actions[0].start_workflow.name) == ("on_order", True, "fulfil")
    assert "on_order" in [each.name for each in events.get_event_handlers()]
    events.remove_event_handler_status("on_order")
    assert events.get_event_handlers_for_event("conductor:orders:placed", active_only=False) == []
