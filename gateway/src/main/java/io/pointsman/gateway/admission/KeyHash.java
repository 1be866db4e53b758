package io.pointsman.gateway.admission;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What is stored of an API key: `pm1.INDEX.SALT.HASH`, where HASH is HMAC-SHA-256 of the key under
/// a random salt and INDEX is 48 bits of another digest, which finds the entry without trying all.
/// Whoever reads it cannot call the gateway with it. Keys are random and long, so a slow password
/// hash would add nothing but delay.
///
/// @param index 12 hexadecimal digits
/// @param salt 16 random bytes, base64url
/// @param hash 32 bytes, base64url
public record KeyHash(String index, String salt, String hash) {

    private static final Pattern FORM =
            Pattern.compile("pm1\\.([0-9a-f]{12})\\.([A-Za-z0-9_-]{22})\\.([A-Za-z0-9_-]{43})");
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int INDEX_BYTES = 6;
    private static final MessageDigest INDEX = indexDigest();

    /// Makes a new key of 256 random bits.
    public static String newKey() {
        var bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return "pmk-" + BASE64.encodeToString(bytes);
    }

    /// The hash of `key` under a fresh salt.
    public static KeyHash of(String key) {
        var salt = new byte[16];
        RANDOM.nextBytes(salt);
        var text = BASE64.encodeToString(salt);
        return new KeyHash(indexOf(key), text, BASE64.encodeToString(finish(hmac(text), key)));
    }

    /// Reads the text form; empty where it is not one.
    public static Optional<KeyHash> parse(String text) {
        var match = FORM.matcher(text.strip());
        return match.matches()
                ? Optional.of(new KeyHash(match.group(1), match.group(2), match.group(3)))
                : Optional.empty();
    }

    /// Tells whether this is the hash of a key, compared in constant time; thread-safe. It is made
    /// once for each hash, since to prepare for hashing takes longer than to hash.
    Predicate<String> check() {
        var prepared = hmac(salt);
        var expected = Base64.getUrlDecoder().decode(hash);
        return key -> MessageDigest.isEqual(expected, finish(prepared, key));
    }

    static String indexOf(String key) {
        return indexOf(digestOf(key));
    }

    /// The index that `digest` begins with.
    static String indexOf(byte[] digest) {
        return HexFormat.of().formatHex(digest, 0, INDEX_BYTES);
    }

    /// The digest of `key` that its index is a part of.
    static byte[] digestOf(String key) {
        try {
            var digest = (MessageDigest) INDEX.clone();
            return digest.digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// The digest of indexes, with what comes before each key already in it; never changed.
    private static MessageDigest indexDigest() {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update("pointsman key index\0".getBytes(StandardCharsets.US_ASCII));
            return digest;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static Mac hmac(String salt) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(salt.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static byte[] finish(Mac prepared, String key) {
        try {
            return ((Mac) prepared.clone()).doFinal(key.getBytes(StandardCharsets.UTF_8));
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public String toString() {
        return "pm1." + index + "." + salt + "." + hash;
    }
}
