@NullMarked
package io.pointsman.policies.yaml;

import org.jspecify.annotations.NullMarked;
