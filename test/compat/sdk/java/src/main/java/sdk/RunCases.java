package sdk;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs every case against the server that the environment names, and reports each as one line of JSON. */
public final class RunCases {
    private static final List<Class<?>> ALL = List.of(
            DefinitionCases.class,
            WorkerCases.class,
            ExecutionCases.class,
            OperatorCases.class,
            ControlCases.class,
            FindingCases.class,
            AccessCases.class);

    public static void main(String[] args) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(ALL.stream().map(each -> selectClass(each)).toList())
                .configurationParameters(Map.of(
                        "junit.jupiter.execution.parallel.enabled", "true",
                        "junit.jupiter.execution.parallel.mode.default", "concurrent",
                        "junit.jupiter.execution.parallel.config.strategy", "fixed",
                        "junit.jupiter.execution.parallel.config.fixed.parallelism", "8"))
                .build();
        LauncherFactory.create().execute(request, new Reporter(Path.of(System.getenv("CASE_REPORT"))));
        System.exit(0);
    }

    private static final class Reporter implements TestExecutionListener {
        private final ObjectMapper json = new ObjectMapper();
        private final Map<String, Long> began = new ConcurrentHashMap<>();
        private final Path file;

        Reporter(Path file) {
            this.file = file;
        }

        @Override
        public void executionStarted(TestIdentifier test) {
            began.put(test.getUniqueId(), System.nanoTime());
        }

        @Override
        public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (!test.isTest()) {
                result.getThrowable().ifPresent(Throwable::printStackTrace);
                return;
            }
            boolean passed = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
            StringWriter why = new StringWriter();
            result.getThrowable().ifPresent(thrown -> thrown.printStackTrace(new PrintWriter(why, true)));
            try {
                String line = json.writeValueAsString(Map.of(
                        "case", test.getDisplayName().replace("()", ""),
                        "passed", passed,
                        "seconds", (System.nanoTime() - began.get(test.getUniqueId())) / 1e9,
                        "output", why.toString()));
                Files.write(file, List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private RunCases() {}
}
