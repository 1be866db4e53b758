package io.pointsman.classifier;

/// Turns an expected gap into an expected gain by Platt's sigmoid, and a gain into a difficulty
/// score.
///
/// @param slope of the sigmoid; positive, so that the order of gaps stays
/// @param intercept of the sigmoid
/// @param breakEven the expected gain that gets the score 0.5: from there on an escalation is taken
///   to pay
public record Calibration(double slope, double intercept, double breakEven) {

    public Calibration {
        if (!(slope > 0 && slope < 1e6) || !(Math.abs(intercept) < 1e6)) {
            throw new IllegalArgumentException(
                    "the calibration's slope is positive and its intercept finite");
        }
        if (!(breakEven > 0 && breakEven < 1)) {
            throw new IllegalArgumentException(
                    "the break-even gain is in (0, 1), not " + breakEven);
        }
    }

    /// The expected gain at `gap`: the mean of `max(0, s - w)`.
    public double gain(double gap) {
        return 1 / (1 + Math.exp(-(slope * gap + intercept)));
    }

    /// The score of an expected gain: its odds against those of the break-even gain, as a share. It
    /// is what the probability would be if half of all requests gained.
    public double difficulty(double gain) {
        double up = gain * (1 - breakEven);
        double down = (1 - gain) * breakEven;
        return Math.clamp(up / (up + down), 0, 1);
    }
}
