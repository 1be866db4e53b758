@NullMarked
package io.pointsman.lab.difficulty;

import org.jspecify.annotations.NullMarked;
