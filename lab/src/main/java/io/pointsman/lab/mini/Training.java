package io.pointsman.lab.mini;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.training.GradientCollector;
import java.util.Arrays;

/// One run: a model, its optimizer, and how many steps of how many are done. Confined to one
/// thread.
final class Training implements AutoCloseable {
    private static final int WARM_UP = 60;
    private static final double FLAT = 0.3;
    private static final double LOWEST = 0.02;

    private final Transformer model;
    private final Optimizer optimizer;
    private final int steps;
    private int done;

    Training(Transformer model, int steps) {
        this.model = model;
        this.steps = steps;
        model.weights().values().forEach(weight -> weight.setRequiresGradient(true));
        optimizer = new Optimizer(model);
    }

    Transformer model() {
        return model;
    }

    Optimizer optimizer() {
        return optimizer;
    }

    int steps() {
        return steps;
    }

    int done() {
        return done;
    }

    /// Goes on after this many steps.
    void resume(int after) {
        done = after;
    }

    /// Learns from one batch and returns its loss.
    float step(Batch batch) {
        float loss;
        try (var scratch = model.manager().newSubManager()) {
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                var value = loss(batch, scratch);
                collector.backward(value);
                loss = value.getFloat();
            }
        }
        done++;
        optimizer.step(done, rate(done, steps));
        return loss;
    }

    /// The fraction of the full learning rate: a short ramp, a flat part, a cosine down to 2 %.
    static float rate(int step, int steps) {
        var ramp = Math.min(1, (double) step / WARM_UP);
        var progress = Math.clamp((step / (double) steps - FLAT) / (1 - FLAT), 0, 1);
        var cosine = LOWEST + (1 - LOWEST) * (1 + Math.cos(Math.PI * progress)) / 2;
        return (float) (ramp * cosine);
    }

    @Override
    public void close() {
        optimizer.close();
    }

    private NDArray loss(Batch batch, NDManager scratch) {
        var rows = batch.rows();
        var length = batch.length();
        var ids = scratch.create(longs(batch.ids()));
        var mask = scratch.create(batch.mask(), new Shape(rows, 1, 1, length, length));
        var hidden = model.hidden(ids, rows, length, mask, null);
        var positions = scratch.create(longs(batch.positions()));
        var counted =
                positions
                        .getNDArrayInternal()
                        .embedding(positions, hidden, SparseFormat.DENSE)
                        .get(0);
        var targets = scratch.create(longs(batch.targets()), new Shape(batch.targets().length, 1));
        var likely = model.logits(counted).logSoftmax(-1).gather(targets, 1);
        var weights = scratch.create(batch.weights(), new Shape(batch.weights().length, 1));
        var total = 0f;
        for (var weight : batch.weights()) {
            total += weight;
        }
        return likely.mul(weights).sum().mul(-1 / total);
    }

    private static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }
}
