package io.pointsman.lab.mini;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Muon for the matrices inside the blocks, Adam for all else.
///
/// Muon (Jordan and others, 2024) replaces a matrix's momentum by the nearest orthogonal matrix,
/// found by five Newton-Schulz steps; matrices of one shape are turned together. Confined to one
/// thread.
final class Optimizer implements AutoCloseable {
    private static final float MUON_RATE = 0.02f;
    private static final float MUON_MOMENTUM = 0.95f;
    private static final float ADAM_RATE = 1e-3f;
    private static final float ADAM_FIRST = 0.9f;
    private static final float ADAM_SECOND = 0.99f;

    private final NDManager manager;
    private final List<List<NDArray>> groups = new ArrayList<>();
    private final List<NDArray> others = new ArrayList<>();
    private final Map<String, NDArray> state = new LinkedHashMap<>();

    Optimizer(Transformer model) {
        manager = model.manager().newSubManager();
        var byShape = new LinkedHashMap<String, List<NDArray>>();
        model.weights()
                .forEach((name, weight) -> {
                    if (name.startsWith("blk.") && weight.getShape().dimension() == 2) {
                        byShape.computeIfAbsent(
                                        weight.getShape().toString(), _ -> new ArrayList<>())
                                .add(weight);
                    } else {
                        others.add(weight);
                    }
                });
        groups.addAll(byShape.values());
        for (var group = 0; group < groups.size(); group++) {
            var members = groups.get(group);
            state.put(
                    "muon." + group,
                    manager.zeros(
                            new ai.djl.ndarray.types.Shape(members.size())
                                    .addAll(members.getFirst().getShape())));
        }
        for (var index = 0; index < others.size(); index++) {
            state.put("adam.first." + index, manager.zeros(others.get(index).getShape()));
            state.put("adam.second." + index, manager.zeros(others.get(index).getShape()));
        }
    }

    /// What must be kept to go on later.
    Map<String, NDArray> state() {
        return state;
    }

    /// Moves every weight by its gradient and clears the gradient.
    ///
    /// @param step the number of this step, from 1
    /// @param fraction how much of the full learning rates
    void step(int step, float fraction) {
        try (var scratch = manager.newSubManager()) {
            for (var group = 0; group < groups.size(); group++) {
                muon(groups.get(group), kept("muon." + group), fraction, scratch);
            }
            for (var index = 0; index < others.size(); index++) {
                adam(
                        others.get(index),
                        kept("adam.first." + index),
                        kept("adam.second." + index),
                        step,
                        fraction,
                        scratch);
            }
        }
    }

    @Override
    public void close() {
        manager.close();
    }

    private NDArray kept(String name) {
        var found = state.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no state " + name);
        }
        return found;
    }

    private static void muon(
            List<NDArray> weights, NDArray momentum, float fraction, NDManager scratch) {
        var gradients = new NDList();
        for (var weight : weights) {
            gradients.add(gradient(weight, scratch));
        }
        var gradient = NDArrays.stack(gradients);
        var fresh = gradient.mul(1 - MUON_MOMENTUM);
        momentum.muli(MUON_MOMENTUM).addi(fresh);
        var ahead = fresh.add(of(scratch, momentum.mul(MUON_MOMENTUM)));
        var update = orthogonal(ahead);
        var shape = weights.getFirst().getShape();
        var rate =
                MUON_RATE
                        * fraction
                        * (float) Math.sqrt(Math.max(1.0, (double) shape.get(0) / shape.get(1)));
        var moves = update.mul(rate).split(weights.size(), 0);
        for (var index = 0; index < weights.size(); index++) {
            var weight = weights.get(index);
            weight.subi(moves.get(index).reshape(shape));
        }
        gradients.forEach(each -> each.muli(0));
    }

    private static void adam(
            NDArray weight,
            NDArray first,
            NDArray second,
            int step,
            float fraction,
            NDManager scratch) {
        var gradient = gradient(weight, scratch);
        first.muli(ADAM_FIRST).addi(gradient.mul(1 - ADAM_FIRST));
        second.muli(ADAM_SECOND).addi(gradient.square().mul(1 - ADAM_SECOND));
        var size = of(scratch, second.div((float) (1 - Math.pow(ADAM_SECOND, step))));
        var rate = (float) (ADAM_RATE * fraction / (1 - Math.pow(ADAM_FIRST, step)));
        var move = of(scratch, first.mul(rate));
        weight.subi(move.div(size.sqrt().add(1e-8f)));
        gradient.muli(0);
    }

    /// The orthogonal matrices nearest to `x`, roughly: singular values end between 0.7 and 1.2.
    static NDArray orthogonal(NDArray x) {
        var shape = x.getShape();
        if (shape.get(1) > shape.get(2)) {
            return orthogonal(x.transpose(0, 2, 1)).transpose(0, 2, 1);
        }
        var y = x.div(x.square().sum(new int[] {1, 2}, true).sqrt().add(1e-7f));
        for (var round = 0; round < 5; round++) {
            var a = y.matMul(y.transpose(0, 2, 1));
            var b = a.mul(-4.7750f).add(a.matMul(a).mul(2.0315f));
            y = y.mul(3.4445f).add(b.matMul(y));
        }
        return y;
    }

    private static NDArray gradient(NDArray weight, NDManager scratch) {
        return of(scratch, weight.getGradient());
    }

    private static NDArray of(NDManager owner, NDArray array) {
        array.attach(owner);
        return array;
    }
}
