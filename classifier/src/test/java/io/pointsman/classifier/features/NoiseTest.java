package io.pointsman.classifier.features;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoiseTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "    at io.example.Service.call(Service.java:42)",
                "   at Example.Service.Call() in Service.cs:line 42",
                "    at call (/app/service.js:42:7)",
                "  File \"service.py\", line 42, in call",
                "Caused by: java.lang.IllegalStateException: closed",
                "\tfrom /app/service.rb:42:in `call'",
                "#4 /app/service.php(42): Service->call()",
                "#4  0x00007f in call () at service.c:42",
                "   4: core::panicking::panic_fmt",
                "goroutine 42 [running]:",
                "\t/app/service.go:42 +0x1d",
                "ERROR: connection refused",
                "[INFO] building service 42",
                "2026-11-01 12:00:00 INFO connection closed"
            })
    void keepsTheFirstLinesOfALog(String line) {
        var text = judged("Why does it fail?\n" + (line + "\n").repeat(50) + "It worked before.");

        assertThat(text.lines().count()).isEqualTo(5);
        assertThat(text).contains("Why does it fail?", "It worked before");
    }

    @Test
    void keepsTheFirstLinesOfADiff() {
        var diff =
                "diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -1,40 +1,40 @@\n"
                        + "-old line\n+new line\n same line\n".repeat(40);

        var text = judged("Is this change safe?\n" + diff + "Tell me why.");

        assertThat(text).contains("Is this change safe?", "@@ -1,40", "+new line", "Tell me why");
        assertThat(text.lines().count()).isLessThan(12);
    }

    @Test
    void aListIsNoDiff() {
        var list = "Which of these rhyme?\n" + "- cat\n- hat\n- dog\n".repeat(20);

        assertThat(judged(list).lines().count()).isEqualTo(61);
    }

    @ParameterizedTest
    @ValueSource(strings = {"iVBORw0KGgoAAAANSUhEUgAA/+9=", "deadbeef0123456789"})
    void keepsTheBeginningOfABlob(String part) {
        var text = judged("What is in this file? " + part.repeat(40) + " I need its type.");

        assertThat(text).contains("What is in this file?", part.substring(0, 8), "I need its type");
        assertThat(text.length()).isLessThan(120);
    }

    @Test
    void aLongNumberIsNoBlob() {
        var number = "1234567890".repeat(30);

        assertThat(judged("Factor " + number)).contains(number);
    }

    private static String judged(String prompt) {
        var text = UserText.of(Conversation.ofPrompt(prompt)).orElseThrow();
        return new String(text.chars(), 0, text.length());
    }
}
