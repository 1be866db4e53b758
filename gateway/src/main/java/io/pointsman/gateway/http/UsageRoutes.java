package io.pointsman.gateway.http;

import io.pointsman.gateway.ledger.RecordLedger;
import io.pointsman.gateway.ledger.UsageFormat;
import io.pointsman.gateway.ledger.UsageQuery;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// `GET /v1/usage` on the management port, and on no other: what requests used and cost. Immutable.
@ManagementContextConfiguration(proxyBeanMethods = false)
public class UsageRoutes {

    /// Made by Spring.
    public UsageRoutes() {}

    @Bean
    RouterFunction<ServerResponse> usage(RecordLedger ledger) {
        return RouterFunctions.route()
                .GET("/v1/usage", request -> answer(request, ledger, InstantSource.system()))
                .build();
    }

    private static Mono<ServerResponse> answer(
            ServerRequest request, RecordLedger ledger, InstantSource clock) {
        return Mono.fromCallable(() -> report(request, ledger, clock))
                // Summing up many hours takes a while.
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(report ->
                        ServerResponse.ok()
                                .header(HttpHeaders.CONTENT_TYPE, report.format().mediaType())
                                .bodyValue(report.text()))
                .onErrorResume(IllegalArgumentException.class, UsageRoutes::refuse);
    }

    /// A report as it is sent.
    private record Written(UsageFormat format, byte[] text) {}

    private static Written report(ServerRequest request, RecordLedger ledger, InstantSource clock) {
        var format = UsageFormat.parse(request.queryParam("format").orElse("json"));
        var query =
                UsageQuery.parse(
                        request.queryParam("by"),
                        request.queryParam("from"),
                        request.queryParam("to"),
                        clock.instant());
        var text = format.write(ledger.usage(query));
        return new Written(format, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Mono<ServerResponse> refuse(IllegalArgumentException wrong) {
        return ServerResponse.badRequest()
                .header(HttpHeaders.CONTENT_TYPE, "text/plain;charset=UTF-8")
                .bodyValue((wrong.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
