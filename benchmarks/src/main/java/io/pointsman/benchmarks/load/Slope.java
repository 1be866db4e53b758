package io.pointsman.benchmarks.load;

/// How fast something grows: the least-squares line through samples. Confined to one thread.
final class Slope {

    private double n;
    private double sumX;
    private double sumY;
    private double sumXx;
    private double sumXy;

    /// Adds a sample.
    void add(double x, double y) {
        n++;
        sumX += x;
        sumY += y;
        sumXx += x * x;
        sumXy += x * y;
    }

    /// By how much `y` grows as `x` grows by one; 0 if that cannot be told.
    double perX() {
        double spread = n * sumXx - sumX * sumX;
        return spread == 0 ? 0 : (n * sumXy - sumX * sumY) / spread;
    }

    /// The mean of `y`; 0 without samples.
    double mean() {
        return n == 0 ? 0 : sumY / n;
    }
}
