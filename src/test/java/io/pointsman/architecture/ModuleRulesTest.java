package io.pointsman.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameContaining;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.pointsman.api.Failure;
import io.pointsman.classifier.Classifiers;
import io.pointsman.classifier.HeadFile;
import io.pointsman.classifier.features.NgramRarity;
import io.pointsman.classifier.kinds.KindClassifier;
import io.pointsman.classifier.kinds.KindFile;
import io.pointsman.classifier.memory.OutcomeLog;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The modules see what the architecture lets them see, and nothing else.
class ModuleRulesTest {

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(location -> !location.contains("-tests.jar"))
                    .importPackages("io.pointsman");

    /// What scores a request: the classifier but for what fits and measures it.
    private static final DescribedPredicate<JavaClass> SCORING =
            resideInAnyPackage(
                            "io.pointsman.classifier",
                            "io.pointsman.classifier.features",
                            "io.pointsman.classifier.kinds")
                    .as("the scoring path");

    /// What reads, once, what scoring goes by.
    private static final DescribedPredicate<JavaClass> LOADING =
            belongToAnyOf(
                            Classifiers.class,
                            HeadFile.class,
                            KindClassifier.class,
                            KindFile.class,
                            NgramRarity.class)
                    .or(nameMatching("io\\.pointsman\\.classifier\\.kinds\\.Lexicon(\\$.*)?"))
                    .as("what loads files and resources");

    @ParameterizedTest
    @ValueSource(
            strings = {"api", "policies", "classifier", "serving", "backends", "gateway", "lab"})
    void everyModuleIsLookedAt(String module) {
        var found =
                CLASSES.stream()
                        .filter(it -> it.getPackageName().startsWith("io.pointsman." + module));

        assertThat(found).isNotEmpty();
    }

    @Test
    void theVocabularyStandsOnTheJdkAlone() {
        classes()
                .that()
                .resideInAPackage("io.pointsman.api..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.pointsman.api..", "java..", "org.jspecify..", "tools.jackson..")
                .because("every module carries what api carries; Jackson reads the wire")
                .check(CLASSES);
    }

    @Test
    void classifierPoliciesAndBackendsDoNotSeeEachOther() {
        assertSeesNoneOf("classifier", "policies", "backends", "serving");
        assertSeesNoneOf("policies", "classifier", "backends", "serving");
        assertSeesNoneOf("backends", "classifier", "policies");
        assertSeesNoneOf("serving", "classifier", "policies", "backends");
    }

    @Test
    void nothingSeesTheGateway() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.pointsman.gateway..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.pointsman.gateway..")
                .because("it is where all the others are put together")
                .check(CLASSES);
    }

    @Test
    void nothingThatShipsSeesTheLab() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.pointsman.lab..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.pointsman.lab..")
                .because("it is offline and carries PyTorch")
                .check(CLASSES);
    }

    @Test
    void policiesDoNoIo() {
        noClasses()
                .that()
                .resideInAPackage("io.pointsman.policies..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.net..", "java.nio.file..", "java.nio.channels..")
                                .or(readsOrWrites()))
                .because("a route is a pure function, so that it can be replayed")
                .check(CLASSES);
    }

    @Test
    void scoringDoesNoIo() {
        noClasses()
                .that(SCORING.and(not(LOADING)))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.net..", "java.nio.file..", "java.nio.channels..")
                                .or(readsOrWrites()))
                .because("a score takes microseconds; what it goes by is read before")
                .check(CLASSES);
    }

    @Test
    void nothingOfTheClassifierOrPoliciesSpeaksToTheNetwork() {
        noClasses()
                .that()
                .resideInAnyPackage("io.pointsman.classifier..", "io.pointsman.policies..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.net..", "java.nio.channels..", "javax.net..")
                                .and(not(simpleNameContaining("File"))))
                .because("heads and outcomes are files, and rules are text that is handed in")
                .check(CLASSES);
    }

    @Test
    void decidingKnowsNoClock() {
        noClasses()
                .that(decides())
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Clock.class, InstantSource.class)
                .because("the time comes in as a value, so that a decision can be replayed")
                .check(CLASSES);
    }

    @Test
    void decidingStartsNoThreads() {
        noClasses()
                .that(decides())
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.util.concurrent..").or(assignableTo(Thread.class)))
                .because("what shares nothing needs no lock, and no thread of its own")
                .check(CLASSES);
    }

    @Test
    void onlyTheLogOfOutcomesHasAThreadAndAClock() {
        noClasses()
                .that()
                .resideInAPackage("io.pointsman.classifier.memory..")
                .and(not(belongToAnyOf(OutcomeLog.class)))
                .should()
                .dependOnClassesThat(
                        assignableTo(Thread.class)
                                .or(assignableTo(Executor.class))
                                .or(belongToAnyOf(Clock.class, InstantSource.class)))
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .because("time comes in as a value, and whoever asks does not wait for the disk")
                .check(CLASSES);
    }

    @Test
    void nothingStaticChanges() {
        fields().that()
                .areDeclaredInClassesThat()
                .resideInAPackage("io.pointsman..")
                .and()
                .areStatic()
                .should()
                .beFinal()
                .because("state has an owner")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.pointsman.(**)")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(
                        resideInAnyPackage("io.pointsman.api"),
                        resideInAnyPackage("io.pointsman.api.wire"))
                .because("only a request and a chunk carry the bytes they were read from")
                .check(CLASSES);
    }

    @Test
    void namesSayWhatAThingIs() {
        noClasses()
                .that()
                .resideInAPackage("io.pointsman..")
                .and()
                .doNotHaveSimpleName("BlockManager")
                .should()
                .haveNameMatching(".*(Impl|Manager|Util|Utils|Helper)")
                .because(
                        "a type is a noun, and an implementation says how; a block manager is what"
                                + " engines call theirs")
                .check(CLASSES);
    }

    @Test
    void failuresAreRecords() {
        assertThat(List.of(Failure.class.getPermittedSubclasses()))
                .isNotEmpty()
                .allMatch(Class::isRecord);
    }

    @Test
    void onlyTheEdgeSeesSpringsWeb() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..http")
                .and()
                .doNotHaveSimpleName("GatewayApplication")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework.web..", "org.springframework.http..")
                .because("the domain does not know HTTP")
                .check(CLASSES);
    }

    @Test
    void springStaysInTheGateway() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.pointsman.gateway..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework..")
                .because("nothing Spring-shaped leaves the gateway")
                .check(CLASSES);
    }

    @Test
    void reactorStaysWhereHttpIs() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.pointsman.gateway..",
                        "io.pointsman.backends..",
                        "io.pointsman.serving.server..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("reactor..", "org.reactivestreams..", "io.netty..")
                .because(
                        "deciding takes microseconds and needs no stream; the engine speaks"
                                + " Flow.Publisher")
                .check(CLASSES);
    }

    @Test
    void theEngineIsALibrary() {
        classes()
                .that()
                .resideInAPackage("io.pointsman.serving..")
                .and()
                .resideOutsideOfPackages(
                        "io.pointsman.serving.openai..", "io.pointsman.serving.server..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.pointsman.serving..",
                        "io.pointsman.api..",
                        "java..",
                        "jdk.incubator.vector..",
                        "org.jspecify..")
                .because("it is embedded in processes that choose their own libraries")
                .check(CLASSES);
    }

    @Test
    void theEngineDoesNotKnowWhoServesIt() {
        noClasses()
                .that()
                .resideInAPackage("io.pointsman.serving..")
                .and()
                .resideOutsideOfPackages(
                        "io.pointsman.serving.openai..", "io.pointsman.serving.server..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.pointsman.serving.openai..", "io.pointsman.serving.server..")
                .check(CLASSES);
    }

    @Test
    void onlyTheEnginesServerSeesReactorAndPrometheus() {
        noClasses()
                .that()
                .resideInAPackage("io.pointsman.serving..")
                .and()
                .resideOutsideOfPackage("io.pointsman.serving.server..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("reactor..", "io.netty..", "io.prometheus..")
                .because("the gateway embeds the engine without its server")
                .check(CLASSES);
    }

    private static void assertSeesNoneOf(String module, String... others) {
        var packages =
                List.of(others).stream()
                        .map(other -> "io.pointsman." + other + "..")
                        .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage("io.pointsman." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .because("they meet in the gateway only")
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> decides() {
        return SCORING.or(resideInAnyPackage("io.pointsman.policies.."))
                .as("what decides on routes");
    }

    /// All of `java.io` but its exceptions, which parsers of text throw too, and `Serializable`.
    private static DescribedPredicate<JavaClass> readsOrWrites() {
        return resideInAnyPackage("java.io")
                .and(not(assignableTo(Exception.class)))
                .and(
                        not(
                                DescribedPredicate.<JavaClass>describe(
                                        "Serializable",
                                        it -> it.isEquivalentTo(java.io.Serializable.class))))
                .as("streams, readers and files");
    }
}
