package io.pointsman.gateway.config;

import io.pointsman.policies.yaml.YamlValue;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Reads absolute URLs that may hold no secret.
final class Urls {

    private Urls() {}

    /// The URL that `value` says, of one of `schemes`, without user, query and fragment.
    static Optional<URI> read(YamlValue value, String example, String... schemes) {
        var url = value.text().flatMap(Urls::parse);
        if (value.text().isEmpty()) {
            return Optional.empty();
        }
        var wrong = url.map(uri -> wrong(uri, List.of(schemes))).orElse("must be a URL");
        if (!wrong.isEmpty()) {
            value.problem(wrong + " such as " + example);
            return Optional.empty();
        }
        return url;
    }

    private static Optional<URI> parse(String text) {
        try {
            return Optional.of(new URI(text));
        } catch (URISyntaxException _) {
            return Optional.empty();
        }
    }

    private static String wrong(URI uri, List<String> schemes) {
        if (uri.getScheme() == null
                || uri.getHost() == null
                || !schemes.contains(uri.getScheme().toLowerCase(Locale.ROOT))) {
            return "must be a URL that begins with " + String.join(":// or ", schemes) + "://,";
        }
        if (uri.getUserInfo() != null) {
            return "must not hold a user or password; it must be a URL";
        }
        return uri.getQuery() == null && uri.getFragment() == null
                ? ""
                : "must be a URL without ? and #,";
    }
}
