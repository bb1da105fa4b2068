package sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.netflix.conductor.client.exception.ConductorClientException;
import com.netflix.conductor.common.metadata.events.EventHandler;
import com.netflix.conductor.common.metadata.tasks.TaskDef;
import com.netflix.conductor.common.metadata.workflow.WorkflowDef;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DefinitionCases extends Flows {

    @Test
    void definitions_are_stored() {
        TaskDef task = taskDef("stored_task", 5);
        task.setDescription("as it was sent");
        task.setRetryLogic(TaskDef.RetryLogic.EXPONENTIAL_BACKOFF);
        task.setTimeoutPolicy(TaskDef.TimeoutPolicy.RETRY);
        task.setInputKeys(List.of("a"));
        task.setOutputKeys(List.of("b"));
        task.setInputTemplate(Map.of("a", 1));
        metadata.registerTaskDefs(List.of(task));
        assertEquals(task, metadata.getTaskDef("stored_task"));
        metadata.updateTaskDef(taskDef("stored_task", 1));
        assertEquals(1, metadata.getTaskDef("stored_task").getRetryCount());
        assertTrue(metadata.getAllTaskDefs().stream().anyMatch(each -> each.getName().equals("stored_task")));

        WorkflowDef def = flow("stored", 1, builder -> builder.description("as it was sent")
                .add(simple("stored_task", "one").input("a", "${workflow.input.a}"))
                .output("b", "${one.output.b}"));
        metadata.registerWorkflowDef(def);
        WorkflowDef stored = metadata.getWorkflowDef("stored", 1);
        assertEquals("as it was sent", stored.getDescription());
        assertEquals(OWNER, stored.getOwnerEmail());
        assertEquals(Map.of("b", "${one.output.b}"), stored.getOutputParameters());
        assertEquals(1, stored.getTasks().size());
        assertEquals("one", stored.getTasks().get(0).getTaskReferenceName());
        assertEquals(Map.of("a", "${workflow.input.a}"), stored.getTasks().get(0).getInputParameters());
        assertTrue(stored.getCreateTime() > 0);
        metadata.updateWorkflowDefs(List.of(flow("stored", 1, manual("other"))));
        assertEquals("other", metadata.getWorkflowDef("stored", null).getTasks().get(0).getTaskReferenceName());
        assertTrue(metadata.getAllWorkflowsWithLatestVersions().stream().anyMatch(each -> each.getName().equals("stored")));
    }

    @Test
    void the_latest_version_is_the_highest() {
        for (int version : new int[] {1, 3, 2}) {
            registered(flow("versions", version, manual("v" + version)));
        }
        assertEquals(3, metadata.getWorkflowDef("versions", null).getVersion());
        String latest = workflows.startWorkflow(request("versions").withVersion(null));
        assertEquals(3, run(latest).getWorkflowVersion());
        String second = workflows.startWorkflow(request("versions").withVersion(2));
        assertEquals("v2", run(second).getTasks().get(0).getReferenceTaskName());
    }

    @Test
    void definitions_conflict_unless_overwritten() {
        metadata.registerWorkflowDef(flow("conflicting", 1, manual("one")));
        WorkflowDef other = flow("conflicting", 1, manual("other"));
        assertTrue(refusal(409, () -> metadata.registerWorkflowDef(other)).getMessage().contains("already exists"));
        moreMetadata.registerWorkflowDef(other, true);
        assertEquals("other", metadata.getWorkflowDef("conflicting", 1).getTasks().get(0).getTaskReferenceName());
    }

    @Test
    void bad_definitions_are_refused() {
        WorkflowDef twice = flow("bad", 1, manual("same"));
        twice.setTasks(List.of(raw("SIMPLE", "same", Map.of()), raw("SIMPLE", "same", Map.of())));
        ConductorClientException refused = refusal(400, () -> metadata.registerWorkflowDef(twice));
        assertTrue(refused.getMessage().contains("same should be unique"));
        TaskDef wrong = taskDef("", 0);
        wrong.setResponseTimeoutSeconds(0);
        refused = refusal(400, () -> metadata.registerTaskDefs(List.of(wrong)));
        assertTrue(refused.getMessage().contains("name cannot be null or empty"));
        assertTrue(refused.getMessage().contains("responseTimeoutSeconds: 0 should be minimum 1 second"));
        refusal(404, () -> metadata.getWorkflowDef("bad", null));
    }

    @Test
    void definitions_are_removed() {
        noRetries("removed_task");
        metadata.unregisterTaskDef("removed_task");
        refusal(404, () -> metadata.getTaskDef("removed_task"));
        refusal(404, () -> metadata.unregisterTaskDef("removed_task"));
        registered("removed", manual("one"));
        metadata.unregisterWorkflowDef("removed", 1);
        refusal(404, () -> metadata.getWorkflowDef("removed", 1));
        refusal(404, () -> start("removed"));
    }

    @Test
    void event_handlers_are_stored() {
        String event = "conductor:orders:placed";
        events.registerEventHandler(handler(false));
        refusal(409, () -> events.registerEventHandler(handler(false)));
        assertEquals(List.of(), events.getEventHandlers(event, true));
        events.updateEventHandler(handler(true));
        List<EventHandler> stored = events.getEventHandlers(event, true);
        assertEquals(1, stored.size());
        assertEquals("fulfil", stored.get(0).getActions().get(0).getStart_workflow().getName());
        events.unregisterEventHandler("on_order");
        assertEquals(List.of(), events.getEventHandlers(event, false));
    }

    private static EventHandler handler(boolean active) {
        EventHandler.StartWorkflow start = new EventHandler.StartWorkflow();
        start.setName("fulfil");
        EventHandler.Action action = new EventHandler.Action();
        action.setAction(EventHandler.Action.Type.start_workflow);
        action.setStart_workflow(start);
        EventHandler handler = new EventHandler();
        handler.setName("on_order");
        handler.setEvent("conductor:orders:placed");
        handler.setActive(active);
        handler.setActions(List.of(action));
        return handler;
    }
}
