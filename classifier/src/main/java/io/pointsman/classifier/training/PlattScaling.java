package io.pointsman.classifier.training;

/// Fits a sigmoid from margins to gains (Platt 1999), by Newton's method with a weak prior that
/// keeps the slope finite where margins separate the outcomes.
final class PlattScaling {

    private static final int STEPS = 100;
    private static final double LEAST_SLOPE = 0.01;

    private PlattScaling() {}

    /// The slope and the intercept that fit `gains`, each in [0, 1], best.
    static double[] fit(double[] margins, double[] gains) {
        double slope = 1;
        double intercept = 0;
        double smoothing = 1.0 / (gains.length + 2);
        for (int step = 0; step < STEPS; step++) {
            double g0 = 1e-3 * (slope - 1);
            double g1 = 1e-3 * intercept;
            double h00 = 1e-3;
            double h01 = 0;
            double h11 = 1e-3;
            for (int i = 0; i < margins.length; i++) {
                double p = 1 / (1 + Math.exp(-(slope * margins[i] + intercept)));
                double error = p - (gains[i] * (1 - 2 * smoothing) + smoothing);
                double curvature = Math.max(p * (1 - p), 1e-9);
                g0 += error * margins[i];
                g1 += error;
                h00 += curvature * margins[i] * margins[i];
                h01 += curvature * margins[i];
                h11 += curvature;
            }
            double determinant = h00 * h11 - h01 * h01;
            double moveSlope = Math.clamp((h11 * g0 - h01 * g1) / determinant, -2, 2);
            double moveIntercept = Math.clamp((h00 * g1 - h01 * g0) / determinant, -2, 2);
            slope = Math.max(LEAST_SLOPE, slope - moveSlope);
            intercept -= moveIntercept;
            if (Math.abs(moveSlope) + Math.abs(moveIntercept) < 1e-9) {
                break;
            }
        }
        return new double[] {slope, intercept};
    }
}
