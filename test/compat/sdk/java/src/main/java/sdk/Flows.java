package sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import com.netflix.conductor.client.exception.ConductorClientException;
import com.netflix.conductor.client.http.ConductorClient;
import com.netflix.conductor.client.http.EventClient;
import com.netflix.conductor.client.http.MetadataClient;
import com.netflix.conductor.client.http.TaskClient;
import com.netflix.conductor.client.http.WorkflowClient;
import com.netflix.conductor.common.metadata.tasks.TaskDef;
import com.netflix.conductor.common.metadata.tasks.TaskResult;
import com.netflix.conductor.common.metadata.workflow.StartWorkflowRequest;
import com.netflix.conductor.common.metadata.workflow.WorkflowDef;
import com.netflix.conductor.common.metadata.workflow.WorkflowTask;
import com.netflix.conductor.common.run.Workflow;
import com.netflix.conductor.sdk.workflow.def.WorkflowBuilder;
import com.netflix.conductor.sdk.workflow.def.tasks.SimpleTask;
import com.netflix.conductor.sdk.workflow.def.tasks.Task;
import com.netflix.conductor.sdk.workflow.executor.WorkflowExecutor;
import io.orkes.conductor.client.ApiClient;
import io.orkes.conductor.client.OrkesClients;
import io.orkes.conductor.client.http.OrkesMetadataClient;
import io.orkes.conductor.client.http.OrkesTaskClient;
import io.orkes.conductor.client.http.OrkesWorkflowClient;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What all cases share: clients, definitions in few words, and waiting. */
abstract class Flows {
    static final String OWNER = "sdk@example.com";

    static final ConductorClient client = connect(System.getenv("CONDUCTOR_AUTH_KEY"), System.getenv("CONDUCTOR_AUTH_SECRET"));
    static final WorkflowClient workflows = new WorkflowClient(client);
    static final TaskClient tasks = new TaskClient(client);
    static final MetadataClient metadata = new MetadataClient(client);
    static final EventClient events = new EventClient(client);
    static final WorkflowExecutor executor = new WorkflowExecutor(client, 100);
    static final OrkesWorkflowClient moreWorkflows = new OrkesClients(client).getWorkflowClient();
    static final OrkesTaskClient moreTasks = new OrkesClients(client).getTaskClient();
    static final OrkesMetadataClient moreMetadata = new OrkesClients(client).getMetadataClient();

    static ConductorClient connect(String key, String secret) {
        return ApiClient.builder()
                .basePath(System.getenv("CONDUCTOR_SERVER_URL"))
                .credentials(key, secret)
                .build();
    }

    static WorkflowDef flow(String name, int version, Task<?>... made) {
        return flow(name, version, builder -> builder.add(made));
    }

    static WorkflowDef flow(String name, int version, Consumer<WorkflowBuilder<Object>> build) {
        WorkflowBuilder<Object> builder = new WorkflowBuilder<>(executor);
        builder.name(name).version(version).ownerEmail(OWNER);
        build.accept(builder);
        return builder.build().toWorkflowDef();
    }

    static void registered(String name, Task<?>... made) {
        registered(flow(name, 1, made));
    }

    static void registered(String name, Consumer<WorkflowBuilder<Object>> build) {
        registered(flow(name, 1, build));
    }

    static void registered(WorkflowDef def) {
        metadata.updateWorkflowDefs(List.of(def));
    }

    /** A task that no worker of ours takes: the case itself reports it. */
    static SimpleTask manual(String reference) {
        return new SimpleTask("by_hand_" + reference, reference);
    }

    static SimpleTask simple(String task, String reference) {
        return new SimpleTask(task, reference);
    }

    static SimpleTask greet(String reference, String name) {
        return simple("greet", reference).input("name", name);
    }

    /** A task of a kind for which the SDK has no builder. */
    static WorkflowTask raw(String type, String reference, Map<String, Object> inputs) {
        WorkflowTask task = new WorkflowTask();
        task.setName(reference);
        task.setTaskReferenceName(reference);
        task.setType(type);
        task.setInputParameters(inputs);
        return task;
    }

    static TaskDef taskDef(String name, int retries) {
        TaskDef def = new TaskDef(name);
        def.setOwnerEmail(OWNER);
        def.setRetryCount(retries);
        def.setRetryDelaySeconds(0);
        def.setResponseTimeoutSeconds(60);
        def.setTimeoutSeconds(120);
        return def;
    }

    static void noRetries(String name) {
        metadata.registerTaskDefs(List.of(taskDef(name, 0)));
    }

    static StartWorkflowRequest request(String name) {
        return new StartWorkflowRequest().withName(name).withVersion(1).withInput(Map.of());
    }

    static String start(String name) {
        return start(name, Map.of());
    }

    static String start(String name, Map<String, Object> input) {
        return workflows.startWorkflow(request(name).withInput(input));
    }

    static Workflow run(String id) {
        return workflows.getWorkflow(id, true);
    }

    static Workflow ended(String id) {
        return eventually(() -> run(id), run -> run.getStatus().isTerminal());
    }

    static com.netflix.conductor.common.metadata.tasks.Task openTask(String id, String reference) {
        return eventually(
                () -> run(id).getTasks().stream()
                        .filter(task -> task.getReferenceTaskName().equals(reference) && !task.getStatus().isTerminal())
                        .findFirst()
                        .orElse(null),
                Objects::nonNull);
    }

    static void report(String id, String reference) {
        report(id, reference, TaskResult.Status.COMPLETED, Map.of());
    }

    /** Ends a task that no worker does. */
    static void report(String id, String reference, TaskResult.Status status, Map<String, Object> output) {
        openTask(id, reference);
        moreTasks.updateTask(id, reference, status, output);
    }

    static TaskResult result(com.netflix.conductor.common.metadata.tasks.Task task, Map<String, Object> output) {
        TaskResult result = new TaskResult(task);
        result.setStatus(TaskResult.Status.COMPLETED);
        result.setOutputData(output);
        return result;
    }

    static List<String> states(Workflow run) {
        return run.getTasks().stream()
                .map(task -> task.getReferenceTaskName() + ":" + task.getStatus())
                .toList();
    }

    static Map<String, Object> outputOf(Workflow run, String reference) {
        return run.getTaskByRefName(reference).getOutputData();
    }

    interface Holds<T> {
        boolean of(T value);
    }

    /** Asks until the answer is as it should be. */
    static <T> T eventually(Supplier<T> ask, Holds<T> holds) {
        AtomicReference<T> last = new AtomicReference<>();
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (System.nanoTime() < deadline) {
            last.set(ask.get());
            if (holds.of(last.get())) {
                return last.get();
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return fail("gave up waiting; the last answer was " + last.get());
    }

    /** What the server says when it refuses a call with this status. */
    static ConductorClientException refusal(int status, Runnable call) {
        ConductorClientException refused = assertThrows(ConductorClientException.class, call::run);
        assertEquals(status, refused.getStatus(), refused.getMessage());
        return refused;
    }
}
