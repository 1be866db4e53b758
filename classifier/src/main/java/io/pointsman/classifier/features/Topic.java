package io.pointsman.classifier.features;

/// What a group of structural features is about; reasons are given by topic.
public enum Topic {
    LENGTH,
    ARITHMETIC,
    NUMBERS,
    MATHEMATICS,
    CODE,
    QUESTION,
    TASK,
    SUBJECT,
    LOGIC,
    LAYOUT,
    LANGUAGE,
    CHATTER,
    CONVERSATION;

    /// The position in arrays by topic.
    @SuppressWarnings("EnumOrdinal") // the hot path uses arrays where others use maps
    public int index() {
        return ordinal();
    }
}
