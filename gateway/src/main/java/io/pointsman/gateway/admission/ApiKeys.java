package io.pointsman.gateway.admission;

import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The keys that clients may use, each stored as a [KeyHash] and never as itself. Thread-safe;
/// which keys there are never changes.
///
/// The text form is a line a key, `tenant:hash`, as `pointsman keys create TENANT` prints it; empty
/// lines and lines that begin with `#` are skipped.
public final class ApiKeys {

    private final Map<Long, Entry> byIndex;

    private ApiKeys(Map<Long, Entry> byIndex) {
        this.byIndex = byIndex;
    }

    /// No keys at all.
    public static ApiKeys none() {
        return new ApiKeys(Map.of());
    }

    /// Reads `text`, which errors call `source`.
    ///
    /// @throws IllegalArgumentException if a line is not of the form `tenant:hash`; the message
    ///   names the line and never shows it
    public static ApiKeys parse(String source, String text) {
        var byIndex = new HashMap<Long, Entry>();
        var number = 0;
        for (var raw : text.split("[\\n,]", -1)) {
            number++;
            var line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            var entry = entry(source + ":" + number, line);
            if (byIndex.putIfAbsent(entry.hash.number(), entry) != null) {
                throw new IllegalArgumentException(
                        source + ":" + number + ": this key stands here twice");
            }
        }
        return new ApiKeys(Map.copyOf(byIndex));
    }

    private static Entry entry(String place, String line) {
        var colon = line.indexOf(':');
        var hash = colon < 1 ? Optional.<KeyHash>empty() : KeyHash.parse(line.substring(colon + 1));
        if (hash.isEmpty()) {
            throw new IllegalArgumentException(
                    place
                            + ": expected tenant:hash; make such a line with `pointsman keys create"
                            + " TENANT` (keys themselves are never stored)");
        }
        return new Entry(line.substring(0, colon).strip(), hash.get());
    }

    /// These keys and those of `other`.
    public ApiKeys and(ApiKeys other) {
        var all = new HashMap<>(byIndex);
        all.putAll(other.byIndex);
        return new ApiKeys(Map.copyOf(all));
    }

    /// Whether there are none, so that nobody can be told from anybody else.
    public boolean isEmpty() {
        return byIndex.isEmpty();
    }

    /// The tenant whose key `key` is; empty for a key that is not known.
    Optional<String> tenantOf(String key) {
        var digest = KeyHash.digest(key);
        var entry = byIndex.get(KeyHash.number(digest));
        return entry != null && entry.isOf(key, digest)
                ? Optional.of(entry.tenant)
                : Optional.empty();
    }

    /// A key that may be used. Thread-safe.
    private static final class Entry {

        private final String tenant;
        private final KeyHash hash;

        /// The digest of the key once it was found to be the right one, so that this is found out
        /// once: another key has another digest. In memory only, where the key itself comes by with
        /// each request.
        private volatile byte @Nullable [] known;

        private Entry(String tenant, KeyHash hash) {
            this.tenant = tenant;
            this.hash = hash;
        }

        /// Whether this is `key`, whose digest is `digest`; compared in constant time.
        private boolean isOf(String key, byte[] digest) {
            var right = known;
            if (right != null) {
                return MessageDigest.isEqual(right, digest);
            }
            if (hash.matches(key)) {
                known = digest;
                return true;
            }
            return false;
        }
    }
}
