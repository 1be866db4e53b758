package io.pointsman.serving.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelHubTest {

    private static final ModelName NAME = ModelName.parse("owner/repo/model.gguf");
    private static final String PATH = "/owner/repo/resolve/main/model.gguf";

    @TempDir private Path folder = Path.of("");

    private final byte[] model = bytes();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private HttpServer hub = server();
    private HttpServer store = server();

    /// How many bytes each answer of the store sends before it is cut off.
    private final List<Integer> cuts = new ArrayList<>();

    private String tag = "\"" + sha256(model) + "\"";

    @BeforeEach
    void start() {
        hub = server();
        store = server();
        hub.createContext(PATH, this::redirect);
        store.createContext("/blob", this::send);
        hub.start();
        store.start();
    }

    @AfterEach
    void stop() {
        hub.stop(0);
        store.stop(0);
    }

    @Test
    void downloadsOnce() throws Exception {
        var progress = new ArrayList<Long>();
        var file =
                hub().fetch(
                                NAME,
                                folder,
                                (done, total) -> {
                                    assertThat(total).isEqualTo(model.length);
                                    progress.add(done);
                                });

        assertThat(file).hasBinaryContent(model);
        assertThat(progress).isSorted().startsWith(0L).endsWith((long) model.length);
        assertThat(leftovers()).isEmpty();
        requests.clear();
        assertThat(hub().fetch(NAME, folder, (_, _) -> {})).isEqualTo(file);
        assertThat(requests).isEmpty();
    }

    @Test
    void goesOnWhereItWasCutOff() throws Exception {
        cuts.addAll(List.of(1_500_000, 700_000, 0));

        assertThat(hub().fetch(NAME, folder, (_, _) -> {})).hasBinaryContent(model);
        assertThat(requests)
                .anyMatch(ModelHubTest::resumes)
                .filteredOn(request -> request.startsWith("GET"))
                .hasSize(8);
    }

    @Test
    void goesOnInAnotherProcess() throws Exception {
        cuts.addAll(List.of(1_000_000, 0, 0, 0, 0));

        assertThatThrownBy(() -> hub().fetch(NAME, folder, (_, _) -> {}))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("cut off at byte ");
        requests.clear();

        assertThat(hub().fetch(NAME, folder, (_, _) -> {})).hasBinaryContent(model);
        assertThat(requests).anyMatch(ModelHubTest::resumes).doesNotContain("GET null");
    }

    @Test
    void beginsAnewWhereTheFileHasChanged() throws Exception {
        cuts.addAll(List.of(1_000_000, 0, 0, 0, 0));
        assertThatThrownBy(() -> hub().fetch(NAME, folder, (_, _) -> {}))
                .isInstanceOf(HubException.class);
        Arrays.fill(model, (byte) 7);
        tag = "\"" + sha256(model) + "\"";

        assertThat(hub().fetch(NAME, folder, (_, _) -> {})).hasBinaryContent(model);
    }

    @Test
    void deletesWhatDoesNotMatchItsChecksum() {
        tag = "\"" + "0".repeat(64) + "\"";

        assertThatThrownBy(() -> hub().fetch(NAME, folder, (_, _) -> {}))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("the hub says 0000");
        assertThat(NAME.in(folder)).doesNotExist();
        assertThat(leftovers()).noneMatch(name -> name.endsWith(".part"));
    }

    @Test
    void doesWithoutAChecksumWhereTheHubHasNone() throws Exception {
        tag = "\"v1\"";

        assertThat(hub().fetch(NAME, folder, (_, _) -> {})).hasBinaryContent(model);
    }

    @Test
    void sendsTheTokenToTheHubAlone() throws Exception {
        new ModelHub(address(hub), Optional.of("secret"), Duration.ZERO)
                .fetch(NAME, folder, (_, _) -> {});

        assertThat(requests).contains("hub Bearer secret").doesNotContain("store Bearer secret");
    }

    @ParameterizedTest
    @CsvSource({
        "401, needs a token: set HF_TOKEN",
        "404, has no owner/repo/model.gguf",
        "503, answers 503"
    })
    void saysWhyAFileCannotBeHad(int status, String reason) {
        hub.removeContext(PATH);
        hub.createContext(
                PATH,
                exchange -> {
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                });

        assertThatThrownBy(() -> hub().fetch(NAME, folder, (_, _) -> {}))
                .isInstanceOf(HubException.class)
                .hasMessageContaining(reason);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void saysThatTheHubCannotBeReached() {
        hub.stop(0);

        assertThatThrownBy(() -> hub().fetch(NAME, folder, (_, _) -> {}))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("cannot be reached");
    }

    @Test
    void leavesADownloadOfAnotherProcessAlone() throws Exception {
        var part = NAME.in(folder).resolveSibling("model.gguf.part");
        Files.createDirectories(part.getParent());
        try (var channel =
                        FileChannel.open(
                                part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            assertThatThrownBy(() -> hub().fetch(NAME, folder, (_, _) -> {}))
                    .isInstanceOf(HubException.class)
                    .hasMessageContaining("by another process");
        }
    }

    @Test
    void readsNames() {
        assertThat(ModelName.parse("a/b/c.gguf@v1.0"))
                .isEqualTo(new ModelName("a/b", "c.gguf", "v1.0"))
                .hasToString("a/b/c.gguf@v1.0");
        assertThat(ModelName.parse("a/b/q8/c-00001.gguf").path())
                .isEqualTo("a/b/resolve/main/q8/c-00001.gguf");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "a/b",
                "../b/c",
                "a/../c",
                "a/b/..",
                "a/b/../c",
                "a/b/c?x",
                "a/b/c@..",
                "a/b//c",
                "/a/b/c",
                "a/b/c d"
            })
    void refusesWhatIsNoName(String name) {
        assertThatThrownBy(() -> ModelName.parse(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("owner/repository/file.gguf");
    }

    private ModelHub hub() {
        return new ModelHub(address(hub), Optional.empty(), Duration.ZERO);
    }

    private void redirect(HttpExchange exchange) throws IOException {
        note("hub", exchange);
        assertThat(exchange.getRequestURI()).hasPath(PATH);
        exchange.getResponseHeaders().add("X-Linked-ETag", tag);
        exchange.getResponseHeaders().add("X-Linked-Size", String.valueOf(model.length));
        exchange.getResponseHeaders().add("Location", address(store) + "blob");
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private void send(HttpExchange exchange) throws IOException {
        note("store", exchange);
        var range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
        int length = cuts.isEmpty() ? model.length - from : cuts.removeFirst();
        exchange.sendResponseHeaders(range == null ? 200 : 206, model.length - from);
        exchange.getResponseBody().write(model, from, length);
        exchange.getResponseBody().flush();
        exchange.close();
    }

    private void note(String server, HttpExchange exchange) {
        var headers = exchange.getRequestHeaders();
        requests.add(exchange.getRequestMethod() + " " + headers.getFirst("Range"));
        requests.add(server + " " + headers.getFirst("Authorization"));
    }

    private List<String> leftovers() {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("model.gguf"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether a request asks for more of what has come. How much of a cut connection arrives is
    /// the operating system's affair.
    private static boolean resumes(String request) {
        return request.matches("GET bytes=[1-9][0-9]*-");
    }

    private static URI address(HttpServer server) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    private static HttpServer server() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes() {
        var bytes = new byte[3_000_000];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
