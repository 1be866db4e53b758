package io.pointsman.serving.engine;

import io.pointsman.api.FinishReason;
import io.pointsman.serving.grammar.JsonGrammar;
import io.pointsman.serving.model.ModelRunner;
import io.pointsman.serving.model.RunnerLimits;
import io.pointsman.serving.model.StepPlan;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The batching engine; thread-safe. One owner thread does all the work, in steps: drain commands →
/// schedule → forward and sample → complete → emit. Others talk to it through its mailbox only. It
/// sleeps while there is nothing to compute.
public final class Engine implements AutoCloseable {

    private sealed interface Command {

        /// A subscriber has come.
        record Start(Generation generation, Sequence first) implements Command {}

        /// A reader has new demand, or wants no more.
        record Changed(SerialPublisher<Token> reader) implements Command {}

        /// Stop: when the sequences at hand have ended, or at once.
        record Stop(boolean drain) implements Command {}
    }

    private final ModelRunner runner;
    private final Tokenizer tokenizer;
    private final EngineOptions options;
    private final EngineListener listener;
    private final boolean listens;
    private final RunnerLimits limits;
    private final BlockManager blocks;
    private final Scheduler scheduler;
    private final LongSupplier clock;
    private final int[] closing;
    private final StepPlan plan;
    private final int contextLength;
    private final Thread owner;

    private final BlockingQueue<Command> mailbox = new LinkedBlockingQueue<>();
    private final AtomicInteger present = new AtomicInteger();
    private final AtomicLong rejected = new AtomicLong();
    private volatile long nanosPerPlace;
    private volatile boolean closed;
    private volatile boolean ended;
    private volatile EngineStats stats;

    /// When the step under way began, if one is.
    private volatile long steppingSince = Generation.NEVER;

    /// Made when it is first asked for.
    private volatile JsonGrammar.@Nullable Vocabulary vocabulary;

    // What follows is the owner thread's alone.
    private final Map<SerialPublisher<Token>, Generation> generations = new HashMap<>();
    private final PriorityQueue<Generation> deadlines =
            new PriorityQueue<>(Comparator.comparingLong(Generation::deadlineAt));
    private long lastEndAt = Generation.NEVER;
    private boolean idle = true;
    private boolean draining;
    private boolean stopped;
    private long steps;
    private long finished;
    private long aborted;
    private long promptTokens;
    private long completionTokens;

    /// An engine whose owner thread is not running.
    Engine(
            ModelRunner runner,
            Tokenizer tokenizer,
            EngineOptions options,
            EngineListener listener,
            LongSupplier clock,
            String name) {
        this.listener = listener;
        listens = !listener.equals(EngineListener.NONE);
        this.clock = clock;
        this.runner = runner;
        this.tokenizer = tokenizer;
        this.options = options;
        limits = runner.limits();
        blocks = new BlockManager(runner.allocate(options.kvCacheBytes()), limits.blockSize());
        scheduler = new Scheduler(limits, blocks, options.prefixCaching());
        plan = new StepPlan(limits);
        long room = Scheduler.room(limits, blocks.totalBlocks());
        contextLength = (int) Math.min(limits.contextLength(), room);
        closing = closing(tokenizer, options.thinkingMessage());
        stats = EngineStats.idle(blocks.totalBlocks());
        owner = Thread.ofPlatform().name("engine-" + name).daemon().unstarted(this::run);
    }

    /// Starts an engine of which `runner` becomes a part: closing the engine closes it.
    ///
    /// @param name goes into the thread's name
    public static Engine start(
            ModelRunner runner,
            Tokenizer tokenizer,
            EngineOptions options,
            EngineListener listener,
            String name) {
        var engine = new Engine(runner, tokenizer, options, listener, System::nanoTime, name);
        engine.owner.start();
        return engine;
    }

    private static int[] closing(Tokenizer tokenizer, String message) {
        var tag = tokenizer.special(TextSplitter.CLOSE);
        var end =
                tag.isPresent()
                        ? TokenIds.of(tag.getAsInt())
                        : tokenizer.encode(TextSplitter.CLOSE);
        return tokenizer.encode(message).plus(end).toArray();
    }

    /// Generates for one subscriber; generation begins when it has subscribed and asked for a
    /// token, and pauses while it asks for none. Each generated token is one item, the last one has
    /// its [Token#end]. Cancelling frees the sequence within one step. A request that cannot be
    /// served is signalled as an [EngineException]. Signals come on the engine's thread, which all
    /// sequences share: a subscriber must not block it.
    public Flow.Publisher<Token> submit(GenerationRequest request) {
        return new SerialPublisher<>(
                reader -> start(reader, request),
                reader -> mailbox.add(new Command.Changed(reader)));
    }

    /// What the engine is doing.
    public EngineStats stats() {
        return stats.withRejected(rejected.get());
    }

    /// Whether it takes requests and is not stuck in a step that takes longer than `longestStep`.
    public boolean healthy(Duration longestStep) {
        long since = steppingSince;
        return !closed
                && owner.isAlive()
                && (since == Generation.NEVER || clock.getAsLong() - since < longestStep.toNanos());
    }

    /// Positions that a sequence may have: the model's context, or what KV memory has room for.
    public int contextLength() {
        return contextLength;
    }

    /// Takes no more requests, waits up to `patience` for those at hand to end, then closes.
    public void drain(Duration patience) throws InterruptedException {
        closed = true;
        mailbox.add(new Command.Stop(true));
        owner.join(patience);
        close();
    }

    /// Aborts all sequences, which fail with [EngineRejection.Closed], and waits until the owner
    /// thread has ended, unless called on it.
    @Override
    public void close() {
        closed = true;
        mailbox.add(new Command.Stop(false));
        boolean interrupted = false;
        while (Thread.currentThread() != owner && owner.isAlive()) {
            try {
                owner.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void start(SerialPublisher<Token> reader, GenerationRequest request) {
        var rejection = rejection(request);
        if (rejection != null) {
            rejected.incrementAndGet();
            reader.fail(new EngineException(rejection));
            return;
        }
        var generation = new Generation(request, reader, clock.getAsLong());
        mailbox.add(new Command.Start(generation, sequence(generation, 0)));
        if (ended) {
            rejectLate();
        }
    }

    private Sequence sequence(Generation generation, int choice) {
        var request = generation.request();
        long wanted = (long) request.prompt().size() + request.maxTokens();
        int limit = (int) Math.min(contextLength, wanted);
        var text = new TextSplitter(tokenizer, request);
        var grammar = request.json() ? vocabulary().grammar() : null;
        return new Sequence(generation, choice, limit, text, closing, grammar);
    }

    private JsonGrammar.Vocabulary vocabulary() {
        var known = vocabulary;
        if (known == null) {
            known = JsonGrammar.Vocabulary.of(tokenizer);
            vocabulary = known;
        }
        return known;
    }

    private @Nullable EngineRejection rejection(GenerationRequest request) {
        int size = request.prompt().size();
        if (closed) {
            return new EngineRejection.Closed();
        }
        if (size >= contextLength) {
            return new EngineRejection.PromptTooLong(size, contextLength);
        }
        var unknown = unknownToken(request);
        if (unknown.isPresent()) {
            return new EngineRejection.UnknownToken(unknown.getAsInt(), limits.vocabularySize());
        }
        int most = options.maxSequences() + options.queueCapacity();
        int count = request.choices();
        int before = present.getAndUpdate(n -> n + count > most && n > 0 ? n : n + count);
        if (before + count > most && before > 0) {
            return new EngineRejection.QueueFull(options.queueCapacity(), retryAfter(before));
        }
        return null;
    }

    private OptionalInt unknownToken(GenerationRequest request) {
        var prompt = request.prompt();
        var ids =
                IntStream.concat(
                        IntStream.range(0, prompt.size()).map(prompt::get),
                        IntStream.concat(
                                request.stopTokens().stream().mapToInt(Integer::intValue),
                                request.sampling().logitBias().keySet().stream()
                                        .mapToInt(Integer::intValue)));
        return ids.filter(id -> id < 0 || id >= limits.vocabularySize()).findFirst();
    }

    /// How long it takes, at the speed of late, until a tenth of those that are there have ended.
    private Duration retryAfter(int there) {
        long seconds = Duration.ofNanos(nanosPerPlace * (1 + there / 10)).toSeconds();
        return Duration.ofSeconds(Math.clamp(seconds, 1, 60));
    }

    private void run() {
        try {
            while (!stopped) {
                if (idle) {
                    awaitCommand();
                }
                turn();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            closed = true;
            ended = true;
            for (var generation : List.copyOf(generations.values())) {
                abort(generation, new EngineException(new EngineRejection.Closed()));
            }
            rejectLate();
            publishStats();
            runner.close();
        }
    }

    private void awaitCommand() throws InterruptedException {
        var next = deadlines.peek();
        var command =
                next == null
                        ? mailbox.take()
                        : mailbox.poll(next.deadlineAt() - clock.getAsLong(), TimeUnit.NANOSECONDS);
        if (command != null) {
            handle(command);
        }
    }

    /// One turn of the owner's loop: all commands at hand, then a step.
    ///
    /// @return whether there was anything to compute
    boolean turn() {
        for (var command = mailbox.poll(); command != null; command = mailbox.poll()) {
            handle(command);
        }
        expire();
        steppingSince = clock.getAsLong();
        idle = stopped || !step();
        steppingSince = Generation.NEVER;
        publishStats();
        return !idle;
    }

    /// Fails unless every block is free or belongs to exactly one sequence.
    void checkIntegrity() {
        scheduler.checkIntegrity();
    }

    private void handle(Command command) {
        switch (command) {
            case Command.Start(var generation, var first) -> {
                generation.add(first);
                generations.put(generation.reader(), generation);
                scheduler.arrive(first);
                if (generation.deadlineAt() != Long.MAX_VALUE) {
                    deadlines.add(generation);
                }
                leaveIfOver(generation.reader());
            }
            case Command.Changed(var reader) -> leaveIfOver(reader);
            case Command.Stop(boolean drain) -> {
                draining = true;
                stopped |= !drain;
            }
        }
        stopped |= draining && generations.isEmpty();
    }

    private void leaveIfOver(SerialPublisher<Token> reader) {
        var generation = generations.get(reader);
        if (generation != null && reader.over()) {
            abort(generation, null);
        }
    }

    /// Ends those whose deadline has come.
    private void expire() {
        while (!deadlines.isEmpty() && deadlines.peek().deadlineAt() <= clock.getAsLong()) {
            var generation = deadlines.peek();
            var deadline = generation.request().deadline().orElseThrow();
            abort(generation, new EngineException(new EngineRejection.DeadlineExceeded(deadline)));
        }
    }

    private boolean step() {
        long startedAt = clock.getAsLong();
        var chunks = scheduler.schedule(startedAt);
        if (chunks.isEmpty()) {
            return false;
        }
        var work = listens ? work(chunks) : List.<EngineListener.Work>of();
        fill(chunks);
        long forwardAt = clock.getAsLong();
        long sampledAt = forwardAt;
        try {
            if (scheduler.copies() > 0) {
                runner.copyBlocks(scheduler.copyFrom(), scheduler.copyTo(), scheduler.copies());
            }
            var step = runner.submit(plan);
            var sampled = step.await();
            sampledAt = clock.getAsLong();
            complete(chunks, step, sampled, sampledAt);
        } catch (RuntimeException e) {
            for (var chunk : chunks) {
                abort(chunk.sequence().generation(), e);
            }
        }
        if (listens) {
            publishStats();
            long nanos = clock.getAsLong() - startedAt;
            listener.stepped(
                    new EngineListener.Step(
                            steps, startedAt, sampledAt - forwardAt, nanos, work, stats));
        }
        steps++;
        stopped |= draining && generations.isEmpty();
        return true;
    }

    private static List<EngineListener.Work> work(List<Scheduler.Chunk> chunks) {
        return chunks.stream()
                .map(chunk ->
                        new EngineListener.Work(
                                chunk.sequence().generation().number(),
                                chunk.sequence().choice(),
                                chunk.count(),
                                chunk.sequence().decoding()))
                .toList();
    }

    private void fill(List<Scheduler.Chunk> chunks) {
        plan.clear();
        int blockSize = limits.blockSize();
        for (var chunk : chunks) {
            var sequence = chunk.sequence();
            int forced = chunk.samples() ? sequence.forced() : StepPlan.NOTHING;
            plan.beginSequence(chunk.samples(), forced, sequence.sampling());
            if (chunk.samples()) {
                plan.setLogprobs(sequence.generation().request().logprobs().orElse(-1));
                var seen = sequence.seen();
                if (seen != null) {
                    plan.setSeen(seen.ids(), seen.counts(), seen.size());
                }
                var allowed = sequence.allowed();
                if (allowed != null) {
                    plan.setMask(allowed);
                }
            }
            for (int i = 0; i < sequence.blockCount(); i++) {
                plan.setBlock(i, sequence.block(i));
            }
            int first = sequence.computed();
            for (int position = first; position < first + chunk.count(); position++) {
                int block = sequence.block(position / blockSize);
                int slot = block * blockSize + position % blockSize;
                plan.addToken(sequence.token(position), position, slot);
            }
        }
    }

    private void complete(
            List<Scheduler.Chunk> chunks, ModelRunner.Step step, int[] sampled, long now) {
        for (int row = 0; row < chunks.size(); row++) {
            var chunk = chunks.get(row);
            var sequence = chunk.sequence();
            if (!sequence.running()) {
                // Its reader has left while another choice's token was handed over.
                continue;
            }
            scheduler.computed(sequence, chunk.count());
            if (chunk.samples()) {
                fork(sequence);
                emit(sequence, sampled[row], logprobs(sequence, step, row), now);
            }
        }
    }

    /// Lets a request's other choices begin where its prompt has just been computed.
    private void fork(Sequence sequence) {
        var generation = sequence.generation();
        if (sequence.choice() > 0 || sequence.generated() > 0) {
            return;
        }
        promptTokens += sequence.promptLength();
        for (int choice = 1; choice < generation.request().choices(); choice++) {
            var sibling = sequence(generation, choice);
            generation.add(sibling);
            scheduler.fork(sequence, sibling);
        }
    }

    private static Optional<Token.Logprobs> logprobs(
            Sequence sequence, ModelRunner.Step step, int row) {
        return sequence.generation().request().logprobs().isPresent()
                ? Optional.of(Token.Logprobs.of(step.logprobs(row)))
                : Optional.empty();
    }

    private void emit(Sequence sequence, int id, Optional<Token.Logprobs> logprobs, long now) {
        completionTokens++;
        var generation = sequence.generation();
        long since = sequence.lastTokenAt();
        boolean first = generation.sampled(now);
        var token = sequence.append(id, logprobs, now);
        var reader = generation.reader();
        boolean last = false;
        if (token.end().isPresent()) {
            scheduler.end(sequence);
            last = generation.end(sequence);
            present.decrementAndGet();
            measure(now);
        }
        if (last) {
            finished++;
            forget(generation, token.end().map(Token.End::reason));
        }
        if (first || since != Generation.NEVER) {
            listener.emitted(first, now - (first ? generation.arrivedAt() : since));
        }
        try {
            reader.next(token);
            if (last) {
                reader.complete();
            }
        } catch (RuntimeException e) {
            // A subscriber must not throw. One that does has left; the others go on.
            reader.drop();
            abort(generation, null);
        }
    }

    /// Learns how often a place becomes free.
    private void measure(long now) {
        if (lastEndAt != Generation.NEVER) {
            long before = nanosPerPlace;
            nanosPerPlace = before + (now - lastEndAt - before) / 8;
        }
        lastEndAt = now;
    }

    /// Ends a request before its time.
    ///
    /// @param reason what its reader is told; null for one that does not listen any more
    private void abort(Generation generation, @Nullable RuntimeException reason) {
        if (!generations.containsKey(generation.reader())) {
            return;
        }
        for (var sequence : generation.open()) {
            scheduler.remove(sequence);
        }
        int ended = generation.open().size();
        int unborn = generation.started() ? 0 : generation.request().choices() - 1;
        present.addAndGet(-ended - unborn);
        aborted++;
        forget(generation, Optional.empty());
        var reader = generation.reader();
        try {
            if (reason == null) {
                reader.drop();
            } else {
                reader.fail(reason);
            }
        } catch (RuntimeException e) {
            reader.drop();
        }
    }

    private void forget(Generation generation, Optional<FinishReason> reason) {
        generations.remove(generation.reader());
        deadlines.remove(generation);
        listener.ended(generation.ended(reason, clock.getAsLong()));
    }

    /// Refuses those that came while the engine ended.
    private void rejectLate() {
        for (var command = mailbox.poll(); command != null; command = mailbox.poll()) {
            if (command instanceof Command.Start(var generation, _)) {
                present.addAndGet(-generation.request().choices());
                generation.reader().fail(new EngineException(new EngineRejection.Closed()));
            }
        }
    }

    private void publishStats() {
        stats =
                new EngineStats(
                        scheduler.running(),
                        scheduler.waiting(),
                        blocks.freeBlocks(),
                        blocks.totalBlocks(),
                        steps,
                        finished,
                        aborted,
                        0,
                        scheduler.preemptions(),
                        promptTokens,
                        completionTokens,
                        scheduler.prefixQueries(),
                        scheduler.prefixHits());
    }
}
