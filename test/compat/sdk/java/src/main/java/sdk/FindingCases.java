package sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.netflix.conductor.common.metadata.tasks.TaskResult;
import com.netflix.conductor.common.run.SearchResult;
import com.netflix.conductor.common.run.TaskSummary;
import com.netflix.conductor.common.run.Workflow;
import com.netflix.conductor.common.run.WorkflowSummary;
import io.orkes.conductor.client.model.WorkflowStatus;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Searches and short reads. Lists are as fresh as the read model, so they are asked until they show what was done. */
class FindingCases extends Flows {

    @Test
    void runs_are_searched() {
        registered("searched", manual("one"));
        long began = System.currentTimeMillis() - 1;
        List<String> ids = IntStream.range(0, 6)
                .mapToObj(n -> workflows.startWorkflow(
                        request("searched").withCorrelationId("search-" + n % 2).withPriority(n)))
                .toList();
        for (String id : ids.subList(0, 4)) {
            report(id, "one");
        }
        SearchResult<WorkflowSummary> running = found("workflowType=searched AND status=RUNNING", 2);
        assertEquals(Set.copyOf(ids.subList(4, 6)), idsOf(running.getResults()));
        assertTrue(running.getResults().stream().allMatch(each -> each.getStartTime().endsWith("Z")));
        found("workflowType IN (searched,nothing) AND status IN (COMPLETED,FAILED)", 4);
        found("workflowType=searched AND correlationId=search-1", 3);
        found("workflowType=searched AND startTime>" + began, 6);
        found("workflowType=searched AND startTime<" + began, 0);
        List<WorkflowSummary> page =
                workflows.search(2, 3, "startTime:ASC", "*", "workflowType=searched").getResults();
        assertEquals(Set.copyOf(ids.subList(2, 5)), idsOf(page));
        List<WorkflowSummary> backwards =
                workflows.search(0, 2, "startTime:DESC", "*", "workflowType=searched").getResults();
        assertEquals(Set.of(ids.get(5), ids.get(4)), idsOf(backwards));
        assertEquals(Set.of(ids.get(0)), idsOf(workflows.search(0, 9, "", ids.get(0), "workflowType=searched").getResults()));
        SearchResult<Workflow> full = workflows.searchV2("workflowType=searched");
        assertEquals(6, full.getTotalHits());
        assertEquals("searched", full.getResults().get(0).getWorkflowName());
        refusal(400, () -> workflows.search("noSuchField=1"));
    }

    private static SearchResult<WorkflowSummary> found(String query, int expected) {
        return eventually(() -> workflows.search(query), answer -> answer.getTotalHits() == expected);
    }

    private static Set<String> idsOf(List<WorkflowSummary> results) {
        return results.stream().map(WorkflowSummary::getWorkflowId).collect(Collectors.toSet());
    }

    @Test
    void tasks_are_searched() {
        registered("tasks_searched", simple("searched_task", "one"));
        String id = start("tasks_searched");
        String taskId = openTask(id, "one").getTaskId();
        SearchResult<TaskSummary> scheduled = eventually(
                () -> tasks.search("taskType=searched_task AND status=SCHEDULED"), answer -> answer.getTotalHits() == 1);
        assertEquals(taskId, scheduled.getResults().get(0).getTaskId());
        report(id, "one");
        SearchResult<TaskSummary> done = eventually(
                () -> tasks.search("taskType=searched_task AND status=COMPLETED"), answer -> answer.getTotalHits() == 1);
        assertEquals(id, done.getResults().get(0).getWorkflowId());
        assertEquals("searched_task", done.getResults().get(0).getTaskDefName());
    }

    @Test
    void runs_are_found_by_correlation() {
        registered("correlated", manual("one"));
        registered("correlated_too", manual("one"));
        String done = correlated("correlated", "customer-1");
        report(done, "one");
        ended(done);
        String open = correlated("correlated", "customer-1");
        String second = correlated("correlated", "customer-2");
        String other = correlated("correlated_too", "customer-1");
        found("correlated", "customer-1", false, Set.of(open));
        found("correlated", "customer-1", true, Set.of(open, done));
        Workflow run = workflows.getWorkflows("correlated", "customer-2", false, true).get(0);
        assertEquals(second, run.getWorkflowId());
        assertEquals(List.of("one:SCHEDULED"), states(run));
        eventually(
                () -> moreWorkflows.getWorkflowsByNamesAndCorrelationIds(
                        List.of("customer-1", "customer-2"), List.of("correlated", "correlated_too"), false, false),
                answer -> allIds(answer.get("customer-1")).equals(Set.of(open, other))
                        && allIds(answer.get("customer-2")).equals(Set.of(second)));
        assertEquals(Set.of(open, second), Set.copyOf(workflows.getRunningWorkflow("correlated", 1)));
    }

    private static String correlated(String name, String id) {
        return workflows.startWorkflow(request(name).withCorrelationId(id));
    }

    private static void found(String name, String correlation, boolean closed, Set<String> expected) {
        eventually(() -> workflows.getWorkflows(name, correlation, closed, false), runs -> allIds(runs).equals(expected));
    }

    private static Set<String> allIds(List<Workflow> runs) {
        return runs.stream().map(Workflow::getWorkflowId).collect(Collectors.toSet());
    }

    @Test
    void status_is_short() {
        registered("status", builder -> builder.add(manual("one")).variables(Map.of("colour", "red")));
        String id = workflows.startWorkflow(request("status").withCorrelationId("short"));
        report(id, "one", TaskResult.Status.COMPLETED, Map.of("n", 1));
        ended(id);
        WorkflowStatus status = moreWorkflows.getWorkflowStatusSummary(id, false, false);
        assertEquals(List.of(id, "COMPLETED", "short"), List.of(status.getWorkflowId(), status.getStatus().name(), status.getCorrelationId()));
        assertTrue(status.getOutput() == null || status.getOutput().isEmpty());
        WorkflowStatus full = moreWorkflows.getWorkflowStatusSummary(id, true, true);
        assertEquals(Map.of("n", 1), full.getOutput());
        assertEquals(Map.of("colour", "red"), full.getVariables());
        assertEquals(List.of(), workflows.getWorkflow(id, false).getTasks());
        refusal(404, () -> moreWorkflows.getWorkflowStatusSummary("no-such-workflow", false, false));
    }
}
