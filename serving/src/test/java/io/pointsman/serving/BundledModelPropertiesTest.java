package io.pointsman.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.serving.chat.Conversation;
import io.pointsman.serving.engine.Engine;
import io.pointsman.serving.engine.EngineOptions;
import io.pointsman.serving.engine.GenerationRequest;
import io.pointsman.serving.engine.Token;
import io.pointsman.serving.model.SamplingParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The engine's properties on the real runner with the bundled reasoner: an answer is the same,
/// token for token, however it is computed.
class BundledModelPropertiesTest {

    private static final LanguageModel MODEL = BundledModels.reasoner();
    private static final List<GenerationRequest> REQUESTS = new ArrayList<>();
    private static final List<List<Integer>> ALONE = new ArrayList<>();

    private static Engine engine;

    @BeforeAll
    static void answerOneByOne() throws Exception {
        engine = MODEL.start(EngineOptions.DEFAULT.withPrefixCaching(false));
        var random = new Random(5);
        for (int i = 0; i < 24; i++) {
            int a = random.nextInt(10_000);
            int b = random.nextInt(10_000);
            var question =
                    switch (i % 3) {
                        case 0 -> "What is %d + %d?".formatted(a, b);
                        case 1 -> "What is %d + %d - %d?".formatted(a, b, b / 2);
                        default -> "What is %d * %d?".formatted(a % 1000, b % 100);
                    };
            var prompt =
                    MODEL.chatFormat()
                            .render(
                                    Conversation.of(
                                            List.of(Map.of("role", "user", "content", question))));
            REQUESTS.add(
                    GenerationRequest.builder(prompt)
                            .maxTokens(200)
                            .sampling(
                                    i % 2 == 0
                                            ? SamplingParameters.GREEDY
                                            : SamplingParameters.temperature(0.8, i))
                            .build());
            ALONE.add(Answer.of(engine.submit(REQUESTS.getLast())).get(30, TimeUnit.SECONDS));
        }
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void r16TogetherTheyAreTheSame() throws Exception {
        assertSame(EngineOptions.DEFAULT.withPrefixCaching(false));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 16, 33})
    void r16InChunksTheyAreTheSame(int tokenBudget) throws Exception {
        assertSame(EngineOptions.DEFAULT.withSteps(8, tokenBudget, 2));
    }

    @Test
    void r10PreemptedTheyAreTheSame() throws Exception {
        // About 8 KiB for each token.
        var options = EngineOptions.DEFAULT.withSteps(4, 64, 16).withKvCacheBytes(3 << 20);
        assertThat(assertSame(options)).isPositive();
    }

    @Test
    void r16WithThePrefixCacheTheyAreTheSame() throws Exception {
        try (var cached = MODEL.start(EngineOptions.DEFAULT.withSteps(4, 64, 16))) {
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < REQUESTS.size(); i++) {
                    var answer = Answer.of(cached.submit(REQUESTS.get(i)));
                    assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(ALONE.get(i));
                }
            }
            assertThat(cached.stats().prefixHits()).isPositive();
        }
    }

    @Test
    void choicesAreAsIfAskedForOneByOne() throws Exception {
        var request = REQUESTS.get(1);
        var options = EngineOptions.DEFAULT.withSteps(4, 64, 16);
        try (var sharing = MODEL.start(options)) {
            var all = new ArrayList<Token>();
            var together =
                    GenerationRequest.builder(request.prompt())
                            .maxTokens(200)
                            .choices(6)
                            .sampling(request.sampling())
                            .build();
            Answer.of(sharing.submit(together), all).get(30, TimeUnit.SECONDS);
            for (int choice = 0; choice < 6; choice++) {
                int number = choice;
                var alone =
                        GenerationRequest.builder(request.prompt())
                                .maxTokens(200)
                                .sampling(request.sampling().withSeed(1 + choice))
                                .build();
                assertThat(all.stream().filter(token -> token.choice() == number).map(Token::id))
                        .isEqualTo(Answer.of(engine.submit(alone)).get(30, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void tellsHowLikelyTokensWere() throws Exception {
        var tokens = new ArrayList<Token>();
        var request =
                GenerationRequest.builder(REQUESTS.getFirst().prompt())
                        .maxTokens(200)
                        .logprobs(3)
                        .build();
        Answer.of(engine.submit(request), tokens).get(30, TimeUnit.SECONDS);

        assertThat(tokens).hasSizeGreaterThan(10);
        for (var token : tokens) {
            var logprobs = token.logprobs().orElseThrow();
            assertThat(logprobs.top()).hasSize(3);
            assertThat(logprobs.top().getFirst().id()).isEqualTo(token.id());
            assertThat(logprobs.chosen()).isEqualTo(logprobs.top().getFirst().logprob());
            assertThat(logprobs.top().stream().mapToDouble(top -> Math.exp(top.logprob())).sum())
                    .isBetween(0.3, 1.000001);
        }
    }

    /// Returns how many sequences were preempted.
    private static long assertSame(EngineOptions options) throws Exception {
        try (var other = MODEL.start(options)) {
            var answers = REQUESTS.stream().map(r -> Answer.of(other.submit(r))).toList();
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(ALONE.get(i));
            }
            other.drain(Duration.ofSeconds(20));
            assertThat(other.stats().freeBlocks()).isEqualTo(other.stats().totalBlocks());
            return other.stats().preemptions();
        }
    }

    /// Collects an answer.
    private record Answer(CompletableFuture<List<Integer>> done, List<Token> tokens)
            implements Flow.Subscriber<Token> {

        static CompletableFuture<List<Integer>> of(Flow.Publisher<Token> publisher) {
            return of(publisher, new ArrayList<>());
        }

        static CompletableFuture<List<Integer>> of(
                Flow.Publisher<Token> publisher, List<Token> tokens) {
            var answer = new Answer(new CompletableFuture<>(), tokens);
            publisher.subscribe(answer);
            return answer.done;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Token token) {
            tokens.add(token);
        }

        @Override
        public void onError(Throwable throwable) {
            done.completeExceptionally(throwable);
        }

        @Override
        public void onComplete() {
            done.complete(tokens.stream().map(Token::id).toList());
        }
    }
}
