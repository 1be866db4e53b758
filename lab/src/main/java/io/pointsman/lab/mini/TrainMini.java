package io.pointsman.lab.mini;

import java.nio.file.Files;
import java.nio.file.Path;

final class Scratch {
    public static void main(String[] args) throws Exception {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("ai.djl.pytorch.num_threads", "1");
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        var out = Path.of(args[1]);
        Files.createDirectories(out);
        var pair =
                new MiniPair(
                        Outside.read(Path.of(args[2])), out, 20261123,
                        line -> System.out.println(java.time.LocalTime.now().withNano(0) + " " + line));
        var kind = Kind.valueOf(args[0]);
        System.out.println(pair.vocabulary().merges());
        pair.train(kind, args.length > 3 ? Integer.parseInt(args[3]) : kind.recipe().steps(), true);
    }
}
