package io.pointsman.api.wire;

import io.pointsman.api.wire.ChunkFields.Field;
import io.pointsman.api.wire.RawFields.Value;
import org.jspecify.annotations.Nullable;

/// What chunks of one answer have in common that differ in one piece of text alone, and perhaps in
/// the noise that hides its length. Immutable.
///
/// @param like one of these chunks
/// @param holes the insides of the strings that differ: from, to, in the order of the bytes
/// @param textHole which of the holes is the text, by its place in `holes`
/// @param field the name of the text's field
/// @param choice the index of the choice that the text belongs to
record ChunkForm(byte[] like, int[] holes, int textHole, String field, int choice) {

    /// The form of a chunk with `fields`; null where it says more than can be the same in others.
    static @Nullable ChunkForm of(byte[] json, ChunkFields fields) {
        var piece = fields.onlyPiece();
        var text = piece == null ? null : text(piece);
        if (piece == null || text == null) {
            return null;
        }
        Value noise = null;
        for (var field : fields.others()) {
            switch (field.name()) {
                case "choices" -> {
                    return null;
                }
                case "usage", "error" -> {
                    if (!field.value().isNull()) {
                        return null;
                    }
                }
                case ChunkPattern.NOISE -> {
                    if (noise != null || !field.value().isString()) {
                        return null;
                    }
                    noise = field.value();
                }
                default -> {}
            }
        }
        return new ChunkForm(
                json,
                holes(text.value(), noise),
                noise != null && noise.from() < text.value().from() ? 2 : 0,
                text.name(),
                piece.index());
    }

    /// The one text of a choice that says nothing else that counts.
    private static @Nullable Field text(ChunkFields.Piece piece) {
        for (var field : piece.fields()) {
            boolean counts =
                    field.name().equals("finish_reason") || field.name().equals("logprobs");
            if (counts && !field.value().isNull()) {
                return null;
            }
        }
        Field text = null;
        for (var field : piece.delta()) {
            boolean counts =
                    switch (field.name()) {
                        case "content", "refusal", "reasoning_content", "reasoning" ->
                                field.text() == null || !field.text().isEmpty();
                        case "tool_calls", "function_call" -> true;
                        default -> false;
                    };
            if (!counts || field.value().isNull()) {
                continue;
            }
            if (text != null || field.text() == null) {
                return null;
            }
            text = field;
        }
        return text;
    }

    private static int[] holes(Value text, @Nullable Value noise) {
        int textFrom = text.from() + 1;
        int textTo = text.to() - 1;
        if (noise == null) {
            return new int[] {textFrom, textTo};
        }
        int noiseFrom = noise.from() + 1;
        int noiseTo = noise.to() - 1;
        return noiseFrom < textFrom
                ? new int[] {noiseFrom, noiseTo, textFrom, textTo}
                : new int[] {textFrom, textTo, noiseFrom, noiseTo};
    }

    /// Whether the text is thinking.
    boolean reasoning() {
        return ReasoningField.known(field);
    }
}
