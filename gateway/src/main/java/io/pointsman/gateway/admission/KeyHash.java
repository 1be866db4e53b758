package io.pointsman.gateway.admission;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
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
    private static final int INDEX_BYTES = 6;

    /// To be cloned, never to be used: looking up an algorithm costs more than a digest.
    private static final MessageDigest BEGUN = begun();

    private static final SecureRandom RANDOM = new SecureRandom();

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
        return new KeyHash(indexOf(key), text, hmac(text, key));
    }

    /// Reads the text form; empty where it is not one.
    public static Optional<KeyHash> parse(String text) {
        var match = FORM.matcher(text.strip());
        return match.matches()
                ? Optional.of(new KeyHash(match.group(1), match.group(2), match.group(3)))
                : Optional.empty();
    }

    /// Whether this is the hash of `key`, compared in constant time.
    public boolean matches(String key) {
        return MessageDigest.isEqual(
                hash.getBytes(StandardCharsets.US_ASCII),
                hmac(salt, key).getBytes(StandardCharsets.US_ASCII));
    }

    private static String indexOf(String key) {
        return HexFormat.of().formatHex(digest(key), 0, INDEX_BYTES);
    }

    /// The index as a number.
    long number() {
        return Long.parseLong(index, 16);
    }

    /// The number that the index of the key with the digest `digest` is.
    static long number(byte[] digest) {
        long number = 0;
        for (int i = 0; i < INDEX_BYTES; i++) {
            number = (number << Byte.SIZE) | (digest[i] & 0xFF);
        }
        return number;
    }

    /// The digest of `key` that the index is taken from: 32 bytes.
    static byte[] digest(String key) {
        try {
            var digest = (MessageDigest) BEGUN.clone();
            return digest.digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (CloneNotSupportedException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static MessageDigest begun() {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update("pointsman key index\0".getBytes(StandardCharsets.US_ASCII));
            return digest;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static String hmac(String salt, String key) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(salt.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
            return BASE64.encodeToString(mac.doFinal(key.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    @Override
    public String toString() {
        return "pm1." + index + "." + salt + "." + hash;
    }
}
