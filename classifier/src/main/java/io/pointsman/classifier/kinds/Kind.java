package io.pointsman.classifier.kinds;

import io.pointsman.api.TaskType;
import io.pointsman.api.Tier;

/// What kind of work a prompt asks for, and how much such work usually asks of a model.
public record Kind(TaskType task, Tier tier) {}
