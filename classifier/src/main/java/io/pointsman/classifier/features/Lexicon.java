package io.pointsman.classifier.features;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Word groups, looked up by the hash of a lower-case word or of two words in a row. Immutable
/// after the class is loaded.
final class Lexicon {

    /// A group of words that say the same about a prompt.
    enum Group {
        GREETING(
                """
                hi hello hey hiya howdy greetings yo hallo servus moin guten_tag bonjour salut hola \
                buenos_días ciao olá oi привет здравствуйте مرحبا नमस्ते こんにちは 你好 안녕하세요 \
                good_morning good_evening good_afternoon good_night how_are what's_up bye goodbye\
                """),
        THANKS(
                """
                thanks thank thx ty cheers danke merci gracias grazie obrigado спасибо 谢谢 ok okay \
                great cool nice perfect awesome lol yes no please sorry welcome\
                """),
        NUMBER(
                """
                one two three four five six seven eight nine ten eleven twelve thirteen fourteen \
                fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy \
                eighty ninety hundred thousand million billion half third quarter dozen twice thrice \
                double triple\
                """),
        PLUS("plus sum add added adding"),
        MINUS("minus subtract subtracted difference"),
        TIMES("times multiply multiplied product"),
        DIVIDE("divide divided quotient mod modulo"),
        CONNECTOR("and by from to with of"),
        AMOUNT(
                """
                each per every total altogether together left remain remains remaining fewer more twice \
                equally split shared share gave gives buys bought sells sold costs spent earns saves\
                """),
        FOLLOW_UP(
                """
                why how again continue go_on that this it more wrong sure explain and but also next redo \
                retry instead shorter longer elaborate warum pourquoi encore weiter\
                """),
        UNIT(
                """
                km kilometers miles meters metres cm mm feet inches hours hour minutes minute seconds \
                days weeks months years kg grams pounds liters litres gallons dollars cents euros mph \
                degrees mol moles joules newtons volts watts\
                """),
        MATH(
                """
                integral derivative integer integers polynomial matrix matrices vector theorem lemma \
                prime primes divisor divisors divisible equation equations triangle circle radius \
                angle perimeter area probability expected permutation permutations combinations \
                function functions sequence series converge limit logarithm log sin cos tan eigenvalue \
                determinant group ring field subgroup modulo coefficient coefficients roots real \
                complex rational irrational algebra geometry calculus inequality bijection \
                homomorphism isomorphic topology compact continuous differentiable\
                """),
        CODE(
                """
                def return import print class public static void int string char const let var \
                function elif else for while lambda null none true false assert async await select \
                from where join python java javascript typescript sql html css rust golang kotlin \
                api regex json xml stdin stdout\
                """),
        ALGORITHM(
                """
                array arrays string strings substring subarray subsequence graph tree node nodes edge \
                edges binary sorted sort indices index algorithm complexity recursion dynamic queue \
                stack hash queries query bitwise xor modulo constraints deadlock thread concurrency \
                cache distributed latency database\
                """),
        FACT("what who when where what's who's qué quién was wer wann wo qui quand où что кто где"),
        WHY("why how warum wie pourquoi comment por_qué cómo почему как"),
        HOW_MANY(
                "how_many how_much how_long how_far how_old combien wie_viele wieviele cuántos cuántas"),
        PROVE(
                """
                prove proof show_that disprove demonstrate derive derivation refute justify beweise \
                beweisen démontrer demuestra demostrar докажи докажите 证明\
                """),
        COMPUTE(
                """
                calculate compute evaluate solve find determine simplify factor convert count estimate \
                decrypt decode berechne calculer calcula вычисли 计算 求\
                """),
        OPTIMISE(
                """
                minimum maximum minimize maximize minimal maximal optimal optimize shortest longest \
                largest smallest fewest most least best highest lowest\
                """),
        EXPLAIN(
                "explain describe discuss compare contrast analyze analyse erkläre expliquer explica объясни"),
        TRANSLATE("translate translation übersetze traduire traduce переведи 翻译"),
        REWRITE(
                """
                rewrite rephrase paraphrase summarize summarise summary shorten edit correct proofread \
                fix grammar spelling polish simplify_this zusammenfassung résumer resume\
                """),
        COMPOSE(
                """
                write compose draft poem story email letter essay slogan tweet recipe joke haiku lyrics \
                blog headline title names suggest recommend brainstorm list generate create schreibe \
                écris escribe напиши 写\
                """),
        CLASSIFY(
                "classify categorize label sentiment positive negative spam extract identify detect tag"),
        TRACE(
                """
                simulate execute output after_executing step steps final_state transform transformation \
                rotate rotated move moves moved flip swap apply repeat following_rules rule rules\
                """),
        INSTRUCTION(
                "must should only exactly your_answer final_answer format respond ensure avoid never always"),
        EXAMPLE("example examples e_g for_example for_instance input sample"),
        JSON("json yaml csv xml schema"),
        SCIENCE(
                """
                atom atoms molecule electron electrons proton orbital reaction enantiomer chiral \
                stereochemistry nmr oxidation acid base ph enzyme protein gene genome dna rna cell \
                cells energy force velocity quantum relativistic entropy temperature pressure mass \
                charge field wavelength photon catalyst equilibrium titration ligand polymer isotope \
                species evolution mutation membrane momentum spin hamiltonian\
                """),
        MEDICINE(
                """
                patient diagnosis symptoms treatment therapy clinical disease syndrome pain blood \
                history presents dose mg chronic acute fever infection surgery pregnant lesion \
                hypertension diabetes cardiac renal\
                """),
        LAW(
                """
                contract plaintiff defendant court statute liability negligence tort jurisdiction \
                clause agreement amendment constitutional breach damages felony appeal legal lawsuit \
                indemnify indemnification gdpr\
                """),
        ECONOMICS(
                """
                price demand supply market inflation interest rate cost costs profit revenue firm tax \
                elasticity equilibrium gdp monetary fiscal investment equity portfolio bond bonds \
                accounting depreciation\
                """),
        HUMANITIES(
                """
                history war century philosophy moral ethics ethical religion culture political society \
                government president author novel poem language psychology kant aristotle\
                """),
        CONDITION(
                "if then unless when whenever otherwise suppose assume given implies iff provided"),
        QUANTIFIER(
                "all some every each none any no only both either neither exactly at_least at_most"),
        NEGATION("not no never neither nor cannot can't isn't doesn't don't without except false"),
        COMPARISON(
                "more less greater fewer larger smaller older younger taller shorter than equal faster higher"),
        ORDERING(
                """
                left right above below before after between next adjacent first second third last \
                behind front top bottom north south east west clockwise\
                """),
        PUZZLE(
                """
                knight knights knave knaves liar liars truth lies lying grid cell cells cube board \
                puzzle riddle clue clues tower disk disks pegs row rows column columns player players \
                cipher letters rotate maze island islands sudoku game person house houses brother \
                sister sisters\
                """);

        private final String words;

        Group(String words) {
            this.words = words;
        }

        @SuppressWarnings("EnumOrdinal") // the hot path uses arrays where others use maps
        int index() {
            return ordinal();
        }

        private static final Group[] ALL = values();
        static final int COUNT = ALL.length;
    }

    /// The bit of a word that is of any pair, beside those of its groups. Few are.
    static final long PAIRED = 1L << 63;

    private static final WordTable WORDS;
    private static final long FINGERPRINT;

    static {
        var words = new HashMap<Long, Long>();
        FINGERPRINT = fill(words);
        WORDS = WordTable.of(words);
    }

    private Lexicon() {}

    /// Bit `n` is set where the word or pair with this hash belongs to the group of ordinal `n`.
    static long groups(long hash) {
        return found(hash) & ~PAIRED;
    }

    /// The same with [#PAIRED].
    static long found(long hash) {
        return WORDS.get(hash);
    }

    /// The hash of two words in a row, whichever comes first.
    static long pair(long first, long second) {
        return Hash.mix(first, second);
    }

    static long fingerprint() {
        return FINGERPRINT;
    }

    /// Puts all groups into `words`; returns their fingerprint.
    private static long fill(Map<Long, Long> words) {
        long fingerprint = Hash.START;
        for (var group : Group.ALL) {
            for (var entry : group.words.toLowerCase(Locale.ROOT).strip().split("\\s+", 0)) {
                long hash = hash(entry);
                fingerprint = Hash.mix(Hash.mix(fingerprint, hash), group.index());
                put(words, hash, 1L << group.index());
                int space = entry.indexOf('_');
                if (space > 0) {
                    put(words, hash(entry.substring(0, space)), PAIRED);
                    put(words, hash(entry.substring(space + 1)), PAIRED);
                }
            }
        }
        return fingerprint;
    }

    private static long hash(String entry) {
        int space = entry.indexOf('_');
        return space < 0
                ? Hash.text(Hash.START, entry)
                : pair(hash(entry.substring(0, space)), hash(entry.substring(space + 1)));
    }

    private static void put(Map<Long, Long> words, long hash, long bits) {
        words.merge(hash, bits, (some, others) -> some | others);
    }
}
