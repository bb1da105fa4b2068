package sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.netflix.conductor.common.metadata.tasks.Task;
import com.netflix.conductor.common.metadata.tasks.TaskResult;
import com.netflix.conductor.common.metadata.workflow.WorkflowDef;
import com.netflix.conductor.common.run.Workflow;
import com.netflix.conductor.sdk.workflow.def.ConductorWorkflow;
import com.netflix.conductor.sdk.workflow.def.tasks.DoWhile;
import com.netflix.conductor.sdk.workflow.def.tasks.Dynamic;
import com.netflix.conductor.sdk.workflow.def.tasks.DynamicFork;
import com.netflix.conductor.sdk.workflow.def.tasks.ForkJoin;
import com.netflix.conductor.sdk.workflow.def.tasks.Http;
import com.netflix.conductor.sdk.workflow.def.tasks.JQ;
import com.netflix.conductor.sdk.workflow.def.tasks.Javascript;
import com.netflix.conductor.sdk.workflow.def.tasks.SetVariable;
import com.netflix.conductor.sdk.workflow.def.tasks.SubWorkflow;
import com.netflix.conductor.sdk.workflow.def.tasks.Switch;
import com.netflix.conductor.sdk.workflow.def.tasks.Terminate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The tasks of the language, built with the SDK's own builders. */
class OperatorCases extends Flows {

    @Test
    void forks_are_joined() {
        ForkJoin fork = new ForkJoin(
                "fork",
                new com.netflix.conductor.sdk.workflow.def.tasks.Task<?>[] {greet("a", "a"), greet("a2", "${a.output.greeting}")},
                new com.netflix.conductor.sdk.workflow.def.tasks.Task<?>[] {greet("b", "b")});
        registered("forked", builder ->
                builder.add(fork).output("a", "${a2.output.greeting}").output("b", "${b.output.greeting}"));
        Workflow run = ended(start("forked"));
        assertEquals(Map.of("a", "Hello, Hello, a", "b", "Hello, b"), run.getOutput());
        assertEquals(
                Set.of("FORK", "greet", "JOIN"), run.getTasks().stream().map(Task::getTaskType).collect(Collectors.toSet()));
    }

    @Test
    void forks_are_made_at_run_time() {
        registered("forked_dynamically", new DynamicFork("fork", "${workflow.input.tasks}", "${workflow.input.inputs}"));
        List<String> references = List.of("x", "y", "z");
        Workflow run = ended(start(
                "forked_dynamically",
                Map.of(
                        "tasks",
                        references.stream()
                                .map(each -> Map.of("name", "greet", "taskReferenceName", each, "type", "SIMPLE"))
                                .toList(),
                        "inputs",
                        references.stream().collect(Collectors.toMap(each -> each, each -> Map.of("name", each))))));
        assertEquals(Workflow.WorkflowStatus.COMPLETED, run.getStatus());
        for (String each : references) {
            assertEquals(Map.of("greeting", "Hello, " + each), outputOf(run, each));
        }
    }

    @Test
    void loops_repeat() {
        registered("looped", new DoWhile("loop", 3, greet("one", "${loop.output.iteration}")));
        Workflow run = ended(start("looped"));
        assertEquals(
                List.of("loop:COMPLETED", "one__1:COMPLETED", "one__2:COMPLETED", "one__3:COMPLETED"), states(run));
        assertEquals(3, outputOf(run, "loop").get("iteration"));
    }

    @Test
    void switches_choose() {
        Switch byValue = new Switch("switch", "${workflow.input.way}");
        Switch byScript = new Switch("switch", "$.way == 'left' ? 'left' : 'nowhere'", true);
        for (Switch made : List.of(byValue, byScript)) {
            String name = made == byValue ? "switched_by_value" : "switched_by_script";
            made.input("way", "${workflow.input.way}");
            registered(name, made.switchCase("left", greet("left", "left")).defaultCase(greet("straight", "on")));
            assertEquals(List.of("switch:COMPLETED", "left:COMPLETED"), states(ended(start(name, Map.of("way", "left")))));
            assertEquals(
                    List.of("switch:COMPLETED", "straight:COMPLETED"), states(ended(start(name, Map.of("way", "right")))));
        }
    }

    @Test
    void tasks_are_chosen_at_run_time() {
        registered("dynamic", new Dynamic("chosen", "${workflow.input.task}").input("name", "you"));
        Workflow run = ended(start("dynamic", Map.of("task", "greet")));
        assertEquals(Map.of("greeting", "Hello, you"), run.getOutput());
        assertEquals("greet", run.getTasks().get(0).getTaskType());
    }

    @Test
    void data_is_transformed() {
        JQ jq = new JQ("jq", "[.items[] | .price] | add").input("items", "${workflow.input.items}");
        SetVariable keep = new SetVariable("keep").input("total", "${jq.output.result}");
        Javascript script = new Javascript("script", "(function () { return $.total * 2; })()")
                .input("total", "${workflow.variables.total}");
        registered("transformed", builder -> builder.add(jq, keep, script).output("doubled", "${script.output.result}"));
        Workflow run =
                ended(start("transformed", Map.of("items", List.of(Map.of("price", 20), Map.of("price", 1)))));
        assertEquals(Map.of("doubled", 42), run.getOutput());
        assertEquals(Map.of("total", 21), run.getVariables());
    }

    @SuppressWarnings("unchecked")
    @Test
    void http_is_called() {
        String uri = System.getenv("CONDUCTOR_SERVER_URL").replaceFirst("/api$", "/health");
        registered("called", new Http("call").url(uri).method(Http.Input.HttpMethod.GET));
        Workflow run = ended(start("called"));
        Map<String, Object> answer = (Map<String, Object>) outputOf(run, "call").get("response");
        assertEquals(200, answer.get("statusCode"));
        assertEquals(true, ((Map<String, Object>) answer.get("body")).get("healthy"));
    }

    @Test
    void terminate_ends_early() {
        registered("ended_early", new Terminate("stop", Workflow.WorkflowStatus.FAILED, "enough is enough"), manual("never"));
        Workflow run = ended(start("ended_early"));
        assertEquals(Workflow.WorkflowStatus.FAILED, run.getStatus());
        assertEquals(List.of("stop:COMPLETED"), states(run));
        assertTrue(run.getReasonForIncompletion().contains("enough is enough"));
    }

    @Test
    void children_report_to_parents() {
        registered("child", builder -> builder.add(greet("one", "${workflow.input.name}")).output("said", "${one.output.greeting}"));
        ConductorWorkflow<Object> inline = new ConductorWorkflow<>(executor);
        inline.setName("inline_child");
        inline.setVersion(1);
        inline.add(greet("one", "inline"));
        registered("parent", builder -> builder.add(
                        new SubWorkflow("registered", "child", 1).input("name", "registered"),
                        new SubWorkflow("inline", inline))
                .output("registered", "${registered.output.said}")
                .output("inline", "${inline.output.greeting}"));
        Workflow run = ended(start("parent"));
        assertEquals(Map.of("registered", "Hello, registered", "inline", "Hello, inline"), run.getOutput());
        Task first = run.getTasks().get(0);
        Workflow child = run(first.getSubWorkflowId());
        assertEquals(run.getWorkflowId(), child.getParentWorkflowId());
        assertEquals(first.getTaskId(), child.getParentWorkflowTaskId());
    }

    @Test
    void workflows_start_others() {
        registered("started", greet("one", "${workflow.input.name}"));
        WorkflowDef def = flow("starting", 1, manual("replaced"));
        Map<String, Object> request = Map.of(
                "name", "started", "version", 1, "input", Map.of("name", "free"), "correlationId", "starter");
        def.setTasks(List.of(raw("START_WORKFLOW", "start", Map.of("startWorkflow", request))));
        registered(def);
        Workflow run = ended(start("starting"));
        Workflow other = ended((String) outputOf(run, "start").get("workflowId"));
        assertEquals(Map.of("greeting", "Hello, free"), other.getOutput());
        assertEquals("starter", other.getCorrelationId());
    }

    @Test
    void failure_workflows_follow() {
        registered("compensation", manual("undo"));
        noRetries("breaking");
        registered("broken", builder -> builder.add(simple("breaking", "one")).failureWorkflow("compensation"));
        String id = start("broken", Map.of("order", 7));
        report(id, "one", TaskResult.Status.FAILED, Map.of());
        assertEquals(Workflow.WorkflowStatus.FAILED, ended(id).getStatus());
        String started =
                (String) eventually(() -> run(id).getOutput().get("conductor.failure_workflow"), Objects::nonNull);
        Workflow compensation = run(started);
        assertEquals("compensation", compensation.getWorkflowName());
        assertEquals(id, compensation.getInput().get("workflowId"));
        assertEquals("FAILED", compensation.getInput().get("failureStatus"));
        workflows.terminateWorkflow(started, null);
    }
}
