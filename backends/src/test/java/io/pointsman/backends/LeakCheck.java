package io.pointsman.backends;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails every class of tests that leaves a buffer of Netty's unreleased. Thread-safe. It is found
/// by itself on the class path, here and where these tests are depended on.
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {

    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
    private static volatile boolean listening;

    /// The leaks of this process so far, with where the buffers were used. Leaked buffers are found
    /// when they are collected, and reported with the next allocation.
    public static List<String> found() {
        assertThat(listening).isTrue();
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        System.gc();
        for (int i = 0; i < 1000; i++) {
            ByteBufAllocator.DEFAULT.buffer(16).release();
        }
        return List.copyOf(LEAKS);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        ByteBufUtil.setLeakListener((_, records) -> LEAKS.add(records));
        listening = true;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        assertThat(found()).as("leaked buffers").isEmpty();
    }
}
