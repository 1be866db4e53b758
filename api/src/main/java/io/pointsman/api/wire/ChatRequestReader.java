package io.pointsman.api.wire;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.Message;
import io.pointsman.api.RequestId;
import io.pointsman.api.Role;
import io.pointsman.api.Sampling;
import io.pointsman.api.Tenant;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;

/// Reads a chat completion request in one pass over its tokens, without building a tree. Each
/// reading is confined to one thread.
///
/// Fields unknown here are neither looked at nor lost: they stay in the [RequestBody]. `null` means
/// that an optional field is absent. Where a field is given twice, the last one counts.
public final class ChatRequestReader {

    private static final int NONE = -1;

    private final JsonTokens tokens;
    private final List<Member> fields = new ArrayList<>();
    private final List<RequestLayout.Options> options = new ArrayList<>();
    private final List<RequestLayout.Turn> turns = new ArrayList<>();
    private final List<RequestLayout.SystemRole> systemRoles = new ArrayList<>();
    private final List<Message> messages = new ArrayList<>();

    /// The message and the part of its content that are being read; [#NONE] where none is. Errors
    /// say so.
    private int turn = NONE;

    private int part = NONE;

    private int end;
    private String model = "";
    private boolean stream;
    private boolean includeUsage;
    private int choices = 1;
    private int tools;
    private int functions;
    private boolean structured;
    private OptionalInt maxTokens = OptionalInt.empty();
    private OptionalInt maxCompletionTokens = OptionalInt.empty();
    private OptionalDouble temperature = OptionalDouble.empty();
    private OptionalDouble topP = OptionalDouble.empty();
    private OptionalLong seed = OptionalLong.empty();
    private List<String> stop = List.of();
    private Optional<String> reasoningEffort = Optional.empty();

    private ChatRequestReader(JsonTokens tokens) {
        this.tokens = tokens;
    }

    /// The request that `bytes` hold. The array is kept, not copied.
    ///
    /// @throws FailureException with an [Failure.InvalidRequest] that names the offending field or
    ///   place, and never quotes the text there
    public static ChatRequest read(byte[] bytes, RequestId id, Tenant tenant) {
        var body = JsonInput.withoutByteOrderMark(bytes);
        var malformed = Utf8.firstMalformed(body);
        if (malformed >= 0) {
            throw invalid(
                    "The body is not valid JSON in UTF-8: see byte %d.".formatted(malformed),
                    "invalid_json");
        }
        try {
            return JsonInput.read(
                    body, tokens -> new ChatRequestReader(tokens).request(body, id, tenant));
        } catch (StreamConstraintsException e) {
            throw invalid(
                    "The body is nested too deeply or has too many or too long parts, at %s."
                            .formatted(place(e)),
                    "invalid_json");
        } catch (JacksonException e) {
            throw invalid(
                    "The body is not valid JSON in UTF-8: see %s.".formatted(place(e)),
                    "invalid_json");
        }
    }

    private ChatRequest request(byte[] body, RequestId id, Tenant tenant) {
        readBody(body);
        if (model.isEmpty()) {
            throw missing("model");
        }
        if (messages.isEmpty()) {
            throw missing("messages");
        }
        var sampling =
                new Sampling(
                        maxCompletionTokens.isPresent() ? maxCompletionTokens : maxTokens,
                        temperature,
                        topP,
                        seed,
                        stop,
                        reasoningEffort);
        return new ChatRequest(
                id,
                tenant,
                model,
                messages,
                stream,
                includeUsage,
                choices,
                tools + functions,
                structured,
                sampling,
                new RequestBody(body, new RequestLayout(fields, end, options, turns, systemRoles)));
    }

    private void readBody(byte[] body) {
        if (tokens.next() != JsonToken.START_OBJECT) {
            throw invalid("The body must be a JSON object.", "invalid_json");
        }
        for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
            int nameFrom = tokens.start();
            tokens.next();
            int from = tokens.start();
            readField(name);
            fields.add(new Member(name, nameFrom, from, tokens.end()));
        }
        end = tokens.start();
        if (somethingAfter(body)) {
            tokens.next();
            throw invalid(
                    "The body must be one JSON object, with nothing after it.", "invalid_json");
        }
    }

    /// Whether there is more than blanks behind the object.
    private boolean somethingAfter(byte[] body) {
        int at = end + 1;
        while (at < body.length && " \t\r\n".indexOf(body[at]) >= 0) {
            at++;
        }
        return at < body.length;
    }

    private void readField(String name) {
        switch (name) {
            case "model" -> model = string("model").orElseThrow(() -> missing("model"));
            case "messages" -> readMessages();
            case "stream" -> readStream();
            case "stream_options" -> readStreamOptions();
            case "n" -> choices = (int) integer(name, 1, 128).orElse(1);
            case "max_tokens" -> maxTokens = tokens(name);
            case "max_completion_tokens" -> maxCompletionTokens = tokens(name);
            case "temperature" -> temperature = number(name, 0, 2);
            case "top_p" -> topP = number(name, 0, 1);
            case "seed" -> seed = integer(name, Long.MIN_VALUE, Long.MAX_VALUE);
            case "stop" -> stop = stop();
            case "reasoning_effort" -> reasoningEffort = string(name);
            case "tools" -> tools = count(name);
            case "functions" -> functions = count(name);
            case "response_format" -> structured = structured();
            default -> tokens.end();
        }
    }

    private void readStream() {
        stream = flag("stream");
    }

    private void readStreamOptions() {
        includeUsage = false;
        if (isNull()) {
            return;
        }
        expect(JsonToken.START_OBJECT, "stream_options", "an object");
        var members = new ArrayList<Member>();
        for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
            int nameFrom = tokens.start();
            tokens.next();
            int from = tokens.start();
            if (name.equals("include_usage")) {
                includeUsage = flag("stream_options.include_usage");
            }
            members.add(new Member(name, nameFrom, from, tokens.end()));
        }
        options.add(new RequestLayout.Options(members, tokens.start()));
    }

    private boolean flag(String path) {
        return switch (tokens.current()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE, VALUE_NULL -> false;
            default -> throw wrongType(path, "true or false");
        };
    }

    private void readMessages() {
        expect(JsonToken.START_ARRAY, "messages", "an array of messages");
        messages.clear();
        turns.clear();
        systemRoles.clear();
        while (tokens.next() != JsonToken.END_ARRAY) {
            turn = messages.size();
            messages.add(message());
        }
        turn = NONE;
    }

    private Message message() {
        expect(JsonToken.START_OBJECT, "", "an object");
        Optional<Role> role = Optional.empty();
        var content = Content.NONE;
        int toolCalls = 0;
        int functionCalls = 0;
        var members = new ArrayList<Member>(4);
        for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
            int nameFrom = tokens.start();
            tokens.next();
            int from = tokens.start();
            switch (name) {
                case "role" -> role = Optional.of(role());
                case "content" -> content = content();
                case "tool_calls" -> toolCalls = count(name);
                case "function_call" -> {
                    functionCalls = isNull() ? 0 : 1;
                    tokens.end();
                }
                default -> tokens.end();
            }
            members.add(new Member(name, nameFrom, from, tokens.end()));
        }
        note(role, members, content);
        return new Message(
                role.orElseThrow(() -> missing("role")),
                content.text(),
                content.images(),
                toolCalls + functionCalls);
    }

    /// Notes where a message has what some backend wants otherwise.
    private void note(Optional<Role> role, List<Member> members, Content content) {
        switch (role.orElse(Role.USER)) {
            case ASSISTANT ->
                    turns.add(
                            new RequestLayout.Turn(
                                    members,
                                    tokens.start(),
                                    content.whole() && RequestEdits.tagged(content.text())
                                            ? Optional.of(content.text())
                                            : Optional.empty()));
            case SYSTEM, DEVELOPER -> noteRole(role.get() == Role.DEVELOPER, members);
            case USER, TOOL, FUNCTION -> {}
        }
    }

    private void noteRole(boolean developer, List<Member> members) {
        for (var member : members) {
            if (member.name().equals("role")) {
                systemRoles.add(
                        new RequestLayout.SystemRole(developer, member.from(), member.to()));
            }
        }
    }

    private Role role() {
        return Role.of(string("role").orElseThrow(() -> missing("role")))
                .orElseThrow(() ->
                        outOfRange("role", "system, developer, user, assistant, tool or function"));
    }

    private Content content() {
        return switch (tokens.current()) {
            case VALUE_NULL -> Content.NONE;
            case VALUE_STRING -> new Content(tokens.string(), 0, true);
            case START_ARRAY -> parts();
            default -> throw wrongType("content", "a string, an array of parts or null");
        };
    }

    private Content parts() {
        var text = new StringBuilder();
        boolean first = true;
        int images = 0;
        for (part = 0; tokens.next() != JsonToken.END_ARRAY; part++) {
            var read = part();
            if (read.isEmpty()) {
                images++;
            } else {
                if (!first) {
                    text.append('\n');
                }
                text.append(read.get());
                first = false;
            }
        }
        part = NONE;
        return new Content(text.toString(), images, false);
    }

    /// The text of one part; empty where it is no text.
    private Optional<String> part() {
        expect(JsonToken.START_OBJECT, "", "an object");
        Optional<String> type = Optional.empty();
        Optional<String> text = Optional.empty();
        for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
            tokens.next();
            switch (name) {
                case "type" -> type = string(name);
                case "text" -> {
                    text =
                            tokens.current() == JsonToken.VALUE_STRING
                                    ? Optional.of(tokens.string())
                                    : Optional.empty();
                    tokens.end();
                }
                default -> tokens.end();
            }
        }
        if (!type.orElseThrow(() -> missing("type")).equals("text")) {
            return Optional.empty();
        }
        if (text.isEmpty()) {
            throw wrongType("text", "a string");
        }
        return text;
    }

    private List<String> stop() {
        if (isNull()) {
            return List.of();
        }
        if (tokens.current() == JsonToken.VALUE_STRING) {
            return List.of(tokens.string());
        }
        expect(JsonToken.START_ARRAY, "stop", "a string or an array of strings");
        var stops = new ArrayList<String>();
        while (tokens.next() != JsonToken.END_ARRAY) {
            expect(JsonToken.VALUE_STRING, "stop", "a string or an array of strings");
            stops.add(tokens.string());
        }
        return stops;
    }

    private boolean structured() {
        if (isNull()) {
            return false;
        }
        expect(JsonToken.START_OBJECT, "response_format", "an object");
        boolean json = false;
        for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
            tokens.next();
            if (name.equals("type")) {
                json = !string("response_format.type").orElse("text").equals("text");
            } else {
                tokens.end();
            }
        }
        return json;
    }

    /// How many elements the array at hand has.
    private int count(String path) {
        if (isNull()) {
            return 0;
        }
        expect(JsonToken.START_ARRAY, path, "an array");
        int count = 0;
        while (tokens.next() != JsonToken.END_ARRAY) {
            tokens.end();
            count++;
        }
        return count;
    }

    private Optional<String> string(String path) {
        if (isNull()) {
            return Optional.empty();
        }
        expect(JsonToken.VALUE_STRING, path, "a string");
        return Optional.of(tokens.string());
    }

    /// A bound on tokens; what does not fit an `int` is as good as no bound.
    private OptionalInt tokens(String path) {
        if (isNull()) {
            return OptionalInt.empty();
        }
        expect(JsonToken.VALUE_NUMBER_INT, path, "an integer");
        long value = tokens.integer();
        if (value < 0) {
            throw outOfRange(path, "at least 0");
        }
        return OptionalInt.of((int) Math.min(value, Integer.MAX_VALUE));
    }

    private OptionalLong integer(String path, long least, long most) {
        if (isNull()) {
            return OptionalLong.empty();
        }
        expect(JsonToken.VALUE_NUMBER_INT, path, "an integer");
        var value = new BigInteger(tokens.string());
        if (value.compareTo(BigInteger.valueOf(least)) < 0
                || value.compareTo(BigInteger.valueOf(most)) > 0) {
            throw outOfRange(path, "between %d and %d".formatted(least, most));
        }
        return OptionalLong.of(value.longValue());
    }

    private OptionalDouble number(String path, double least, double most) {
        if (isNull()) {
            return OptionalDouble.empty();
        }
        if (!tokens.current().isNumeric()) {
            throw wrongType(path, "a number");
        }
        double value = Double.parseDouble(tokens.string());
        if (!(value >= least && value <= most)) {
            throw outOfRange(path, "between %.0f and %.0f".formatted(least, most));
        }
        return OptionalDouble.of(value);
    }

    private boolean isNull() {
        return tokens.current() == JsonToken.VALUE_NULL;
    }

    private void expect(JsonToken token, String path, String what) {
        if (tokens.current() != token) {
            throw wrongType(path, what);
        }
    }

    private FailureException missing(String field) {
        return invalid(field, "%s is required, and not empty.", "missing_required_parameter");
    }

    private FailureException wrongType(String field, String what) {
        return invalid(field, "%s must be " + what + ".", "invalid_type");
    }

    private FailureException outOfRange(String field, String range) {
        return invalid(field, "%s must be " + range + ".", "invalid_value");
    }

    private FailureException invalid(String field, String message, String code) {
        var path = path(field);
        return new FailureException(
                new Failure.InvalidRequest(message.formatted(path), code, Optional.of(path)));
    }

    /// Where `field` is that is being read, or where what has it is, if it is called nothing.
    private String path(String field) {
        var path = new StringBuilder();
        if (turn != NONE) {
            path.append("messages[").append(turn).append(']');
        }
        if (part != NONE) {
            path.append(".content[").append(part).append(']');
        }
        if (!path.isEmpty() && !field.isEmpty()) {
            path.append('.');
        }
        return path.append(field).toString();
    }

    private static FailureException invalid(String message, String code) {
        return new FailureException(new Failure.InvalidRequest(message, code, Optional.empty()));
    }

    private static String place(JacksonException e) {
        var location = e.getLocation();
        return location == null
                ? "its end"
                : "line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
    }

    /// @param whole whether it was one string, not parts
    private record Content(String text, int images, boolean whole) {
        static final Content NONE = new Content("", 0, false);
    }
}
