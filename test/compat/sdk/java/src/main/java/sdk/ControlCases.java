package sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.netflix.conductor.common.metadata.tasks.TaskResult;
import com.netflix.conductor.common.metadata.workflow.IdempotencyStrategy;
import com.netflix.conductor.common.metadata.workflow.RerunWorkflowRequest;
import com.netflix.conductor.common.metadata.workflow.StartWorkflowRequest;
import com.netflix.conductor.common.model.BulkResponse;
import com.netflix.conductor.common.run.Workflow;
import com.netflix.conductor.common.run.WorkflowTestRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What operators and callers do to runs. */
class ControlCases extends Flows {

    @Test
    void unregistered_definitions_run() {
        StartWorkflowRequest request = request("nowhere")
                .withWorkflowDef(flow("nowhere", 1, greet("one", "${workflow.input.name}")))
                .withInput(Map.of("name", "you"))
                .withCorrelationId("inline")
                .withPriority(9);
        Workflow run = ended(workflows.startWorkflow(request));
        assertEquals(Map.of("greeting", "Hello, you"), run.getOutput());
        assertEquals("inline", run.getCorrelationId());
        assertEquals(9, run.getPriority());
        refusal(404, () -> metadata.getWorkflowDef("nowhere", 1));
    }

    @Test
    void idempotency_keys_hold() {
        registered("once", manual("one"));
        String first = startOnce("order-1", IdempotencyStrategy.RETURN_EXISTING);
        assertEquals(first, startOnce("order-1", IdempotencyStrategy.RETURN_EXISTING));
        refusal(409, () -> startOnce("order-1", IdempotencyStrategy.FAIL));
        assertNotEquals(first, startOnce("order-2", IdempotencyStrategy.FAIL));
    }

    private static String startOnce(String key, IdempotencyStrategy strategy) {
        StartWorkflowRequest request = request("once");
        request.setIdempotencyKey(key);
        request.setIdempotencyStrategy(strategy);
        return workflows.startWorkflow(request);
    }

    @Test
    void test_runs_leave_no_trace() {
        WorkflowTestRequest request = new WorkflowTestRequest();
        request.setName("tried");
        request.setVersion(1);
        request.setWorkflowDef(flow("tried", 1, manual("one"), manual("two").input("n", "${one.output.n}")));
        request.setTaskRefToMockOutput(Map.of(
                "one", List.of(new WorkflowTestRequest.TaskMock(TaskResult.Status.COMPLETED, Map.of("n", 3))),
                "two", List.of(new WorkflowTestRequest.TaskMock(TaskResult.Status.FAILED, Map.of()))));
        Workflow run = workflows.testWorkflow(request);
        assertEquals(Map.of("n", 3), run.getTasks().get(0).getOutputData());
        assertEquals(Map.of("n", 3), run.getTasks().get(1).getInputData());
        assertEquals("FAILED", run.getTasks().get(1).getStatus().name());
        refusal(404, () -> workflows.getWorkflow(run.getWorkflowId(), false));
    }

    @Test
    void runs_pause_and_resume() {
        registered("paused", manual("one"), manual("two"));
        String id = start("paused");
        openTask(id, "one");
        workflows.pauseWorkflow(id);
        workflows.pauseWorkflow(id);
        assertEquals(Workflow.WorkflowStatus.PAUSED, run(id).getStatus());
        report(id, "one");
        assertEquals(List.of("one:COMPLETED"), states(run(id)));
        workflows.resumeWorkflow(id);
        report(id, "two");
        assertEquals(Workflow.WorkflowStatus.COMPLETED, ended(id).getStatus());
        refusal(409, () -> workflows.pauseWorkflow(id));
    }

    @Test
    void runs_are_terminated() {
        registered("terminated", manual("one"));
        String id = start("terminated");
        openTask(id, "one");
        workflows.terminateWorkflow(id, "not wanted any more");
        Workflow run = run(id);
        assertEquals(Workflow.WorkflowStatus.TERMINATED, run.getStatus());
        assertEquals("not wanted any more", run.getReasonForIncompletion());
        assertEquals(List.of("one:CANCELED"), states(run));
        workflows.terminateWorkflow(id, null);
    }

    @Test
    void runs_restart() {
        registered("restarted", manual("old"));
        String id = start("restarted", Map.of("n", 1));
        refusal(409, () -> workflows.restart(id, false));
        report(id, "old");
        ended(id);
        workflows.restart(id, false);
        assertEquals(List.of("old:SCHEDULED"), states(run(id)));
        assertEquals(Map.of("n", 1), run(id).getInput());
        report(id, "old");
        ended(id);
        registered(flow("restarted", 2, manual("new")));
        workflows.restart(id, true);
        assertEquals(List.of("new:SCHEDULED"), states(run(id)));
        report(id, "new");
        assertEquals(2, ended(id).getWorkflowVersion());
    }

    @Test
    void runs_are_retried() {
        noRetries("fragile");
        registered("retried", manual("one"), simple("fragile", "two"));
        String id = start("retried");
        report(id, "one");
        refusal(404, () -> workflows.retryLastFailedTask(id));
        report(id, "two", TaskResult.Status.FAILED, Map.of());
        ended(id);
        workflows.retryLastFailedTask(id);
        assertEquals(List.of("one:COMPLETED", "two:FAILED", "two:SCHEDULED"), states(run(id)));
        report(id, "two");
        assertEquals(Workflow.WorkflowStatus.COMPLETED, ended(id).getStatus());
    }

    @Test
    void runs_go_back() {
        registered("back", manual("one"), manual("two"));
        String id = start("back");
        for (String reference : List.of("one", "two")) {
            report(id, reference, TaskResult.Status.COMPLETED, Map.of("round", 1));
        }
        RerunWorkflowRequest request = new RerunWorkflowRequest();
        request.setReRunFromTaskId(ended(id).getTasks().get(1).getTaskId());
        request.setTaskInput(Map.of("again", true));
        assertEquals(id, workflows.rerunWorkflow(id, request));
        assertEquals(List.of("one:COMPLETED", "two:SCHEDULED"), states(run(id)));
        assertEquals(Map.of("again", true), run(id).getTasks().get(1).getInputData());
        report(id, "two", TaskResult.Status.COMPLETED, Map.of("round", 2));
        assertEquals(Map.of("round", 2), ended(id).getOutput());
        RerunWorkflowRequest all = new RerunWorkflowRequest();
        all.setWorkflowInput(Map.of("n", 2));
        workflows.rerunWorkflow(id, all);
        assertEquals(List.of("one:SCHEDULED"), states(run(id)));
        assertEquals(Map.of("n", 2), run(id).getInput());
    }

    @Test
    void tasks_are_skipped() {
        registered("skipped", manual("one"), manual("two"), manual("three"));
        String id = start("skipped");
        openTask(id, "one");
        workflows.skipTaskFromWorkflow(id, "two");
        report(id, "one");
        report(id, "three");
        Workflow run = ended(id);
        assertEquals(Workflow.WorkflowStatus.COMPLETED, run.getStatus());
        assertEquals(Set.of("one:COMPLETED", "two:SKIPPED", "three:COMPLETED"), Set.copyOf(states(run)));
    }

    @Test
    void variables_are_changed() {
        registered("variables", builder -> builder.add(
                        manual("one"), manual("two").input("colour", "${workflow.variables.colour}"))
                .variables(Map.of("colour", "red")));
        String id = start("variables");
        openTask(id, "one");
        assertEquals(Map.of("colour", "green"), moreWorkflows.updateVariables(id, Map.of("colour", "green")).getVariables());
        report(id, "one");
        assertEquals(Map.of("colour", "green"), openTask(id, "two").getInputData());
    }

    @Test
    void runs_are_removed() {
        registered("removed_run", manual("one"));
        String id = start("removed_run");
        openTask(id, "one");
        refusal(400, () -> workflows.deleteWorkflow(id, true));
        report(id, "one");
        ended(id);
        workflows.deleteWorkflow(id, true);
        refusal(404, () -> run(id));
        refusal(404, () -> workflows.deleteWorkflow(id, true));
    }

    @Test
    void many_are_changed_at_once() {
        noRetries("fragile_many");
        registered("many", simple("fragile_many", "one"));
        List<String> ids = Stream.generate(() -> start("many")).limit(3).toList();
        List<String> asked = new ArrayList<>(ids);
        asked.add("no-such-workflow");

        allOf(ids, moreWorkflows.pauseWorkflow(asked));
        assertEquals(Set.of(Workflow.WorkflowStatus.PAUSED), statuses(ids));
        allOf(ids, moreWorkflows.resumeWorkflow(asked));
        assertEquals(Set.of(Workflow.WorkflowStatus.RUNNING), statuses(ids));
        allOf(ids, workflows.terminateWorkflows(asked, "all of them"));
        assertEquals("all of them", run(ids.get(0)).getReasonForIncompletion());
        allOf(ids, moreWorkflows.restartWorkflow(asked, false));
        for (String id : ids) {
            report(id, "one", TaskResult.Status.FAILED, Map.of());
            assertEquals(Workflow.WorkflowStatus.FAILED, ended(id).getStatus());
        }
        allOf(ids, moreWorkflows.retryWorkflow(asked));
        for (String id : ids) {
            report(id, "one");
            assertEquals(Workflow.WorkflowStatus.COMPLETED, ended(id).getStatus());
        }
    }

    private static Set<Workflow.WorkflowStatus> statuses(List<String> ids) {
        return ids.stream().map(id -> run(id).getStatus()).collect(Collectors.toSet());
    }

    private static void allOf(List<String> ids, BulkResponse<?> answer) {
        assertEquals(Set.copyOf(ids), Set.copyOf(answer.getBulkSuccessfulResults()));
        assertEquals(Set.of("no-such-workflow"), answer.getBulkErrorResults().keySet());
    }
}
