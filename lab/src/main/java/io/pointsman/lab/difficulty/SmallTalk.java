package io.pointsman.lab.difficulty;

import io.pointsman.classifier.training.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// Turns that any model answers well, as rows without a gap. No public outcomes cover them, though
/// half of all chats begin so.
final class SmallTalk {

    private static final String PHRASES =
            """
            hi
            hello
            Hello!
            Hey there
            hey, how are you?
            Hi, how is it going today?
            Good morning!
            good evening
            thanks!
            Thank you very much
            thx
            ok
            okay great
            yes
            no
            yes please
            cool, thanks
            bye
            Goodbye, see you tomorrow
            Who are you?
            What is your name?
            What can you do?
            Are you a robot?
            Tell me a joke
            How old are you?
            What is the capital of France?
            What is the capital of Japan?
            Who wrote Hamlet?
            What color is the sky?
            How many days are in a week?
            What day comes after Monday?
            Translate "good morning" to Spanish
            Say hello in French
            Define happiness
            What does API stand for?
            test
            testing
            please help
            can you help me?
            I have a question
            hello, let us think step by step
            hi there, analyze pros and cons step by step
            quick one: hi, explain, derive, prove
            hey! think carefully and reason about it
            good morning, compare and contrast, trade-offs
            hello, design the architecture
            thanks for the step by step analysis
            ok, explain why, please
            yo, algorithm, complexity, database
            thanks, analyze, explain
            hi, prove
            Please say hi, reason carefully
            hallo
            Guten Tag
            Danke
            bonjour
            merci
            hola
            gracias
            ciao
            olá
            привет
            спасибо
            你好
            谢谢
            こんにちは
            안녕하세요
            مرحبا
            नमस्ते
            lol
            nice
            sounds good
            Fix the typo: teh
            Write a one-line birthday greeting
            Give me a synonym for big
            What is the plural of mouse?
            What is the opposite of hot?
            """;

    private SmallTalk() {}

    static List<Outcome> outcomes() {
        var rows = new ArrayList<Outcome>();
        PHRASES.lines()
                .forEach(phrase ->
                        rows.add(
                                new Outcome(
                                        "small-talk-" + rows.size(),
                                        "small-talk",
                                        "small-talk",
                                        phrase,
                                        1,
                                        1,
                                        OptionalInt.empty())));
        return rows;
    }
}
