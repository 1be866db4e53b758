package io.pointsman.api;

/// What kind of work a prompt asks for, and how much such work usually asks of a model. It says
/// nothing of how a pair of models does, which is what a [Classification] is about.
public record Kind(TaskType task, Tier tier) {}
