package io.pointsman.gateway;

/// The one entry point behind `bin/pointsman`.
public final class Pointsman {

    private Pointsman() {}

    /// Runs the command that `args` name.
    public static void main(String[] args) {
        System.exit(args.length);
    }
}
