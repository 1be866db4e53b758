/// What the gateway learns from: feedback, what it sees of answers itself, and answers of both
/// models compared. Labels go from here to the classifier; prompts and answers stay nowhere.
@NullMarked
package io.pointsman.gateway.learning;

import org.jspecify.annotations.NullMarked;
