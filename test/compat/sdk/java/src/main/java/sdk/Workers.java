package sdk;

import com.netflix.conductor.client.automator.TaskRunnerConfigurer;
import com.netflix.conductor.client.http.ConductorClient;
import com.netflix.conductor.client.http.TaskClient;
import com.netflix.conductor.client.worker.Worker;
import com.netflix.conductor.common.metadata.tasks.Task;
import com.netflix.conductor.common.metadata.tasks.TaskResult;
import com.netflix.conductor.sdk.workflow.executor.task.AnnotatedWorkerExecutor;
import com.netflix.conductor.sdk.workflow.executor.task.NonRetryableException;
import com.netflix.conductor.sdk.workflow.executor.task.TaskContext;
import com.netflix.conductor.sdk.workflow.task.InputParam;
import com.netflix.conductor.sdk.workflow.task.WorkerTask;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The workers of all cases, run as a user runs them: annotated methods, and one of the older kind. Every setting that is
 * not the point of a case is the SDK's default.
 */
public class Workers {

    @WorkerTask("greet")
    public Map<String, Object> greet(@InputParam("name") String name) {
        return Map.of("greeting", "Hello, " + name);
    }

    /** Fails as often as it is told to. */
    @WorkerTask("falter")
    public Map<String, Object> falter(@InputParam("failures") Integer failures, @InputParam("terminal") Boolean terminal) {
        int attempt = TaskContext.get().getRetryCount();
        if (Boolean.TRUE.equals(terminal)) {
            throw new NonRetryableException("never");
        }
        if (failures != null && attempt < failures) {
            throw new IllegalStateException("attempt " + attempt + " failed");
        }
        return Map.of("attempt", attempt);
    }

    /** Is not done at first, and says so in its log. */
    @WorkerTask("ponder")
    public Map<String, Object> ponder() {
        TaskContext context = TaskContext.get();
        context.addLog("call " + context.getPollCount());
        if (context.getPollCount() < 2) {
            context.setCallbackAfter(1);
            return Map.of("progress", 50);
        }
        return Map.of("calls", context.getPollCount());
    }

    @WorkerTask(value = "paint", domain = "blue")
    public Map<String, Object> paint() {
        return Map.of("colour", "blue");
    }

    /** Takes longer than its worker may be silent. */
    private static final class Toil implements Worker {
        @Override
        public String getTaskDefName() {
            return "toil";
        }

        @Override
        public boolean leaseExtendEnabled() {
            return true;
        }

        @Override
        public TaskResult execute(Task task) {
            try {
                Thread.sleep((long) (((Number) task.getInputData().get("seconds")).doubleValue() * 1000));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            TaskResult result = new TaskResult(task);
            result.setStatus(TaskResult.Status.COMPLETED);
            result.addOutputData("retries", task.getRetryCount());
            return result;
        }
    }

    public static void main(String[] args) throws IOException {
        ConductorClient client = Flows.connect(System.getenv("CONDUCTOR_AUTH_KEY"), System.getenv("CONDUCTOR_AUTH_SECRET"));
        TaskClient tasks = new TaskClient(client);
        AnnotatedWorkerExecutor annotated = new AnnotatedWorkerExecutor(tasks);
        annotated.addBean(new Workers());
        annotated.startPolling();
        // This version of the client polls nothing at all when it is not told the number of threads.
        TaskRunnerConfigurer plain =
                new TaskRunnerConfigurer.Builder(tasks, List.of(new Toil())).withThreadCount(1).build();
        plain.init();
        while (System.in.read() >= 0) {
            // Until whoever started us closes it, or dies.
        }
        System.exit(0);
    }
}
