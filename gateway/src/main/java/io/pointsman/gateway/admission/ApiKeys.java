package io.pointsman.gateway.admission;

import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The keys that clients may use, each stored as a [KeyHash] and never as itself. Thread-safe.
///
/// The text form is a line a key, `tenant:hash`, as `pointsman keys create TENANT` prints it; empty
/// lines and lines that begin with `#` are skipped.
public final class ApiKeys {

    private final Map<String, Entry> byIndex;

    private ApiKeys(Map<String, Entry> byIndex) {
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
        var byIndex = new HashMap<String, Entry>();
        var number = 0;
        for (var raw : text.split("[\\n,]", -1)) {
            number++;
            var line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            var entry = entry(source + ":" + number, line);
            if (byIndex.putIfAbsent(entry.index, entry) != null) {
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
        var digest = KeyHash.digestOf(key);
        var entry = byIndex.get(KeyHash.indexOf(digest));
        return entry != null && entry.proves(key, digest)
                ? Optional.of(entry.tenant)
                : Optional.empty();
    }

    /// One key, without itself. Thread-safe.
    private static final class Entry {

        private final String tenant;
        private final String index;
        private final Predicate<String> check;

        /// The digest of the key, once it has come and proved right: who has the same digest has
        /// the same key, which need not be hashed under its salt again.
        private volatile byte @Nullable [] proven;

        Entry(String tenant, KeyHash hash) {
            this.tenant = tenant;
            this.index = hash.index();
            this.check = hash.check();
        }

        boolean proves(String key, byte[] digest) {
            var known = proven;
            if (known != null) {
                return MessageDigest.isEqual(known, digest);
            }
            var right = check.test(key);
            if (right) {
                proven = digest;
            }
            return right;
        }
    }
}
