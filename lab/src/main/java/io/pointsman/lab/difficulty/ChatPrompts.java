package io.pointsman.lab.difficulty;

import io.pointsman.classifier.training.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/// What people ask of assistants, drawn from patterns: writing, playing a part, explaining,
/// extracting, calculating, programming, reasoning. No public outcomes of a pair cover open chat;
/// that a reasoner gains on the last three and next to nothing on the first is what every published
/// comparison by category says.
final class ChatPrompts {

    private static final int PER_KIND = 80;

    /// A kind of chat, and what the models are taken to score on it.
    private enum Kind {
        WRITING(
                0.91,
                0.94,
                """
                {Write|Compose|Draft|Create} a {form} about {topic}.
                {Write|Draft} {a heartfelt|a humorous|a formal|a short} {form} for {a person} that mentions {topic}.
                {Help me write|Come up with} {a form|an opening paragraph|a title} for {a person} who {cares about|has questions about} {topic}.
                Could you {write|draft} a {form} to {a person} about {topic}? Keep it {friendly|formal|under 200 words}.
                {Make|Turn} this into a {form}: {topic}, {topic}, {a person}.
                """),
        ROLE(
                0.9,
                0.93,
                """
                {Speak|Answer|Talk} like {a person} and tell me about {topic}.
                You are {a person}. A visitor asks about {topic}; what do you say?
                Let us play: you are {a person} and I am {a person}. Start by asking me about {topic}.
                """),
        EXPLAINING(
                0.92,
                0.95,
                """
                {Explain|Describe|Summarise|Outline} {topic} {in simple terms|to a beginner|with examples|and why it matters}.
                {Why|How} did {topic} {change|spread|come about}?
                {Compare|Contrast} {topic} and {topic}.
                {Give me|Provide} an overview of {topic} {for a lecture|in two paragraphs|with a reading list}.
                What should {a person} know about {topic}?
                """),
        EXTRACTING(
                0.78,
                0.9,
                """
                {Extract|List|Pull out} {all names|the dates|the invoice number|the main claim} {from|in} the following text and {return JSON|answer as a table|give one per line}: "{topic} was discussed by {a person} in 19{n}, and {a person} objected to {topic} in 20{n}."
                {Sort|Label} these tickets by urgency and {return a list|explain each}: 1. The page on {topic} is down. 2. {a person} cannot log in. 3. A typo in the text on {topic}.
                """),
        CALCULATING(
                0.55,
                0.84,
                """
                {Differentiate|Integrate} {n}x^2 + sin({n}x) and {find where it is stationary|check the result}.
                A tank fills in {n} hours by one pipe and in {n} hours by another. How long do both take?
                {Find|Determine} two numbers whose sum is {n} and whose product is {n}.
                A train leaves at {n} km/h and another follows {n} minutes later at {n} km/h. When are they level?
                An urn holds {n} red and {n} blue balls. {Three|Four} are drawn. What is the probability that all are {red|blue}?
                {Prove|Show} that the sum of the first n {odd numbers|cubes} is a square.
                The sides of a rectangle are as {n} to {n} and its diagonal is {n}. How large is it?
                """),
        PROGRAMMING(
                0.62,
                0.86,
                """
                {Write|Implement} a {language} {function|class|script} that {finds|counts|merges|returns} {a thing} in {a structure}.
                {Implement|Design} {a structure} in {language} with {insert and delete|lookup} in {constant|logarithmic} time.
                {Given|You have} {a structure} of {n} integers; {find|return} {a thing} in {linear|n log n} time.
                This {language} {function|code} {loops forever|fails for empty input}: it should return {a thing} of {a structure}. Fix it.
                """),
        REASONING(
                0.56,
                0.83,
                """
                {name}, {name}, {name} and {name} sit at a round table; {name} sits opposite {name} and not beside {name}. Who sits where?
                {name} meets {name} on {a weekday|an odd date} only, {name} on even ones, and never both. On which days can all three meet?
                Three boxes are labelled {thing}, {thing} and mixed, all wrongly. Which one must {name} open?
                If no {thing}s are {thing}s and some {thing}s are {thing}s, what follows about {thing}s?
                {name} says that {name} lies, {name} says that {name} lies, and {name} says both do. Who tells the truth?
                Four {thing}s weigh less than a {thing}, two {thing}s more than three of them. Put them in order.
                """);

        private final double fast;
        private final double reasoner;
        private final String patterns;

        Kind(double fast, double reasoner, String patterns) {
            this.fast = fast;
            this.reasoner = reasoner;
            this.patterns = patterns;
        }
    }

    private static final List<List<String>> WORDS =
            List.of(
                    named(
                            "form",
                            "blog post|letter|poem|speech|short story|product description|cover letter|toast|review|limerick|press release|dialogue"),
                    named("a form", "an essay|a poem|a letter|a sketch"),
                    named(
                            "topic",
                            "the tides|a lighthouse keeper|renewable energy|the printing press|jazz|the fall of Carthage|supply and demand|gene editing|black holes|photosynthesis|a rainy market|chess|urban gardening|the water cycle|early cinema|glaciers|coffee|remote work|the silk roads|vaccines|stoicism|origami|bridges|mangroves|the Bauhaus|old trams|inflation|kites"),
                    named(
                            "a person",
                            "a ship's cook|a retired judge|a museum guide|your landlord|Marie Curie|a new colleague|an alien botanist|a football coach|Socrates|a grumpy librarian|a five-year-old|a mountain rescuer|a customer"),
                    named("language", "Python|Java|C++|JavaScript|Rust|Go|SQL|TypeScript"),
                    named(
                            "a thing",
                            "the longest run of equal values|the second largest element|all duplicates|the median|every anagram|the shortest path|the most frequent word|the missing number|all subsets with a given sum"),
                    named(
                            "a structure",
                            "a linked list|a list of tuples|a binary tree|a matrix|two sorted arrays|a graph|a stream of events|a dictionary of lists|a text file"),
                    named("name", "Ada|Bo|Carla|Deniz|Emre|Fay|Goran|Hana|Ivo|June"),
                    named(
                            "thing",
                            "wheel|lamp|river|anchor|violin|desk|cloud|pebble|wagon|orchard|kettle|tower"));

    private final Random random;

    private ChatPrompts(Random random) {
        this.random = random;
    }

    private static List<String> named(String name, String words) {
        var list = new ArrayList<String>();
        list.add(name);
        list.addAll(List.of(words.split("\\|", -1)));
        return list;
    }

    static List<Outcome> outcomes() {
        var prompts = new ChatPrompts(new Random(1));
        var rows = new ArrayList<Outcome>();
        for (var kind : Kind.values()) {
            var patterns = kind.patterns.lines().toList();
            for (int i = 0; i < PER_KIND; i++) {
                var pattern = patterns.get(i % patterns.size());
                rows.add(
                        new Outcome(
                                "",
                                "chat",
                                "chat",
                                prompts.filled(pattern),
                                kind.fast,
                                kind.reasoner,
                                OptionalInt.empty()));
            }
        }
        return rows;
    }

    /// Fills every brace: with a number, with a word of that name, or with one of the choices in
    /// it.
    private String filled(String pattern) {
        var text = new StringBuilder();
        int at = 0;
        for (int open = pattern.indexOf('{'); open >= 0; open = pattern.indexOf('{', at)) {
            int close = pattern.indexOf('}', open);
            text.append(pattern, at, open).append(choice(pattern.substring(open + 1, close)));
            at = close + 1;
        }
        return text.append(pattern, at, pattern.length()).toString();
    }

    private String choice(String inside) {
        if (inside.equals("n")) {
            return Integer.toString(2 + random.nextInt(random.nextBoolean() ? 9 : 97));
        }
        for (var words : WORDS) {
            if (words.getFirst().equals(inside)) {
                return words.get(1 + random.nextInt(words.size() - 1));
            }
        }
        var choices = inside.split("\\|", -1);
        return choices[random.nextInt(choices.length)];
    }
}
