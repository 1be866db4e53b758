package io.pointsman.serving.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A server that hands out model files as Hugging Face does: `{address}/{repository}/resolve/
/// {revision}/{file}`, with ranges, and with the SHA-256 of a large file in `X-Linked-ETag` or
/// `ETag`. Immutable.
///
/// A download lies in `file.part` until it is complete and checked. One that was cut off goes on
/// where it stopped, in this process or a later one, unless the file has changed at the hub.
///
/// [resolve](https://huggingface.co/docs/hub/models-downloading)
public final class ModelHub {

    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
    private static final int MOST_REDIRECTS = 5;
    private static final int MOST_ATTEMPTS = 5;
    private static final int CHUNK = 1 << 20;

    private final URI address;
    private final Optional<String> token;
    private final Duration pause;
    private final HttpClient client;

    /// Is told how far a download is.
    @FunctionalInterface
    public interface Progress {

        /// `done` of `total` bytes are here.
        ///
        /// @param total 0 where the hub does not say
        void at(long done, long total);
    }

    /// What a hub says of a file before it is sent.
    ///
    /// @param tag changes when the file does; empty where the hub has none
    private record Description(long size, String tag, Optional<String> sha256) {}

    /// @param token of an account, sent to the hub itself and not to where it redirects
    /// @param pause before a download that was cut off goes on
    public ModelHub(URI address, Optional<String> token, Duration pause) {
        this.address = address;
        this.token = token;
        this.pause = pause;
        client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();
    }

    /// The file called `name`, which is downloaded unless it lies in `folder` already.
    ///
    /// @throws HubException where it cannot be had
    public Path fetch(ModelName name, Path folder, Progress progress)
            throws IOException, InterruptedException {
        var file = name.in(folder);
        if (Files.exists(file)) {
            return file;
        }
        Files.createDirectories(file.getParent());
        var description = describe(name);
        checkSpace(name, file, description);
        var part = file.resolveSibling(file.getFileName() + ".part");
        try (var channel =
                        FileChannel.open(
                                part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            if (lock == null) {
                throw beingDownloaded(name);
            }
            download(name, description, channel, part, progress);
        } catch (OverlappingFileLockException e) {
            throw beingDownloaded(name);
        }
        check(name, description, part);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        Files.deleteIfExists(tagFile(part));
        return file;
    }

    private static HubException beingDownloaded(ModelName name) {
        return new HubException(name + " is being downloaded by another process");
    }

    /// Asks for a file without its contents. What a redirection tells of the file is enough: the
    /// store behind it may take no such requests.
    private Description describe(ModelName name) throws IOException, InterruptedException {
        var location = location(name);
        for (int i = 0; i <= MOST_REDIRECTS; i++) {
            var request = request(location).method("HEAD", HttpRequest.BodyPublishers.noBody());
            var response = send(request, BodyHandlers.discarding());
            var headers = response.headers();
            var tag = headers.firstValue("X-Linked-ETag");
            var size = headers.firstValue("X-Linked-Size");
            if (response.statusCode() / 100 != 3) {
                checkStatus(name, response.statusCode());
                return description(
                        tag.or(() -> headers.firstValue("ETag")),
                        size.or(() -> headers.firstValue("Content-Length")));
            }
            if (tag.isPresent() && size.isPresent()) {
                return description(tag, size);
            }
            location = redirected(location, headers.firstValue("Location").orElse(""));
        }
        throw new HubException(name + ": the hub redirects without end");
    }

    private static Description description(Optional<String> tag, Optional<String> size) {
        var digest =
                tag.map(it -> it.replaceFirst("^W/", "").replace("\"", "").toLowerCase(Locale.ROOT))
                        .filter(it -> SHA_256.matcher(it).matches());
        return new Description(size.map(ModelHub::number).orElse(0L), tag.orElse(""), digest);
    }

    private URI location(ModelName name) {
        return address.resolve(address.getPath().replaceFirst("/?$", "/") + name.path());
    }

    private static long number(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    private URI redirected(URI from, String location) throws HubException {
        var to = from.resolve(location);
        if (location.isEmpty()
                || (from.getScheme().equals("https") && !to.getScheme().equals("https"))) {
            throw new HubException(
                    "the hub redirects to '" + location + "', which is not followed");
        }
        return to;
    }

    private HttpRequest.Builder request(URI location) {
        var request = HttpRequest.newBuilder(location).timeout(Duration.ofSeconds(60));
        if (token.isPresent()
                && location.getHost().equals(address.getHost())
                && location.getPort() == address.getPort()) {
            request.header("Authorization", "Bearer " + token.get());
        }
        return request;
    }

    private <T> HttpResponse<T> send(
            HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler)
            throws IOException, InterruptedException {
        try {
            return client.send(request.build(), handler);
        } catch (IOException e) {
            throw new HubException("%s cannot be reached: %s".formatted(address, e), e);
        }
    }

    private void checkStatus(ModelName name, int status) throws HubException {
        switch (status) {
            case 200, 206 -> {}
            case 401, 403 ->
                    throw new HubException(
                            token.isPresent()
                                    ? "%s: the token has no right to it".formatted(name)
                                    : "%s needs a token: set HF_TOKEN".formatted(name));
            case 404 -> throw new HubException("%s has no %s".formatted(address, name));
            default -> throw new HubException("%s: %s answers %d".formatted(name, address, status));
        }
    }

    private static void checkSpace(ModelName name, Path file, Description description)
            throws IOException {
        long free = Files.getFileStore(file.getParent()).getUsableSpace();
        if (description.size > free) {
            throw new HubException(
                    "%s takes %d MiB, and %s has room for %d MiB"
                            .formatted(name, description.size >> 20, file.getParent(), free >> 20));
        }
    }

    private void download(
            ModelName name, Description description, FileChannel to, Path part, Progress progress)
            throws IOException, InterruptedException {
        if (!tagOf(part).equals(description.tag) || description.tag.isEmpty()) {
            to.truncate(0);
            Files.writeString(tagFile(part), description.tag);
        }
        int failures = 0;
        while (description.size == 0 || to.size() < description.size) {
            long before = to.size();
            try {
                receive(name, description, to, progress);
                if (description.size == 0) {
                    return;
                }
            } catch (HubException e) {
                throw e;
            } catch (IOException e) {
                failures = to.size() > before ? 1 : failures + 1;
                if (failures == MOST_ATTEMPTS || description.size == 0) {
                    throw new HubException(
                            "%s was cut off at byte %d; the next attempt goes on there (%s)"
                                    .formatted(name, to.size(), e),
                            e);
                }
                Thread.sleep(pause);
            }
        }
    }

    private void receive(ModelName name, Description description, FileChannel to, Progress progress)
            throws IOException, InterruptedException {
        var location = location(name);
        for (int i = 0; i <= MOST_REDIRECTS; i++) {
            var request = request(location);
            if (to.size() > 0) {
                request.header("Range", "bytes=" + to.size() + "-");
            }
            var response = client.send(request.GET().build(), BodyHandlers.ofInputStream());
            try (var body = response.body()) {
                if (response.statusCode() / 100 == 3) {
                    var next = response.headers().firstValue("Location").orElse("");
                    location = redirected(location, next);
                    continue;
                }
                checkStatus(name, response.statusCode());
                if (response.statusCode() == 200) {
                    to.truncate(0);
                }
                copy(name, body, to, description.size, progress);
                return;
            }
        }
        throw new HubException(name + ": the hub redirects without end");
    }

    private static void copy(
            ModelName name, InputStream body, FileChannel to, long size, Progress progress)
            throws IOException {
        to.position(to.size());
        var buffer = new byte[CHUNK];
        progress.at(to.size(), size);
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
            if (size > 0 && to.size() + read > size) {
                throw new HubException(name + " is longer than the hub said");
            }
            var bytes = ByteBuffer.wrap(buffer, 0, read);
            while (bytes.hasRemaining()) {
                to.write(bytes);
            }
            progress.at(to.size(), size);
        }
        if (to.size() < size) {
            throw new IOException("the connection ended");
        }
    }

    private static void check(ModelName name, Description description, Path part)
            throws IOException {
        if (description.sha256.isEmpty()) {
            return;
        }
        var digest = sha256(part);
        if (!digest.equals(description.sha256.get())) {
            Files.delete(part);
            throw new HubException(
                    "%s was received with SHA-256 %s, the hub says %s; it is deleted"
                            .formatted(name, digest, description.sha256.get()));
        }
    }

    private static String sha256(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var digest = MessageDigest.getInstance("SHA-256");
            var buffer = new byte[CHUNK];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static Path tagFile(Path part) {
        return part.resolveSibling(part.getFileName() + ".etag");
    }

    private static String tagOf(Path part) throws IOException {
        return Files.exists(tagFile(part)) ? Files.readString(tagFile(part)) : "";
    }
}
