/// What an answer may look like, token by token. Knows vocabularies and bytes, not models.
@NullMarked
package io.pointsman.serving.grammar;

import org.jspecify.annotations.NullMarked;
