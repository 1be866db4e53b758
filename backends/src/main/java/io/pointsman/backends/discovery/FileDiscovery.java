package io.pointsman.backends.discovery;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Finds the replicas that a file lists, a line each: `host:port`, which is reached by the
/// backend's scheme and path, or a base URL of its own. Blank lines and what follows a `#` do not
/// count. Immutable; the file is read each time, as a whole.
///
/// @param baseUrl whose scheme and path replicas share
/// @param file the list
public record FileDiscovery(URI baseUrl, Path file) implements Discovery {

    private static final int LONGEST = 1 << 20;

    @Override
    public List<Address> find() throws IOException {
        var found = new LinkedHashMap<String, Address>();
        int number = 0;
        for (var line : text().lines().toList()) {
            number++;
            var words =
                    line.substring(0, line.indexOf('#') < 0 ? line.length() : line.indexOf('#'));
            if (!words.isBlank()) {
                add(found, words.strip(), number);
            }
        }
        if (found.isEmpty()) {
            throw new IOException(file + " lists no replica");
        }
        return new ArrayList<>(found.values());
    }

    private void add(Map<String, Address> found, String words, int number) throws IOException {
        var address = Address.of(url(words, number));
        found.putIfAbsent(address.label(), address);
        if (found.size() > MOST) {
            throw new IOException(file + " lists more than " + MOST + " replicas");
        }
    }

    private String text() throws IOException {
        try {
            if (Files.size(file) > LONGEST) {
                throw new IOException(file + " is longer than 1 MiB");
            }
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException missing) {
            throw new IOException("there is no file " + file, missing);
        }
    }

    private URI url(String words, int number) throws IOException {
        try {
            var url =
                    words.contains("://")
                            ? new URI(words.replaceAll("/+$", ""))
                            : new URI(baseUrl.getScheme() + "://" + words + baseUrl.getRawPath());
            if (right(url)) {
                return url;
            }
            throw wrong(number);
        } catch (URISyntaxException _) {
            throw wrong(number);
        }
    }

    private boolean right(URI url) {
        return url.getHost() != null
                && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                && url.getRawUserInfo() == null
                && url.getRawQuery() == null
                && url.getRawFragment() == null;
    }

    private IOException wrong(int number) {
        return new IOException(
                file
                        + ", line "
                        + number
                        + ": must be host:port or a base URL such as http://10.0.0.3:8000/v1");
    }
}
