package io.pointsman.policies.yaml;

import java.util.List;
import java.util.stream.Collectors;

/// Says that a file cannot be used, and everything that is wrong with it; its message has one line
/// for each problem.
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    /// @param problems at least one, in the order of the file
    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /// What is wrong, in the order of the file.
    public List<Problem> problems() {
        return problems;
    }
}
