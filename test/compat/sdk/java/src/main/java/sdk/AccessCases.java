package sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.netflix.conductor.client.http.WorkflowClient;
import com.netflix.conductor.common.run.Workflow;
import org.junit.jupiter.api.Test;

class AccessCases extends Flows {

    /** All other cases log in with a key too: the server lets nobody in without one. */
    @Test
    void keys_are_checked() {
        registered("guarded", manual("one"));
        String id = start("guarded");
        String key = System.getenv("READER_KEY");

        WorkflowClient reader = new WorkflowClient(connect(key, System.getenv("READER_SECRET")));
        assertEquals(Workflow.WorkflowStatus.RUNNING, reader.getWorkflow(id, false).getStatus());
        refusal(403, () -> reader.startWorkflow(request("guarded")));
        refusal(403, () -> reader.terminateWorkflow(id, "no"));

        assertThrows(
                RuntimeException.class,
                () -> new WorkflowClient(connect(key, "not the secret")).getWorkflow(id, false));
    }
}
