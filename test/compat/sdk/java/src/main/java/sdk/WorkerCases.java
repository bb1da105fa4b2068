package sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.netflix.conductor.common.metadata.tasks.PollData;
import com.netflix.conductor.common.metadata.tasks.Task;
import com.netflix.conductor.common.metadata.tasks.TaskDef;
import com.netflix.conductor.common.metadata.tasks.TaskExecLog;
import com.netflix.conductor.common.run.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the workers of {@link Workers} do, and what a client does that is its own worker. */
class WorkerCases extends Flows {

    @Test
    void workers_do_tasks() {
        registered("chain", builder -> builder.add(
                        greet("first", "${workflow.input.name}"), greet("second", "${first.output.greeting}"))
                .output("greeting", "${second.output.greeting}"));
        List<String> ids = IntStream.range(0, 5).mapToObj(n -> start("chain", Map.of("name", "n" + n))).toList();
        for (int n = 0; n < 5; n++) {
            Workflow run = ended(ids.get(n));
            assertEquals(Map.of("greeting", "Hello, Hello, n" + n), run.getOutput());
            assertEquals(List.of(1, 2), run.getTasks().stream().map(Task::getSeq).toList());
            for (Task task : run.getTasks()) {
                assertTrue(task.getWorkerId() != null && task.getEndTime() >= task.getStartTime()
                        && task.getStartTime() >= task.getScheduledTime());
            }
        }
    }

    @Test
    void workers_serve_domains() {
        registered("domains", simple("paint", "one"));
        String nobody = start("domains");
        Workflow run = ended(workflows.startWorkflow(request("domains").withTaskToDomain(Map.of("paint", "blue"))));
        assertEquals(Map.of("colour", "blue"), run.getOutput());
        assertEquals("blue", run.getTasks().get(0).getDomain());
        assertEquals(List.of("one:SCHEDULED"), states(run(nobody)));
    }

    @Test
    void workers_write_logs() {
        registered("logs", simple("ponder", "one"));
        String taskId = ended(start("logs")).getTasks().get(0).getTaskId();
        tasks.logMessageForTask(taskId, "said \"afterwards\"");
        List<TaskExecLog> logs = eventually(() -> tasks.getTaskLogs(taskId), lines -> lines != null && lines.size() == 3);
        assertEquals(
                List.of("call 1", "call 2", "said \"afterwards\""), logs.stream().map(TaskExecLog::getLog).toList());
        assertTrue(logs.stream().allMatch(log -> log.getTaskId().equals(taskId) && log.getCreatedTime() > 0));
    }

    @Test
    void workers_ask_to_be_called_again() {
        registered("pondering", simple("ponder", "one"));
        String id = start("pondering");
        eventually(() -> run(id).getTasks().get(0).getOutputData(), output -> output.equals(Map.of("progress", 50)));
        Workflow run = ended(id);
        assertEquals(List.of("one:COMPLETED"), states(run));
        assertEquals(2, run.getTasks().get(0).getPollCount());
        assertEquals(2, run.getOutput().get("calls"));
    }

    @Test
    void failed_attempts_are_retried() {
        metadata.registerTaskDefs(List.of(taskDef("falter", 2)));
        registered("faltering", simple("falter", "one").input("failures", "${workflow.input.failures}"));
        String twice = start("faltering", Map.of("failures", 2));
        String thrice = start("faltering", Map.of("failures", 3));
        Workflow run = ended(twice);
        assertEquals(Map.of("attempt", 2), run.getOutput());
        assertEquals(List.of("one:FAILED", "one:FAILED", "one:COMPLETED"), states(run));
        assertEquals(List.of(0, 1, 2), run.getTasks().stream().map(Task::getRetryCount).toList());
        assertTrue(run.getTasks().get(0).getReasonForIncompletion().contains("attempt 0 failed"));
        run = ended(thrice);
        assertEquals(Workflow.WorkflowStatus.FAILED, run.getStatus());
        assertEquals(Set.of("one"), run.getFailedReferenceTaskNames());
        assertTrue(run.getReasonForIncompletion().contains("attempt 2 failed"));
    }

    @Test
    void terminal_errors_are_not_retried() {
        registered("hopeless", simple("falter", "one").input("terminal", true));
        Workflow run = ended(start("hopeless"));
        assertEquals(Workflow.WorkflowStatus.FAILED, run.getStatus());
        assertEquals(List.of("one:FAILED_WITH_TERMINAL_ERROR"), states(run));
    }

    @Test
    void silent_workers_time_out() {
        TaskDef def = taskDef("silent", 1);
        def.setResponseTimeoutSeconds(1);
        metadata.registerTaskDefs(List.of(def));
        registered("silence", simple("silent", "one"));
        String id = start("silence");
        Task lost = eventually(() -> tasks.pollTask("silent", "silent-worker", null), Objects::nonNull);
        Task again = eventually(() -> tasks.pollTask("silent", "other-worker", null), Objects::nonNull);
        assertEquals(1, again.getRetryCount());
        assertEquals(lost.getTaskId(), again.getRetriedTaskId());
        tasks.updateTask(result(lost, Map.of("late", 1)));
        tasks.updateTask(result(again, Map.of("n", 2)));
        Workflow run = ended(id);
        assertEquals(Map.of("n", 2), run.getOutput());
        assertEquals(List.of("one:TIMED_OUT", "one:COMPLETED"), states(run));
        assertTrue(run.getTasks().get(0).getReasonForIncompletion().contains("responseTimeout"));
    }

    @Test
    void leases_are_extended() {
        TaskDef def = taskDef("toil", 0);
        def.setResponseTimeoutSeconds(4);
        metadata.registerTaskDefs(List.of(def));
        registered("toiling", simple("toil", "one").input("seconds", 5.5));
        Workflow run = ended(start("toiling"));
        assertEquals(List.of("one:COMPLETED"), states(run), run.getReasonForIncompletion());
        assertEquals(Map.of("retries", 0), run.getOutput());
    }

    @Test
    void tasks_are_polled_by_hand() {
        registered("polled", simple("polled_task", "one").input("number", "${workflow.input.number}"));
        assertNull(tasks.pollTask("polled_task", "hand", null));
        assertEquals(List.of(), tasks.batchPollTasksByTaskType("polled_task", "hand", 5, 100));
        List<String> ids = IntStream.range(0, 4).mapToObj(n -> start("polled", Map.of("number", n))).toList();
        eventually(() -> tasks.getQueueSizeForTask("polled_task"), size -> size == 4);
        List<Task> polled = new ArrayList<>();
        eventually(
                () -> {
                    polled.addAll(tasks.batchPollTasksByTaskType("polled_task", "hand", 5, 500));
                    return polled.size();
                },
                size -> size == 4);
        assertEquals(Set.copyOf(ids), polled.stream().map(Task::getWorkflowInstanceId).collect(Collectors.toSet()));
        for (Task task : polled) {
            Task shown = tasks.getTaskDetails(task.getTaskId());
            assertEquals(Task.Status.IN_PROGRESS, shown.getStatus());
            assertEquals("hand", shown.getWorkerId());
            tasks.updateTask(result(task, Map.of("by", "hand")));
        }
        for (String id : ids) {
            assertEquals(Map.of("by", "hand"), ended(id).getOutput());
        }
        assertEquals(0, tasks.getQueueSizeForTask("polled_task"));
        List<PollData> pollers = tasks.getPollData("polled_task");
        assertEquals("hand", pollers.get(0).getWorkerId());
    }
}
