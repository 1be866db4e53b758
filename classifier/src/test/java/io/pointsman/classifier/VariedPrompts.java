package io.pointsman.classifier;

import java.util.ArrayList;
import java.util.List;

/// A few hundred prompts of many kinds and lengths, made from templates.
final class VariedPrompts {

    private static final List<Template> TEMPLATES =
            List.of(
                    new Template(
                            "What is the capital of %s?",
                            "France", "Mongolia", "Peru", "Kenya", "Norway", "Laos"),
                    new Template(
                            "What is %s?",
                            "DNS",
                            "a monad",
                            "photosynthesis",
                            "eventual consistency",
                            "inflation",
                            "a qubit"),
                    new Template(
                            "Who %s?",
                            "wrote Hamlet",
                            "discovered penicillin",
                            "painted Guernica",
                            "founded Carthage"),
                    new Template(
                            "Translate \"%s\" into Spanish.",
                            "good morning",
                            "the train is late",
                            "where is the library",
                            "see you tomorrow"),
                    new Template(
                            "Explain how %s works.",
                            "a hash table",
                            "TLS",
                            "a vaccine",
                            "the stock market",
                            "garbage collection",
                            "a transistor"),
                    new Template(
                            "Compare %s for a small web shop.",
                            "PostgreSQL and MySQL",
                            "REST and GraphQL",
                            "AWS and Azure",
                            "React and Vue"),
                    new Template(
                            "Write a Python function that %s.",
                            "reverses a string",
                            "merges two sorted lists",
                            "checks whether a word is a palindrome",
                            "parses a date like 2024-03-01",
                            "returns the longest common subsequence of two strings"),
                    new Template(
                            "Summarize the following text in two sentences: %s",
                            "The council met on Tuesday to discuss the bridge. Costs have doubled since the first estimate, and the opening is delayed until spring.",
                            "Bees visit flowers for nectar and carry pollen from one to another. Without them many crops would fail, and prices would rise.",
                            "The company reported a loss for the third quarter. Its chief executive blamed weak demand and the price of energy."),
                    new Template(
                            "My %s. What could be wrong?",
                            "Spring application returns 404 for every route",
                            "Kubernetes pod is restarted with OOMKilled",
                            "SQL query got slow after adding an index",
                            "bicycle chain slips in the highest gear"),
                    new Template(
                            "Write a short poem about %s.",
                            "the sea in winter",
                            "a lost umbrella",
                            "the night train",
                            "my grandmother's garden"),
                    new Template(
                            "Suggest five %s.",
                            "names for a coffee shop",
                            "ideas for a birthday party",
                            "books about the Silk Road"),
                    new Template(
                            "Design a %s with authentication, horizontal scaling, monitoring and disaster recovery. Discuss the trade-offs.",
                            "multi-tenant ticketing platform",
                            "real-time chat system",
                            "payment service",
                            "video streaming backend"),
                    new Template(
                            "Implement a %s in Java with tests, snapshots, leader election and a clear description of its invariants.",
                            "distributed key-value store", "replicated log", "job scheduler"),
                    new Template(
                            "Prove that %s.",
                            "the square root of 2 is irrational",
                            "there are infinitely many primes congruent to 3 modulo 4",
                            "every group of prime order is cyclic",
                            "a continuous image of a compact set is compact",
                            "the halting problem is undecidable"),
                    new Template(
                            "Derive %s from first principles.",
                            "the Euler-Lagrange equation",
                            "the variance of the sample mean",
                            "the Black-Scholes equation",
                            "the expected number of comparisons of quicksort"),
                    new Template(
                            "Find all functions f from the reals to the reals such that %s for all x, y.",
                            "f(x + f(y)) = f(x) + y",
                            "f(xy) = f(x) f(y)",
                            "f(x + y) = f(x) + f(y) + xy"),
                    new Template(
                            "What is %s?",
                            "7 + 5",
                            "12 * 12",
                            "1458 * 2937",
                            "847362 * 918273 - 4411",
                            "(38 + 17) * 45 / 5",
                            "2^31 - 1"),
                    new Template(
                            "%s sells apples at 3 dollars a kilo and pears at 4 dollars a kilo. On Monday 12 kilos of apples and 9 kilos of pears are sold, on Tuesday twice as many apples and a third of the pears. How much money came in on both days together?",
                            "Anna", "The market", "A farmer"),
                    new Template(
                            "A train leaves at 9:40 at %s km/h and another at 10:10 at 120 km/h on the same track. When does the second catch up with the first?",
                            "80", "95", "100"),
                    new Template(
                            "Which of the following is %s?\nA. mitochondrion\nB. ribosome\nC. chloroplast\nD. nucleus",
                            "the site of protein synthesis",
                            "absent from animal cells",
                            "bounded by no membrane"),
                    new Template(
                            "Five houses in a row are painted in different colours. %s Nobody in the red house drinks tea, and the green house is directly left of the white one. Who owns the fish?",
                            "The Norwegian lives in the first house, and the Briton in the red one.",
                            "The Swede keeps dogs, the Dane drinks tea, and the German smokes Prince."),
                    new Template(
                            "On an island every inhabitant is a knight, who always tells the truth, or a knave, who always lies. %s What are they?",
                            "A says: we are both knaves.",
                            "A says: B is a knight. B says: the two of us are of opposite kinds."),
                    new Template(
                            "Let $a_1 = 1$ and $a_{n+1} = a_n + \\frac{1}{a_n}$. %s",
                            "Show that $a_{100} > 14$.",
                            "Determine the limit of $a_n / \\sqrt{n}$."),
                    new Template(
                            "Compute the integral of %s from 0 to infinity.",
                            "x^2 e^{-x}", "sin(x)/x", "1/(1 + x^4)", "ln(x)/(1 + x^2)"),
                    new Template(
                            "You are given an array of n integers and q queries. Each query asks for %s in a range [l, r]. Constraints: n, q up to 200000, time limit two seconds. Describe an algorithm and give its complexity.",
                            "the number of distinct values",
                            "the k-th smallest value",
                            "the longest increasing run"),
                    new Template(
                            "```python\ndef f(xs):\n    out = []\n    for i, x in enumerate(xs):\n        if x %% 2 == i %% 2:\n            out.append(x * i)\n    return out\n```\nWhat does f(%s) return?",
                            "[1, 2, 3]", "[4, 7, 2, 9, 5]", "[]"),
                    new Template(
                            "A 58-year-old woman presents with %s. Her blood pressure is 92/60 and her lactate is raised. What is the most likely diagnosis, and what has to be done first?",
                            "fever, flank pain and confusion",
                            "sudden chest pain and a new murmur"),
                    new Template(
                            "Under English law, may a tenant %s without the landlord's consent? Discuss the leading cases.",
                            "sublet a part of the flat", "withhold rent for repairs"),
                    new Template(
                            "Rewrite this more politely: %s",
                            "Send me the report now.",
                            "Your code is broken again.",
                            "I will not come to the meeting."),
                    new Template(
                            "Extract all %s from this text as JSON: On 3 March 2021 Alice Meyer paid 400 euros to Bob Stone in Graz, and on 5 May he paid back half of it.",
                            "names", "dates", "amounts of money"),
                    new Template(
                            "%s",
                            "hi", "hello", "thanks!", "good morning", "how are you?", "ok great"),
                    new Template(
                            "%s",
                            "Was ist die Hauptstadt von Polen?",
                            "Beweise, dass es unendlich viele Primzahlen gibt.",
                            "Explique la différence entre TCP et UDP.",
                            "Écris une fonction Python qui trie une liste.",
                            "Demuestra que la raíz de 2 es irracional.",
                            "¿Cuántos planetas hay en el sistema solar?",
                            "Докажи, что простых чисел бесконечно много.",
                            "Что такое рекурсия?",
                            "证明素数有无穷多个。",
                            "什么是数据库？",
                            "比较 PostgreSQL 和 MySQL。",
                            "TCPとUDPの違いを説明してください。"));

    private VariedPrompts() {}

    /// All of them.
    static List<String> all() {
        var prompts = new ArrayList<String>();
        for (var template : TEMPLATES) {
            for (var filling : template.fillings) {
                prompts.add(template.text.formatted(filling));
            }
        }
        for (int i = 0; i < 60; i++) {
            prompts.add(
                    ("A box holds %d red and %d blue balls. Two are drawn without putting them back."
                                    + " What is the probability that %s?")
                            .formatted(
                                    i + 2,
                                    2 * i + 1,
                                    i % 2 == 0 ? "both are red" : "they differ in colour"));
            prompts.add("What is %d + %d?".formatted(i * 37 + 5, i * i * 11 + 2));
        }
        return prompts;
    }

    private record Template(String text, List<String> fillings) {
        Template(String text, String... fillings) {
            this(text, List.of(fillings));
        }
    }
}
