package io.pointsman.api.wire;

import io.pointsman.api.wire.RequestLayout.Options;
import io.pointsman.api.wire.RequestLayout.Turn;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The changes that one body needs for one backend. Confined to one thread.
///
/// All are splices of the original bytes, found by the places that reading it has noted: nothing is
/// parsed again, and what no rule names stays as it came.
final class RequestEdits {

    private static final byte[] TRUE = utf8("true");
    private static final byte[] SYSTEM = utf8("\"system\"");
    private static final byte[] DEVELOPER = utf8("\"developer\"");
    private static final byte[] REASONING_CONTENT = utf8("\"reasoning_content\"");
    private static final Set<String> THINKING =
            Set.of("reasoning_content", "reasoning", "reasoning_details");
    private static final String OPENER = "<think>";

    private final byte[] bytes;
    private final RequestLayout layout;
    private final RequestRules rules;
    private final Splices splices = new Splices();
    private final Set<String> dropped = new LinkedHashSet<>();
    private final Set<String> renamed = new LinkedHashSet<>();
    private final Set<String> set = new LinkedHashSet<>();
    private final Set<String> bounded = new LinkedHashSet<>();

    RequestEdits(byte[] bytes, RequestLayout layout, RequestRules rules) {
        this.bytes = bytes;
        this.layout = layout;
        this.rules = rules;
    }

    /// The body for a server that knows the model as `model`.
    byte[] apply(String model) {
        var appended = new JsonBytes(64);
        callFields(model, appended);
        if (!rules.leavesParameters()) {
            parameters(appended);
        }
        layout.options().forEach(this::options);
        switch (rules.history()) {
            case KEEP -> {}
            case STRIP -> layout.turns().forEach(this::strip);
            case ECHO -> layout.turns().forEach(this::echo);
        }
        systemRoles();
        splices.insert(layout.end(), appended.toByteArray());
        return splices.apply(bytes);
    }

    /// What happens to the parameters, in words.
    String changes() {
        parameters(new JsonBytes(64));
        var words = new ArrayList<String>();
        addWords(words, "dropped ", dropped);
        addWords(words, "renamed ", renamed);
        addWords(words, "set ", set);
        addWords(words, "bounded ", bounded);
        return String.join("; ", words);
    }

    private static void addWords(List<String> words, String verb, Set<String> names) {
        if (!names.isEmpty()) {
            words.add(verb + String.join(", ", names));
        }
    }

    /// The three fields that every call needs: whom it calls, that it streams and counts.
    private void callFields(String model, JsonBytes appended) {
        boolean stream = false;
        boolean options = false;
        for (var field : layout.fields()) {
            switch (field.name()) {
                case "model" ->
                        splices.replace(
                                field.from(),
                                field.to(),
                                new JsonBytes(model.length() + 2).string(model).toByteArray());
                case "stream" -> {
                    splices.replace(field.from(), field.to(), TRUE);
                    stream = true;
                }
                case "stream_options" -> {
                    if (bytes[field.from()] != '{') {
                        splices.replace(field.from(), field.to(), wholeOptions());
                    }
                    options = true;
                }
                default -> {}
            }
        }
        appended.raw(stream ? "" : ",\"stream\":true");
        if (!options) {
            appended.raw(",\"stream_options\":").raw(wholeOptions());
        }
    }

    private byte[] wholeOptions() {
        return utf8(
                rules.continuousUsage()
                        ? "{\"include_usage\":true,\"continuous_usage_stats\":true}"
                        : "{\"include_usage\":true}");
    }

    private void options(Options options) {
        boolean first = options.members().isEmpty();
        first = option(options, "include_usage", first);
        if (rules.continuousUsage()) {
            option(options, "continuous_usage_stats", first);
        }
    }

    /// Sets the option `name` to true. Returns whether the object is still empty.
    private boolean option(Options options, String name, boolean empty) {
        boolean known = false;
        for (var member : options.members()) {
            if (member.name().equals(name)) {
                splices.replace(member.from(), member.to(), TRUE);
                known = true;
            }
        }
        if (!known) {
            splices.insert(options.end(), utf8((empty ? "\"" : ",\"") + name + "\":true"));
            return false;
        }
        return empty;
    }

    private void parameters(JsonBytes appended) {
        for (var field : layout.fields()) {
            parameter(field);
        }
        Member.cut(layout.fields(), this::gone, splices);
        rules.set()
                .forEach((name, json) -> {
                    set.add(name);
                    if (!given(name)) {
                        appended.raw(",").string(name).raw(":").raw(json);
                    }
                });
        rules.defaults()
                .forEach((name, json) -> {
                    if (!givenUnderAnyName(name) && !rules.set().containsKey(name)) {
                        set.add(name);
                        appended.raw(",").string(name).raw(":").raw(json);
                    }
                });
        if (rules.maxTokens().isPresent()
                && !names("max_tokens")
                && !names("max_completion_tokens")) {
            var name = rules.rename().getOrDefault("max_tokens", "max_tokens");
            bounded.add(name);
            appended.raw(",").string(name).raw(":").number(rules.maxTokens().getAsInt());
        }
    }

    /// Whether the body or a rule says how long the completion may be, in the field `name`.
    private boolean names(String name) {
        return (given(name) && !rules.drop().contains(name) && !isNull(name))
                || rules.set().containsKey(name)
                || rules.defaults().containsKey(name);
    }

    private boolean isNull(String name) {
        return layout.fields().stream()
                .filter(field -> field.name().equals(name))
                .allMatch(field -> bytes[field.from()] == 'n');
    }

    private void parameter(Member field) {
        var name = field.name();
        var fixed = rules.set().get(name);
        if (fixed != null) {
            splices.replace(field.from(), field.to(), utf8(fixed));
            return;
        }
        if (gone(field)) {
            dropped.add(name);
            return;
        }
        var newName = rules.rename().get(name);
        if (newName != null) {
            renamed.add(name);
            splices.replace(
                    field.nameFrom(),
                    field.nameTo(bytes),
                    new JsonBytes(newName.length() + 2).string(newName).toByteArray());
        }
        if (name.equals("max_tokens") || name.equals("max_completion_tokens")) {
            bound(field);
        }
    }

    private void bound(Member field) {
        if (rules.maxTokens().isEmpty()) {
            return;
        }
        int most = rules.maxTokens().getAsInt();
        if (exceeds(field, most)) {
            bounded.add(field.name());
            splices.replace(field.from(), field.to(), utf8(Integer.toString(most)));
        }
    }

    /// Whether the value of `field`, a whole number or null, is above `most`; null is.
    private boolean exceeds(Member field, int most) {
        if (bytes[field.from()] == 'n') {
            return true;
        }
        int digits = field.to() - field.from();
        return digits > 10
                || Long.parseLong(
                                new String(bytes, field.from(), digits, StandardCharsets.US_ASCII))
                        > most;
    }

    /// Whether `field` is one to leave out: by rule, or because what it would be called is there
    /// already.
    private boolean gone(Member field) {
        var name = field.name();
        if (rules.set().containsKey(name)) {
            return false;
        }
        var newName = rules.rename().get(name);
        return rules.drop().contains(name)
                || (newName != null && (given(newName) || rules.set().containsKey(newName)));
    }

    private boolean given(String name) {
        for (var field : layout.fields()) {
            if (field.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private boolean givenUnderAnyName(String name) {
        if (given(name)) {
            return !rules.drop().contains(name);
        }
        for (var entry : rules.rename().entrySet()) {
            if (entry.getValue().equals(name) && given(entry.getKey())) {
                return true;
            }
        }
        return false;
    }

    private void strip(Turn turn) {
        Member.cut(turn.members(), member -> THINKING.contains(member.name()), splices);
        turn.tagged().ifPresent(text -> replaceContent(turn, Thought.of(text).rest()));
    }

    private void echo(Turn turn) {
        if (has(turn, "reasoning_content").isPresent()) {
            return;
        }
        Member.cut(turn.members(), member -> member.name().equals("reasoning_content"), splices);
        var otherName = has(turn, "reasoning");
        if (otherName.isPresent()) {
            var member = otherName.get();
            splices.replace(member.nameFrom(), member.nameTo(bytes), REASONING_CONTENT);
            return;
        }
        var thought = turn.tagged().map(Thought::of);
        thought.ifPresent(it -> replaceContent(turn, it.rest()));
        splices.insert(
                turn.end(),
                new JsonBytes(64)
                        .raw(",\"reasoning_content\":")
                        .string(thought.map(Thought::thinking).orElse(""))
                        .toByteArray());
    }

    /// The member of `turn` that has this name and a string.
    private Optional<Member> has(Turn turn, String name) {
        return turn.members().stream()
                .filter(member -> member.name().equals(name) && member.isString(bytes))
                .findFirst();
    }

    private void replaceContent(Turn turn, String text) {
        var json = new JsonBytes(text.length() + 16).string(text).toByteArray();
        for (var member : turn.members()) {
            if (member.name().equals("content")) {
                splices.replace(member.from(), member.to(), json);
            }
        }
    }

    private void systemRoles() {
        if (rules.systemRole() == RequestRules.SystemRole.AS_IS) {
            return;
        }
        boolean developer = rules.systemRole() == RequestRules.SystemRole.DEVELOPER;
        for (var role : layout.systemRoles()) {
            if (role.developer() != developer) {
                splices.replace(role.from(), role.to(), developer ? DEVELOPER : SYSTEM);
            }
        }
    }

    /// Whether `text` begins as thinking between tags does.
    static boolean tagged(String text) {
        int at = 0;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return text.startsWith(OPENER, at);
    }

    private static byte[] utf8(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /// Content that begins with thinking between tags, told apart.
    private record Thought(String thinking, String rest) {

        static Thought of(String text) {
            var splitter = new ThinkSplitter(ThinkSplitter.Mode.AUTO);
            var split = splitter.push(text).plus(splitter.finish());
            return new Thought(split.reasoning(), split.content());
        }
    }
}
