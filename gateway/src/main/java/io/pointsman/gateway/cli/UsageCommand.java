package io.pointsman.gateway.cli;

import io.pointsman.gateway.config.ConfigLocation;
import io.pointsman.gateway.ledger.SpoolReader;
import io.pointsman.gateway.ledger.UsageFormat;
import io.pointsman.gateway.ledger.UsageQuery;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `pointsman usage`: what requests used and cost, and would have cost on the reasoner. Asks the
/// running gateway; where none runs, it reads the ledger's folder.
@Command(
        name = "usage",
        description =
                "Say what requests used and cost, and what they would have cost all on the reasoner.",
        mixinStandardHelpOptions = true)
public final class UsageCommand implements Callable<Integer> {

    private static final URI LOCAL = URI.create("http://127.0.0.1:8081");
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Spec private CommandSpec spec;

    @Option(
            names = "--by",
            paramLabel = "NAMES",
            defaultValue = "route",
            description =
                    "What rows are kept apart by: tenant, model, route, backend, hour, separated by"
                            + " commas. Default: ${DEFAULT-VALUE}")
    private String by = "";

    @Option(
            names = "--from",
            paramLabel = "TIME",
            defaultValue = UsageQuery.DEFAULT_FROM,
            description =
                    "An age such as 24h or 7d, a day such as 2026-11-25, or a time such as"
                            + " 2026-11-25T10:00:00Z. Default: ${DEFAULT-VALUE}")
    private String from = "";

    @Option(names = "--to", paramLabel = "TIME", description = "Likewise. Default: now")
    private @Nullable String to;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table, csv or json. Default: ${DEFAULT-VALUE}")
    private String format = "";

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "The management port of the running gateway. Default: http://127.0.0.1:8081")
    private @Nullable URI url;

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            description = "Read the ledger in this folder instead; a gateway may be writing to it.")
    private @Nullable Path folder;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The configuration that names the folder where no gateway runs; else"
                            + " POINTSMAN_CONFIG, else ./pointsman.yaml.")
    private @Nullable Path config;

    UsageCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        if (url != null && folder != null) {
            throw new IllegalArgumentException("name either --url or --folder, not both");
        }
        var now = Instant.now();
        var written = UsageFormat.parse(format);
        var query =
                UsageQuery.parse(Optional.of(by), Optional.of(from), Optional.ofNullable(to), now);
        var out = spec.commandLine().getOut();
        out.print(folder != null ? read(folder, query, written) : ask(query, written));
        out.flush();
        return 0;
    }

    private static String read(Path from, UsageQuery query, UsageFormat written) {
        return written.write(SpoolReader.usage(from, query));
    }

    private String ask(UsageQuery query, UsageFormat written) throws InterruptedException {
        var base = url != null ? url : LOCAL;
        try (var client = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
            var request =
                    HttpRequest.newBuilder(address(base, query, written)).timeout(PATIENCE).build();
            var response = client.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (response.statusCode() != 200) {
                throw new IllegalArgumentException(
                        "%s answers %d to /v1/usage; --url names the management port of a gateway"
                                .formatted(base, response.statusCode()));
            }
            return response.body();
        } catch (IOException e) {
            if (url != null) {
                throw new IllegalArgumentException(
                        "no gateway answers at %s; --url names the management port of a running one, %s unless management.port says otherwise"
                                .formatted(base, LOCAL),
                        e);
            }
            return readConfigured(query, written);
        }
    }

    private String readConfigured(UsageQuery query, UsageFormat written) {
        var location =
                config != null
                        ? new ConfigLocation.InFile(config)
                        : ConfigLocation.find(System.getenv(), Path.of(""));
        var found = location.load().ledger(System.getenv()).folder();
        return read(
                found.orElseThrow(() ->
                        new IllegalArgumentException(
                                "no gateway answers at "
                                        + LOCAL
                                        + ", and no folder is configured; name one of them with"
                                        + " --url or --folder")),
                query,
                written);
    }

    private static URI address(URI base, UsageQuery query, UsageFormat written) {
        var parameters = new LinkedHashMap<String, String>();
        parameters.put(
                "by",
                query.by().stream()
                        .map(UsageQuery.Dimension::label)
                        .collect(Collectors.joining(",")));
        parameters.put("from", query.from().toString());
        parameters.put("to", query.to().toString());
        parameters.put("format", written.label());
        var text =
                parameters.entrySet().stream()
                        .map(it ->
                                it.getKey()
                                        + '='
                                        + URLEncoder.encode(it.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"));
        return URI.create(base.toString().replaceFirst("/+$", "") + "/v1/usage?" + text);
    }
}
