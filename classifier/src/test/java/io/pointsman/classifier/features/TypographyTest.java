package io.pointsman.classifier.features;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TypographyTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            textBlock =
                    """
                    pass\\u200bword\\ufeff|password
                    １２＋３ ＡＢＣｄ|12+3 ABCd
                    cafe\\u0301 au lait|café au lait
                    a   b~~~~~c|a b~~c
                      if x:~    y = 1|if x:~    y = 1
                    a  ~~\\u0009 ~  b  c \\u0009~d|a~~  b c~d
                    > one~> two~>~> three|one~two~~three
                    > one~two|> one~two
                    a < b > c|a < b > c
                    WHAT IS IT|what is it
                    What is IT|What is IT
                    really?!|really
                    ???|???
                    2 + 2 =|2 + 2 =
                    \\u202eabc\\u202c d|abc d
                    a\\u00a0b\\u3000c|a b c
                    """)
    void evensOutHowATextIsTyped(String typed, String even) {
        var chars = unescaped(typed).toCharArray();

        int length = Typography.trim(chars, Typography.even(chars, chars.length));

        assertThat(new String(chars, 0, length)).isEqualTo(unescaped(even));
    }

    private static String unescaped(String text) {
        var lines = text.replace('~', '\n');
        int at = lines.indexOf("\\u");
        while (at >= 0) {
            char c = (char) Integer.parseInt(lines.substring(at + 2, at + 6), 16);
            lines = lines.substring(0, at) + c + lines.substring(at + 6);
            at = lines.indexOf("\\u");
        }
        return lines;
    }
}
