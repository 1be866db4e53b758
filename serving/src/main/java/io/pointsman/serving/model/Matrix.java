package io.pointsman.serving.model;

import io.pointsman.serving.gguf.Tensor;

/// A weight matrix as floats, one array per *input* dimension: `columns[j][i]` is what input `j`
/// adds to output `i`. So laid out, a product is a sum of columns, which the JIT compiler turns
/// into vector code without being told to (a dot product it does not, for floating-point sums have
/// an order).
record Matrix(float[][] columns, int outputs) {

    static Matrix of(Tensor tensor) {
        int inputs = tensor.columns();
        var columns = new float[inputs][tensor.rows()];
        var row = new float[inputs];
        for (int i = 0; i < tensor.rows(); i++) {
            tensor.decodeRow(i, row, 0);
            for (int j = 0; j < inputs; j++) {
                columns[j][i] = row[j];
            }
        }
        return new Matrix(columns, tensor.rows());
    }

    int inputs() {
        return columns.length;
    }
}
