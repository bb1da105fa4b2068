package sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.netflix.conductor.common.metadata.tasks.Task;
import com.netflix.conductor.common.metadata.tasks.TaskResult;
import com.netflix.conductor.common.metadata.workflow.WorkflowDef;
import com.netflix.conductor.common.run.Workflow;
import com.netflix.conductor.sdk.workflow.def.tasks.Wait;
import io.orkes.conductor.client.model.WorkflowRun;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Synchronous execution, reports by reference, people and time. */
class ExecutionCases extends Flows {

    @Test
    void runs_end_synchronously() throws Exception {
        registered("sync", builder -> builder.add(greet("one", "${workflow.input.name}")).output("said", "${one.output.greeting}"));
        WorkflowRun run = moreWorkflows.executeWorkflow(request("sync").withInput(Map.of("name", "you")), List.of(), 20).get();
        assertEquals(Workflow.WorkflowStatus.COMPLETED, run.getStatus());
        assertEquals(Map.of("said", "Hello, you"), run.getOutput());
        assertEquals(Map.of("name", "you"), run.getInput());
        assertEquals(List.of("one"), run.getTasks().stream().map(Task::getReferenceTaskName).toList());
        Workflow other = executor.executeWorkflow("sync", 1, Map.of("name", "me")).get();
        assertEquals(Map.of("said", "Hello, me"), other.getOutput());
    }

    @Test
    void execution_waits_for_a_task() throws Exception {
        registered("until", greet("first", "x"), manual("second"));
        WorkflowRun run = moreWorkflows.executeWorkflow(request("until"), "first", 20).get();
        assertEquals(Workflow.WorkflowStatus.RUNNING, run.getStatus());
        assertEquals("first", run.getTasks().get(0).getReferenceTaskName());
        assertEquals(Task.Status.COMPLETED, run.getTasks().get(0).getStatus());
        workflows.terminateWorkflow(run.getWorkflowId(), null);
    }

    @Test
    void execution_gives_up_waiting() throws Exception {
        registered("slow", manual("one"));
        long began = System.nanoTime();
        WorkflowRun run = moreWorkflows.executeWorkflow(request("slow"), List.of(), 1).get();
        assertTrue(System.nanoTime() - began > 900_000_000L);
        assertEquals(Workflow.WorkflowStatus.RUNNING, run.getStatus());
        report(run.getWorkflowId(), "one");
        assertEquals(Workflow.WorkflowStatus.COMPLETED, ended(run.getWorkflowId()).getStatus());
    }

    @Test
    void tasks_are_reported_by_reference() {
        registered("by_reference", manual("first"), manual("second"), manual("third"));
        String id = start("by_reference");
        report(id, "first", TaskResult.Status.COMPLETED, Map.of("n", 1));
        openTask(id, "second");
        Workflow run = moreTasks.updateTaskSync(id, "second", TaskResult.Status.COMPLETED, Map.of("n", 2));
        assertEquals(List.of("first:COMPLETED", "second:COMPLETED", "third:SCHEDULED"), states(run));
        assertEquals(List.of(1, 2), List.of(outputOf(run, "first").get("n"), outputOf(run, "second").get("n")));
        report(id, "third", TaskResult.Status.FAILED_WITH_TERMINAL_ERROR, Map.of());
        assertEquals(Workflow.WorkflowStatus.FAILED, ended(id).getStatus());
        refusal(404, () -> moreTasks.updateTaskSync(id, "third", TaskResult.Status.COMPLETED, Map.of()));
    }

    @Test
    void people_complete_tasks() {
        WorkflowDef def = flow("people", 1, builder -> builder.add(manual("replaced")).output("ok", "${approve.output.ok}"));
        def.setTasks(List.of(raw("HUMAN", "approve", Map.of())));
        registered(def);
        String id = start("people");
        Task task = openTask(id, "approve");
        assertEquals(Task.Status.IN_PROGRESS, task.getStatus());
        tasks.updateTask(result(task, Map.of("ok", true)));
        assertEquals(Map.of("ok", true), ended(id).getOutput());
    }

    @Test
    void waits_end_by_themselves() {
        registered("waits", new Wait("pause", Duration.ofSeconds(1)));
        Workflow run = ended(start("waits"));
        Task task = run.getTasks().get(0);
        assertEquals(Workflow.WorkflowStatus.COMPLETED, run.getStatus());
        assertTrue(task.getEndTime() - task.getScheduledTime() >= 900);
    }

    @Test
    void workflows_time_out() {
        registered("hurry", builder -> builder.add(manual("one")).timeoutPolicy(WorkflowDef.TimeoutPolicy.TIME_OUT_WF, 1));
        Workflow run = ended(start("hurry"));
        assertEquals(Workflow.WorkflowStatus.TIMED_OUT, run.getStatus());
        assertEquals(List.of("one:CANCELED"), states(run));
        assertTrue(run.getReasonForIncompletion().toLowerCase().contains("timed out"));
    }
}
