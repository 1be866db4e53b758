package io.pointsman.lab.mini;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// Prompts that are not small arithmetic, to which the models answer with what they are.
///
/// The texts come from public collections of instructions, from templates for greetings and
/// everyday requests, from arithmetic beyond the models' range, and from arbitrary Unicode. Whether
/// a text is held out is decided by a hash of it. Immutable and thread-safe.
final class Outside {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern NUMBERS = Pattern.compile("\\d");
    private static final Pattern COUNTING =
            Pattern.compile("how many|how much|calculate|compute|what is the (sum|product|total)");

    private static final List<String> GREETINGS =
            List.of(
                    "hello",
                    "hi",
                    "hey",
                    "good morning",
                    "good evening",
                    "thanks",
                    "thank you",
                    "bye",
                    "ok",
                    "test",
                    "yes",
                    "no",
                    "help",
                    "hello there",
                    "how are you",
                    "who are you",
                    "what are you",
                    "what is your name",
                    "are you a robot",
                    "what can you do",
                    "who made you",
                    "what model is this",
                    "tell me a joke",
                    "tell me a story",
                    "what is the meaning of life",
                    "what time is it",
                    "what day is it today",
                    "how is the weather",
                    "are you there",
                    "sing a song",
                    "can you help me",
                    "introduce yourself",
                    "what is pointsman",
                    "?",
                    "ping",
                    "are you ChatGPT",
                    "can you do math",
                    "do you speak French",
                    "hola",
                    "bonjour",
                    "guten Tag",
                    "ciao",
                    "你好",
                    "привет",
                    "こんにちは",
                    "مرحبا",
                    "what is your favorite color",
                    "good night",
                    "what's up",
                    "please help");

    private static final List<String> REQUESTS =
            List.of(
                    "Write a poem about {t}.",
                    "Write a short story about {t}.",
                    "Write an essay about {t}.",
                    "What is {t}?",
                    "What is the history of {t}?",
                    "Explain {t} to a child.",
                    "Explain how {t} works.",
                    "Tell me about {t}.",
                    "Give me ten facts about {t}.",
                    "Give me 5 ideas for {t}.",
                    "List 3 books about {t}.",
                    "Translate \"{t}\" into French.",
                    "Summarize what you know about {t}.",
                    "Who invented {t}?",
                    "Why is {t} important?",
                    "Where can I learn about {t}?",
                    "How do I start with {t}?",
                    "What do people think of {t}?",
                    "Write a Python function for {t}.",
                    "Write an email to my boss about {t}.",
                    "Compare {t} and {u}.",
                    "What is the difference between {t} and {u}?",
                    "Is {t} better than {u}?",
                    "What is the capital of {t}?",
                    "How many people like {t}?",
                    "How much does {t} cost?",
                    "What happened to {t} in 1984?",
                    "{t}",
                    "{t} and {u}",
                    "Draw {t}",
                    "Fix this code: for (int i = 0; i < 10; i++) { {t}(i); }",
                    "What is the plural of {t}?");

    private static final List<String> TOPICS =
            List.of(
                    "the sea",
                    "love",
                    "France",
                    "Germany",
                    "music",
                    "football",
                    "history",
                    "quantum physics",
                    "the moon",
                    "trains",
                    "dogs",
                    "cats",
                    "coffee",
                    "gravity",
                    "evolution",
                    "democracy",
                    "chess",
                    "Java",
                    "Python",
                    "machine learning",
                    "climate change",
                    "the Roman Empire",
                    "spring",
                    "autumn",
                    "my mother",
                    "a lonely robot",
                    "photosynthesis",
                    "black holes",
                    "bread",
                    "the internet",
                    "Shakespeare",
                    "a database index",
                    "recursion",
                    "tea",
                    "Japan",
                    "Brazil",
                    "mountains",
                    "rivers",
                    "a dragon",
                    "happiness",
                    "money",
                    "school",
                    "time",
                    "the economy",
                    "vaccines",
                    "electric cars",
                    "Kubernetes",
                    "Linux",
                    "numbers",
                    "mathematics",
                    "algebra",
                    "prime numbers",
                    "cooking",
                    "the human heart");

    /// Where some blocks of Unicode begin.
    private static final int[] SCRIPTS = {
        0x21, 0x61, 0xc0, 0x400, 0x5d0, 0x600, 0x900, 0x3041, 0x4e00, 0xac00, 0x1f600
    };

    private final List<String> training;
    private final List<String> heldOut;

    private Outside(List<String> training, List<String> heldOut) {
        this.training = List.copyOf(training);
        this.heldOut = List.copyOf(heldOut);
    }

    /// The texts of these collections beside the templates.
    static Outside of(List<String> texts) {
        var training = new ArrayList<String>();
        var heldOut = new ArrayList<String>();
        for (var text : texts) {
            if (!text.isBlank() && !counts(text)) {
                (Problems.hashed(text) ? heldOut : training).add(text);
            }
        }
        return new Outside(training, heldOut);
    }

    /// Reads the collections `self-instruct`, `arena-hard` and `uncommonroute` of a data directory.
    static Outside read(Path prompts) {
        var texts = new ArrayList<String>();
        texts.addAll(fields(prompts.resolve("self-instruct/seed_tasks.jsonl"), "instruction"));
        texts.addAll(
                fields(
                        prompts.resolve("self-instruct/user_oriented_instructions.jsonl"),
                        "instruction"));
        texts.addAll(fields(prompts.resolve("arena-hard/question.jsonl"), "prompt"));
        texts.addAll(fields(prompts.resolve("uncommonroute/train.jsonl"), "prompt"));
        return of(texts);
    }

    /// All texts that may be trained on.
    List<String> training() {
        return training;
    }

    /// A prompt of at most this many characters.
    Problem draw(boolean fromHeldOut, int characters, RandomGenerator random) {
        while (true) {
            var text = text(fromHeldOut, characters, random);
            if (!text.isBlank() && Problems.hashed(text) == fromHeldOut) {
                return new Problem(Task.OTHER, text, text, "", "");
            }
        }
    }

    /// A prompt of nearly this many characters, pasted together.
    Problem drawLong(boolean fromHeldOut, int characters, RandomGenerator random) {
        var text = new StringBuilder();
        while (text.length() < characters) {
            text.append(draw(fromHeldOut, characters, random).prompt());
            text.append(random.nextBoolean() ? "\n" : "\n\n");
        }
        text.setLength(characters);
        var whole = text.toString().strip();
        return new Problem(Task.OTHER, whole, whole, "", "");
    }

    private String text(boolean fromHeldOut, int characters, RandomGenerator random) {
        var texts = fromHeldOut ? heldOut : training;
        var kind = random.nextInt(20);
        if (kind < 9 && !texts.isEmpty()) {
            return cut(texts.get(random.nextInt(texts.size())), characters, random);
        }
        return switch (kind) {
            case 9, 10, 11 -> spoken(pick(GREETINGS, random), random);
            case 12 -> garbage(random);
            case 13, 14, 15, 16 -> beyond(random);
            default ->
                    spoken(
                            pick(REQUESTS, random)
                                    .replace("{t}", pick(TOPICS, random))
                                    .replace("{u}", pick(TOPICS, random)),
                            random);
        };
    }

    private static String spoken(String text, RandomGenerator random) {
        var said =
                random.nextInt(3) == 0
                        ? text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1)
                        : text;
        return switch (random.nextInt(8)) {
            case 0 -> said + "!";
            case 1 -> said + "?";
            case 2 -> said + ".";
            case 3 -> said.toLowerCase(Locale.ROOT);
            case 4 -> "Please: " + said;
            case 5 -> "Hi! " + said;
            default -> said;
        };
    }

    private static String beyond(RandomGenerator random) {
        var a = Long.toString(random.nextLong(2, 1000));
        var b = Long.toString(random.nextLong(2, 100));
        var huge = Long.toString(random.nextLong(100_000, 1_000_000_000_000L));
        var expression =
                switch (random.nextInt(14)) {
                    case 0 -> huge + " + " + random.nextLong(1, 1_000_000_000);
                    case 1 -> huge + " * " + b;
                    case 2 -> a + " / " + b;
                    case 3 -> a + " divided by " + b;
                    case 4 -> a + "^" + b;
                    case 5 -> "sqrt(" + a + ")";
                    case 6 -> "the square root of " + a;
                    case 7 -> b + "% of " + a;
                    case 8 -> a + "." + b + " + " + b + "." + a;
                    case 9 -> "x if x + " + a + " = " + b;
                    case 10 -> a + " to the power of " + b;
                    case 11 -> "log(" + a + ")";
                    case 12 -> a + " mod " + b;
                    default -> "the derivative of " + b + "x^2 + " + a;
                };
        return Phrases.asked(expression, random);
    }

    private static String garbage(RandomGenerator random) {
        var length = random.nextInt(1, 24);
        var text = new StringBuilder();
        var start = SCRIPTS[random.nextInt(SCRIPTS.length)];
        for (var index = 0; index < length; index++) {
            if (random.nextInt(6) == 0) {
                text.append(' ');
            }
            text.appendCodePoint(start + random.nextInt(start < 0x80 ? 24 : 60));
        }
        return text.toString();
    }

    private static String cut(String text, int characters, RandomGenerator random) {
        var limit = Math.min(characters, text.length());
        if (text.length() <= limit && random.nextInt(4) != 0) {
            return text;
        }
        var words = text.substring(0, limit).split("(?<=\\s)", -1);
        var kept = words.length <= 4 ? words.length : random.nextInt(4, words.length + 1);
        return String.join("", List.of(words).subList(0, kept)).strip();
    }

    private static boolean counts(String text) {
        var numbers = NUMBERS.matcher(text).results().count();
        return numbers >= 2
                && text.length() < 400
                && COUNTING.matcher(text.toLowerCase(Locale.ROOT)).find();
    }

    private static String pick(List<String> from, RandomGenerator random) {
        return from.get(random.nextInt(from.size()));
    }

    private static List<String> fields(Path file, String name) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(line -> JSON.readTree(line).path(name).asString("")).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
