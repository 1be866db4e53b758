package io.pointsman.serving.engine;

import io.pointsman.serving.model.ModelRunner;
import io.pointsman.serving.model.RunnerLimits;
import io.pointsman.serving.model.StepPlan;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The batching engine; thread-safe. One owner thread does all the work, in steps: drain commands →
/// schedule → forward and sample → complete → emit. Others talk to it through its mailbox only. It
/// sleeps while there is nothing to compute.
public final class Engine implements AutoCloseable {

    private sealed interface Command {

        /// A subscriber has come.
        record Start(Sequence sequence) implements Command {}

        /// A reader has new demand, or wants no more.
        record Changed(SerialPublisher<Token> reader) implements Command {}

        /// Stop: when the sequences at hand have ended, or at once.
        record Stop(boolean drain) implements Command {}
    }

    private final ModelRunner runner;
    private final Tokenizer tokenizer;
    private final EngineOptions options;
    private final EngineListener listener;
    private final RunnerLimits limits;
    private final BlockManager blocks;
    private final Scheduler scheduler;
    private final StepPlan plan;
    private final int contextLength;
    private final Thread owner;

    private final BlockingQueue<Command> mailbox = new LinkedBlockingQueue<>();
    private final AtomicInteger present = new AtomicInteger();
    private volatile boolean closed;
    private volatile boolean ended;
    private volatile EngineStats stats;

    // What follows is the owner thread's alone.
    private final Map<SerialPublisher<Token>, Sequence> sequences = new HashMap<>();
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
            String name) {
        this.listener = listener;
        this.runner = runner;
        this.tokenizer = tokenizer;
        this.options = options;
        limits = runner.limits();
        blocks = new BlockManager(runner.allocate(options.kvCacheBytes()));
        scheduler = new Scheduler(limits, blocks);
        plan = new StepPlan(limits);
        long room = (long) blocks.totalBlocks() * limits.blockSize();
        contextLength = (int) Math.min(limits.contextLength(), room);
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
        var engine = new Engine(runner, tokenizer, options, listener, name);
        engine.owner.start();
        return engine;
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
        return stats;
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
            reader.fail(new EngineException(rejection));
            return;
        }
        long wanted = (long) request.prompt().size() + request.maxTokens();
        int limit = (int) Math.min(contextLength, wanted);
        var splitter = new TextSplitter(tokenizer, request);
        mailbox.add(new Command.Start(new Sequence(request, limit, splitter, reader)));
        if (ended) {
            rejectLate();
        }
    }

    private @Nullable EngineRejection rejection(GenerationRequest request) {
        int size = request.prompt().size();
        if (closed) {
            return new EngineRejection.Closed();
        }
        if (size >= contextLength) {
            return new EngineRejection.PromptTooLong(size, contextLength);
        }
        for (int i = 0; i < size; i++) {
            int id = request.prompt().get(i);
            if (id < 0 || id >= limits.vocabularySize()) {
                return new EngineRejection.UnknownToken(id, limits.vocabularySize());
            }
        }
        int most = options.maxSequences() + options.queueCapacity();
        if (present.getAndUpdate(n -> Math.min(most, n + 1)) == most) {
            return new EngineRejection.QueueFull(options.queueCapacity(), Duration.ofSeconds(1));
        }
        return null;
    }

    private void run() {
        try {
            while (!stopped) {
                if (idle) {
                    handle(mailbox.take());
                }
                turn();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            closed = true;
            ended = true;
            for (var sequence : List.copyOf(sequences.values())) {
                abort(sequence, new EngineException(new EngineRejection.Closed()));
            }
            rejectLate();
            publishStats();
            runner.close();
        }
    }

    /// One turn of the owner's loop: all commands at hand, then a step.
    ///
    /// @return whether there was anything to compute
    boolean turn() {
        for (var command = mailbox.poll(); command != null; command = mailbox.poll()) {
            handle(command);
        }
        idle = stopped || !step();
        publishStats();
        return !idle;
    }

    /// Fails unless every block is free or belongs to exactly one sequence.
    void checkIntegrity() {
        blocks.checkIntegrity();
        scheduler.checkIntegrity();
    }

    private void handle(Command command) {
        switch (command) {
            case Command.Start(var sequence) -> {
                sequences.put(sequence.reader(), sequence);
                scheduler.add(sequence);
                leaveIfOver(sequence.reader());
            }
            case Command.Changed(var reader) -> leaveIfOver(reader);
            case Command.Stop(boolean drain) -> {
                draining = true;
                stopped |= !drain;
            }
        }
        stopped |= draining && sequences.isEmpty();
    }

    private void leaveIfOver(SerialPublisher<Token> reader) {
        var sequence = sequences.get(reader);
        if (sequence != null && reader.over()) {
            remove(sequence);
            aborted++;
            reader.drop();
        }
    }

    private boolean step() {
        long started = System.nanoTime();
        var chunks = scheduler.schedule();
        if (chunks.isEmpty()) {
            return false;
        }
        fill(chunks);
        long forward = System.nanoTime();
        try {
            var sampled = runner.submit(plan).await();
            forward = System.nanoTime() - forward;
            complete(chunks, sampled);
        } catch (RuntimeException e) {
            for (var chunk : chunks) {
                abort(chunk.sequence(), e);
            }
        }
        if (!listener.equals(EngineListener.NONE)) {
            publishStats();
            var work = new ArrayList<EngineListener.Work>();
            for (var chunk : chunks) {
                work.add(
                        new EngineListener.Work(
                                chunk.sequence().arrival(),
                                0,
                                chunk.count(),
                                chunk.count() == 1 && chunk.samples()));
            }
            listener.stepped(
                    new EngineListener.Step(
                            steps, started, forward, System.nanoTime() - started, work, stats));
        }
        steps++;
        stopped |= draining && sequences.isEmpty();
        return true;
    }

    private void fill(List<Scheduler.Chunk> chunks) {
        plan.clear();
        for (var chunk : chunks) {
            var sequence = chunk.sequence();
            plan.beginSequence(chunk.samples(), StepPlan.NOTHING, sequence.sampling());
            for (int i = 0; i < sequence.blockCount(); i++) {
                plan.setBlock(i, sequence.block(i));
            }
            int first = sequence.computed();
            for (int position = first; position < first + chunk.count(); position++) {
                int block = sequence.block(position / limits.blockSize());
                int slot = block * limits.blockSize() + position % limits.blockSize();
                plan.addToken(sequence.token(position), position, slot);
            }
        }
    }

    private void complete(List<Scheduler.Chunk> chunks, int[] sampled) {
        for (int row = 0; row < chunks.size(); row++) {
            var chunk = chunks.get(row);
            chunk.sequence().compute(chunk.count());
            if (chunk.samples()) {
                emit(chunk.sequence(), sampled[row]);
            }
        }
    }

    private void emit(Sequence sequence, int id) {
        if (sequence.generatedNothing()) {
            promptTokens += sequence.promptLength();
        }
        completionTokens++;
        var token = sequence.append(id);
        var reader = sequence.reader();
        if (token.end().isPresent()) {
            remove(sequence);
            finished++;
        }
        try {
            reader.next(token);
            if (token.end().isPresent()) {
                reader.complete();
            }
        } catch (RuntimeException e) {
            // A subscriber must not throw. One that does has left; the others go on.
            reader.drop();
            remove(sequence);
        }
    }

    private void abort(Sequence sequence, RuntimeException reason) {
        if (sequences.get(sequence.reader()) == sequence) {
            remove(sequence);
            aborted++;
            try {
                sequence.reader().fail(reason);
            } catch (RuntimeException e) {
                sequence.reader().drop();
            }
        }
    }

    private void remove(Sequence sequence) {
        if (sequences.remove(sequence.reader()) != null) {
            scheduler.remove(sequence);
            present.decrementAndGet();
        }
    }

    /// Refuses those that came while the engine ended.
    private void rejectLate() {
        for (var command = mailbox.poll(); command != null; command = mailbox.poll()) {
            if (command instanceof Command.Start(var sequence)) {
                present.decrementAndGet();
                sequence.reader().fail(new EngineException(new EngineRejection.Closed()));
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
                        0,
                        0);
    }
}
