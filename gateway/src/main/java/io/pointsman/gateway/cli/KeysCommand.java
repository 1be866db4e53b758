package io.pointsman.gateway.cli;

import io.pointsman.gateway.admission.KeyHash;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `pointsman keys`: makes the keys that clients authenticate with.
@Command(name = "keys", description = "Make API keys for clients.", mixinStandardHelpOptions = true)
public final class KeysCommand {

    private static final Pattern TENANT = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    @Spec private CommandSpec spec;

    KeysCommand() {}

    @Command(
            name = "create",
            description = "Make a key, and the line that lets it in.",
            mixinStandardHelpOptions = true)
    void create(@Parameters(paramLabel = "TENANT") String tenant) {
        if (!TENANT.matcher(tenant).matches()) {
            throw new ParameterException(
                    spec.commandLine(), "a tenant's name is 1 to 64 of [A-Za-z0-9._-]");
        }
        var key = KeyHash.newKey();
        var out = spec.commandLine().getOut();
        out.println("Give this key to " + tenant + "; it is shown only now:");
        out.println("  " + key);
        out.println(
                "Put this line into auth.keys-file (or the variable that auth.keys-env names):");
        out.println("  " + tenant + ":" + KeyHash.of(key));
    }
}
