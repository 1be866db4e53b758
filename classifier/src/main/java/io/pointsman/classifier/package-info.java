/// How hard a request is: text and structure features, and a small linear head per model pair.
@NullMarked
package io.pointsman.classifier;

import org.jspecify.annotations.NullMarked;
