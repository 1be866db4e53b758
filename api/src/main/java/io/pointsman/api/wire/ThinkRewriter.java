package io.pointsman.api.wire;

import io.pointsman.api.ChatEvent.Chunk;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/// Moves the thinking in the chunks of one streamed answer from `content` to a field of its own,
/// for servers that leave the tags in the text, and calls that field what clients expect. Confined
/// to one thread.
///
/// Chunks are edited in place: all that is not the text itself stays byte for byte, and a chunk
/// that needs no edit is not looked at again once the answer proper has begun. A server that sends
/// a reasoning field of its own is left alone from there on, but for the field's name.
public final class ThinkRewriter {

    private final ThinkSplitter.Mode mode;
    private final ReasoningField field;
    private final int choices;
    private final Map<Integer, ThinkSplitter> splitters = new TreeMap<>();
    private boolean settled;

    public ThinkRewriter(ThinkSplitter.Mode mode) {
        this(mode, ReasoningField.AS_IS, 1);
    }

    /// @param mode how thinking in the text begins
    /// @param field what thinking is called
    /// @param choices how many choices the answer has
    public ThinkRewriter(ThinkSplitter.Mode mode, ReasoningField field, int choices) {
        this.mode = mode;
        this.field = field;
        this.choices = choices;
        settled = mode == ThinkSplitter.Mode.OFF;
    }

    /// `chunk` with its thinking in the right field; `chunk` itself where nothing is to be moved.
    public Chunk rewrite(Chunk chunk) {
        var facts = chunk.facts();
        boolean rename = facts.reasoning() && field != ReasoningField.AS_IS;
        boolean split =
                !settled
                        && (facts.content()
                                || facts.reasoning()
                                || facts.finishReason().isPresent());
        if (!rename && !split) {
            return chunk;
        }
        var only = rename ? null : onlyText(chunk);
        if (only != null) {
            return rewrite(chunk, only);
        }
        var splices = new Splices();
        for (var choice : choices(chunk)) {
            rewrite(choice, chunk.json(), splices);
        }
        return chunk(chunk, splices);
    }

    /// The text of a chunk that is known to carry answer and nothing else; else null.
    private static @Nullable ChunkText onlyText(Chunk chunk) {
        var text =
                switch (chunk.content()) {
                    case ChunkText known -> known;
                    case ChunkFields fields -> fields.onlyText();
                    case ChunkContent.Unread _ -> null;
                };
        return text != null && text.form().field().equals("content") ? text : null;
    }

    /// Most texts stay as they are, and then nobody needs to know where they are.
    private Chunk rewrite(Chunk chunk, ChunkText only) {
        var text = only.text();
        var split = split(only.form().choice(), text, false, false);
        if (!changes(split, text)) {
            return chunk;
        }
        var splices = new Splices();
        choices(chunk).getFirst().edit(split, field, splices);
        return chunk(chunk, splices);
    }

    private static List<Choice> choices(Chunk chunk) {
        return JsonInput.read(chunk.json(), ThinkRewriter::choices);
    }

    private static Chunk chunk(Chunk chunk, Splices splices) {
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

    private static List<Choice> choices(JsonTokens tokens) {
        var choices = new ArrayList<Choice>(1);
        tokens.next();
        for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
            if (tokens.next() == JsonToken.START_ARRAY && name.equals("choices")) {
                while (tokens.next() != JsonToken.END_ARRAY) {
                    if (tokens.current() == JsonToken.START_OBJECT) {
                        choices.add(Choice.read(tokens));
                    } else {
                        tokens.skipChildren();
                    }
                }
            } else {
                tokens.skipChildren();
            }
        }
        return choices;
    }

    private void rewrite(Choice choice, byte[] json, Splices splices) {
        if (choice.thinks && field != ReasoningField.AS_IS) {
            choice.rename(field, json, splices);
        }
        if (settled) {
            return;
        }
        var split = split(choice.index, choice.text, choice.thinks, choice.finished);
        if (changes(split, choice.text)) {
            choice.edit(split, field, splices);
        }
    }

    /// What becomes of the next `text` of a choice.
    private ThinkSplitter.Split split(int index, String text, boolean thinks, boolean finished) {
        var splitter = splitters.computeIfAbsent(index, _ -> new ThinkSplitter(mode));
        if (splitter.settled()) {
            return new ThinkSplitter.Split("", text);
        }
        var split = thinks ? splitter.finish() : ThinkSplitter.Split.NOTHING;
        split = split.plus(splitter.push(text));
        if (finished) {
            split = split.plus(splitter.finish());
        }
        if (splitter.settled()) {
            settled = allSettled();
        }
        return split;
    }

    private static boolean changes(ThinkSplitter.Split split, String text) {
        return !split.reasoning().isEmpty() || !split.content().equals(text);
    }

    private boolean allSettled() {
        return splitters.size() >= choices
                && splitters.values().stream().allMatch(ThinkSplitter::settled);
    }

    private static Chunk chunk(byte[] json) {
        return new Chunk(json, ChunkReader.facts(json));
    }

    private byte[] fields(ThinkSplitter.Split split) {
        var fields = new JsonBytes(64 + split.reasoning().length() + split.content().length());
        if (!split.reasoning().isEmpty()) {
            for (var name : field.names()) {
                fields.raw(fields.isEmpty() ? "" : ",").string(name).raw(":");
                fields.string(split.reasoning());
            }
        }
        if (!split.content().isEmpty()) {
            fields.raw(fields.isEmpty() ? "" : ",").raw("\"content\":").string(split.content());
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
        private int delta = -1;
        private final List<Member> members = new ArrayList<>(4);

        static Choice read(JsonTokens tokens) {
            var choice = new Choice();
            choice.start = tokens.start();
            for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
                var value = tokens.next();
                switch (name) {
                    case "index" -> {
                        if (value == JsonToken.VALUE_NUMBER_INT) {
                            choice.index = new BigInteger(tokens.string()).intValue();
                        }
                    }
                    case "finish_reason" -> choice.finished = value == JsonToken.VALUE_STRING;
                    case "delta" -> {
                        if (value == JsonToken.START_OBJECT) {
                            choice.readDelta(tokens);
                        }
                    }
                    default -> {}
                }
                if (tokens.current().isStructStart()) {
                    tokens.skipChildren();
                }
            }
            return choice;
        }

        private void readDelta(JsonTokens tokens) {
            delta = tokens.start();
            for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
                int nameFrom = tokens.start();
                var value = tokens.next();
                int from = tokens.start();
                boolean isText = value == JsonToken.VALUE_STRING;
                if (name.equals("content") && isText) {
                    text = tokens.string();
                } else if (ReasoningField.known(name)) {
                    thinks |= isText && !tokens.string().isEmpty();
                }
                members.add(new Member(name, nameFrom, from, tokens.end()));
            }
        }

        private @Nullable Member member(String name) {
            for (var member : members) {
                if (member.name().equals(name)) {
                    return member;
                }
            }
            return null;
        }

        /// Puts `split` where the text was.
        void edit(ThinkSplitter.Split split, ReasoningField field, Splices splices) {
            var inserted = new JsonBytes(64);
            if (!split.reasoning().isEmpty() && !thinks) {
                for (var name : field.names()) {
                    put(name, split.reasoning(), inserted, splices);
                }
            }
            if (member("content") != null || !split.content().isEmpty()) {
                put("content", split.content(), inserted, splices);
            }
            insert(inserted, splices);
        }

        /// Sets the field `name` of the delta: in place, or among what is to be inserted.
        private void put(String name, String value, JsonBytes inserted, Splices splices) {
            var known = member(name);
            if (known != null) {
                splices.replace(
                        known.from(),
                        known.to(),
                        new JsonBytes(value.length() + 16).string(value).toByteArray());
            } else {
                inserted.raw(inserted.isEmpty() ? "" : ",").string(name).raw(":").string(value);
            }
        }

        private void insert(JsonBytes inserted, Splices splices) {
            if (inserted.isEmpty()) {
                return;
            }
            if (delta < 0) {
                var whole = new JsonBytes(64).raw("\"delta\":{").raw(inserted.toByteArray());
                splices.insert(start + 1, whole.raw("},").toByteArray());
            } else {
                splices.insert(delta + 1, inserted.raw(members.isEmpty() ? "" : ",").toByteArray());
            }
        }

        /// Calls the server's own thinking what clients expect.
        void rename(ReasoningField field, byte[] json, Splices splices) {
            var content = member("reasoning_content");
            var other = member("reasoning");
            var source = content != null && content.isText(json) ? content : other;
            if (source == null) {
                return;
            }
            for (var name : field.names()) {
                var known = member(name);
                if (known == null && field == ReasoningField.BOTH) {
                    splices.insert(
                            delta + 1,
                            new JsonBytes(source.to() - source.from() + 32)
                                    .string(name)
                                    .raw(":")
                                    .raw(json, source.from(), source.to())
                                    .raw(",")
                                    .toByteArray());
                } else if (known == null) {
                    splices.replace(
                            source.nameFrom(),
                            source.nameTo(json),
                            new JsonBytes(32).string(name).toByteArray());
                    return;
                } else if (!known.isText(json)) {
                    splices.replace(
                            known.from(),
                            known.to(),
                            Arrays.copyOfRange(json, source.from(), source.to()));
                }
            }
            if (field != ReasoningField.BOTH) {
                Member.cut(
                        members,
                        member ->
                                ReasoningField.known(member.name())
                                        && !field.names().contains(member.name()),
                        splices);
            }
        }
    }
}
