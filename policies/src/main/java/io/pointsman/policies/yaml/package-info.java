/// Reads one YAML file strictly: typed values with their line, column and path, and every error of
/// the file at once. Knows nothing of what the file configures.
@NullMarked
package io.pointsman.policies.yaml;

import org.jspecify.annotations.NullMarked;
