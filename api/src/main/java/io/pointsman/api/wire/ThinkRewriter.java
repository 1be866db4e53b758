package io.pointsman.api.wire;

import io.pointsman.api.ChatEvent.Chunk;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Moves the thinking in the chunks of one streamed answer from `content` to `reasoning_content`,
/// for servers that leave the tags in the text. Confined to one thread.
///
/// Chunks are edited in place: all that is not the text itself stays byte for byte. A server that
/// sends a reasoning field of its own is left alone from there on.
public final class ThinkRewriter {

    private final ThinkSplitter.Mode mode;
    private final Map<Integer, ThinkSplitter> splitters = new TreeMap<>();

    public ThinkRewriter(ThinkSplitter.Mode mode) {
        this.mode = mode;
    }

    /// `chunk` with its thinking in the right field; `chunk` itself where nothing is to be moved.
    public Chunk rewrite(Chunk chunk) {
        var facts = chunk.facts();
        if (mode == ThinkSplitter.Mode.OFF
                || !(facts.content() || facts.reasoning() || facts.finishReason().isPresent())) {
            return chunk;
        }
        var splices = new Splices();
        try (var parser = JsonInput.open(chunk.json())) {
            parser.nextToken();
            for (var name = parser.nextName(); name != null; name = parser.nextName()) {
                var value = parser.nextToken();
                if (name.equals("choices") && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        if (parser.currentToken() == JsonToken.START_OBJECT) {
                            rewrite(Choice.read(parser), splices);
                        } else {
                            parser.skipChildren();
                        }
                    }
                } else {
                    parser.skipChildren();
                }
            }
        }
        return splices.isEmpty() ? chunk : chunk(splices.apply(chunk.json()));
    }

    /// A chunk with the text that is still held back at the end of a stream that gave no finish
    /// reason; empty where there is none.
    ///
    /// @param like a chunk of the same answer, whose other fields serve
    public Optional<Chunk> finish(byte[] like) {
        var choices = new JsonBytes(256).raw("[");
        boolean any = false;
        for (var entry : splitters.entrySet()) {
            var rest = entry.getValue().finish();
            if (!rest.equals(ThinkSplitter.Split.NOTHING)) {
                choices.raw(any ? "," : "").raw("{\"index\":").number(entry.getKey());
                choices.raw(",\"delta\":{").raw(fields(rest)).raw("},\"finish_reason\":null}");
                any = true;
            }
        }
        return any
                ? Optional.of(
                        chunk(JsonFields.with(like, "choices", choices.raw("]").toByteArray())))
                : Optional.empty();
    }

    private void rewrite(Choice choice, Splices splices) {
        var splitter = splitters.computeIfAbsent(choice.index, _ -> new ThinkSplitter(mode));
        if (splitter.settled()) {
            return;
        }
        var split = choice.thinks ? splitter.finish() : ThinkSplitter.Split.NOTHING;
        split = split.plus(splitter.push(choice.text));
        if (choice.finished) {
            split = split.plus(splitter.finish());
        }
        if (split.reasoning().isEmpty() && split.content().equals(choice.text)) {
            return;
        }
        choice.edit(split, splices);
    }

    private static Chunk chunk(byte[] json) {
        return new Chunk(json, ChunkReader.facts(json));
    }

    private static byte[] fields(ThinkSplitter.Split split) {
        var fields = new JsonBytes(64 + split.reasoning().length() + split.content().length());
        if (!split.reasoning().isEmpty()) {
            fields.raw("\"reasoning_content\":").string(split.reasoning());
        }
        if (!split.content().isEmpty()) {
            fields.raw(split.reasoning().isEmpty() ? "" : ",");
            fields.raw("\"content\":").string(split.content());
        }
        return fields.toByteArray();
    }

    /// Where in a chunk the parts of one choice are.
    private static final class Choice {
        private int index;
        private int start;
        private String text = "";
        private boolean thinks;
        private boolean finished;
        private @Nullable Integer delta;
        private boolean emptyDelta;
        private @Nullable Span content;
        private @Nullable Span reasoning;

        static Choice read(JsonParser parser) {
            var choice = new Choice();
            choice.start = JsonInput.start(parser);
            for (var name = parser.nextName(); name != null; name = parser.nextName()) {
                var value = parser.nextToken();
                switch (name) {
                    case "index" -> {
                        if (value == JsonToken.VALUE_NUMBER_INT) {
                            choice.index = parser.getBigIntegerValue().intValue();
                        }
                    }
                    case "finish_reason" -> choice.finished = value == JsonToken.VALUE_STRING;
                    case "delta" -> {
                        if (value == JsonToken.START_OBJECT) {
                            choice.readDelta(parser);
                        }
                    }
                    default -> {}
                }
                if (parser.currentToken().isStructStart()) {
                    parser.skipChildren();
                }
            }
            return choice;
        }

        private void readDelta(JsonParser parser) {
            delta = JsonInput.start(parser);
            emptyDelta = true;
            for (var name = parser.nextName(); name != null; name = parser.nextName()) {
                emptyDelta = false;
                var value = parser.nextToken();
                int from = JsonInput.start(parser);
                boolean isText = value == JsonToken.VALUE_STRING;
                if (name.equals("content") && isText) {
                    text = parser.getString();
                } else if (name.equals("reasoning_content") || name.equals("reasoning")) {
                    thinks |= isText && parser.getStringLength() > 0;
                }
                var span = new Span(from, JsonInput.end(parser));
                switch (name) {
                    case "content" -> content = span;
                    case "reasoning_content" -> reasoning = span;
                    default -> {}
                }
            }
        }

        /// Puts `split` where the text was.
        void edit(ThinkSplitter.Split split, Splices splices) {
            var toReasoning = reasoning;
            var toContent = content;
            boolean think = !split.reasoning().isEmpty() && !thinks;
            if (think && toReasoning != null) {
                splices.replace(toReasoning.from, toReasoning.to, json(split.reasoning()));
            }
            if (toContent != null) {
                splices.replace(toContent.from, toContent.to, json(split.content()));
            }
            var inserted =
                    fields(
                            new ThinkSplitter.Split(
                                    think && toReasoning == null ? split.reasoning() : "",
                                    toContent == null ? split.content() : ""));
            if (inserted.length == 0) {
                return;
            }
            if (delta == null) {
                var whole = new JsonBytes(inserted.length + 16);
                whole.raw("\"delta\":{").raw(inserted).raw("},");
                splices.insert(start + 1, whole.toByteArray());
            } else {
                var some = new JsonBytes(inserted.length + 1).raw(inserted);
                splices.insert(delta + 1, some.raw(emptyDelta ? "" : ",").toByteArray());
            }
        }

        private static byte[] json(String text) {
            return new JsonBytes(text.length() + 2).string(text).toByteArray();
        }
    }

    private record Span(int from, int to) {}
}
