package io.pointsman.serving.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.serving.BundledModels;
import io.pointsman.serving.TinyModel;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufException;
import io.pointsman.serving.gguf.TensorType;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryPlanTest {

    private static final int MIB = 1 << 20;

    @ParameterizedTest
    @EnumSource
    void saysWhatIsTaken(KvStorage storage) {
        var file = BundledModels.reasoner().file();
        var plan = MemoryPlan.of(file, storage, 8 * MIB, 16, 64, 8);

        long before = allocated();
        var runner = CpuModelRunner.load(file, storage, 16, 64, 8);
        long loaded = allocated() - before;
        int blocks = runner.allocate(8 * MIB);
        long cached = allocated() - before - loaded;

        assertThat((double) loaded / (plan.weights() + plan.scratch())).isBetween(0.95, 1.15);
        assertThat((double) cached / plan.kvCache()).isBetween(0.95, 1.05);
        assertThat(plan.sequences(16)).isEqualTo(blocks);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void countsOutputMatricesThatAreTheEmbeddings(boolean tied) {
        var plan = plan(TinyModel.of("qwen2", TensorType.F32, tied, 1), MIB);
        long embeddings = 4L * 64 * TinyModel.VOCABULARY;

        assertThat(plan.weights()).isEqualTo(4 * plan.parameters() - (tied ? 0 : embeddings));
    }

    @Test
    void refusesWhatDoesNotFitWithTheNumbers() {
        var plan = plan(BundledModels.reasoner().file(), 64 * MIB);

        plan.check(plan.total(), 2 * plan.total());
        assertThatThrownBy(() -> plan.check(plan.total() - 1, 2 * plan.total()))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining("POINTSMAN_JAVA_OPTS=-Xmx206m")
                .hasMessageContaining("weights 3")
                .hasMessageContaining("keys and values 64 MiB (2048 B per token: 32,768 tokens")
                .hasMessageContaining("sequences of");
    }

    @Test
    void refusesACacheOfNothing() {
        var plan = plan(BundledModels.reasoner().file(), 100);

        assertThatThrownBy(() -> plan.check(Long.MAX_VALUE, Long.MAX_VALUE))
                .isInstanceOf(GgufException.class)
                .hasMessage(
                        "100 B for keys and values is less than two blocks of 16 positions take"
                                + " (64 KiB)");
    }

    @Test
    void refusesStepsWhoseArraysWouldBeTooLong() {
        var file = BundledModels.reasoner().file();

        assertThatThrownBy(() -> MemoryPlan.of(file, KvStorage.F32, MIB, 16, 1 << 30, 8))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining("steps of 1073741824 tokens");
    }

    private static MemoryPlan plan(Gguf file, long kvCache) {
        return MemoryPlan.of(file, KvStorage.F32, kvCache, 16, 64, 8);
    }

    private static long allocated() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadAllocatedBytes();
    }
}
