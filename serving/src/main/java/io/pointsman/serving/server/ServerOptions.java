package io.pointsman.serving.server;

import io.pointsman.serving.openai.CompletionDefaults;
import java.time.Duration;
import java.util.List;

/// How a server is set up.
///
/// @param port 0 for any that is free
/// @param names what clients may call the model, its own name first
/// @param defaults what holds where a request does not say
/// @param reasoningFields what thinking is called in answers; it stands in each of them
/// @param maxBodyBytes larger bodies are refused
/// @param longestStep a step that takes longer means that the engine hangs
public record ServerOptions(
        String host,
        int port,
        List<String> names,
        CompletionDefaults defaults,
        List<String> reasoningFields,
        int maxBodyBytes,
        Duration longestStep) {

    public ServerOptions {
        names = List.copyOf(names);
        reasoningFields = List.copyOf(reasoningFields);
        if (names.isEmpty()) {
            throw new IllegalArgumentException("the model has no name");
        }
    }

    /// For a model called `name`, on loopback.
    public static ServerOptions of(String name, CompletionDefaults defaults) {
        return new ServerOptions(
                "127.0.0.1",
                0,
                List.of(name),
                defaults,
                List.of("reasoning_content"),
                10 << 20,
                Duration.ofSeconds(60));
    }

    public ServerOptions on(String newHost, int newPort) {
        return new ServerOptions(
                newHost, newPort, names, defaults, reasoningFields, maxBodyBytes, longestStep);
    }

    public ServerOptions withReasoningFields(List<String> fields) {
        return new ServerOptions(host, port, names, defaults, fields, maxBodyBytes, longestStep);
    }

    public ServerOptions withNames(List<String> newNames) {
        return new ServerOptions(
                host, port, newNames, defaults, reasoningFields, maxBodyBytes, longestStep);
    }
}
