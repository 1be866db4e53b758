package io.pointsman.gateway.ledger;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.util.ArrayList;
import java.util.List;

/// Has what a logger writes to its streams go out once for a batch of lines, since each flush is a
/// call of the operating system, which costs more than the line. Confined to the thread that logs
/// the lines; other threads may log at the same time.
///
/// An appender looks at whether it is to flush while it holds its lock. So whatever another thread
/// writes during the batch is flushed with the batch's last line at the latest, and whatever it
/// writes after that line is flushed at once.
final class Flushing {

    private final List<OutputStreamAppender<?>> held = new ArrayList<>();

    private Flushing() {}

    /// Holds back what `logger` writes, until [#release].
    static Flushing hold(org.slf4j.Logger logger) {
        var flushing = new Flushing();
        if (logger instanceof Logger known) {
            flushing.hold(known);
        }
        return flushing;
    }

    private void hold(Logger logger) {
        var context = logger.getLoggerContext();
        var name = logger.getName();
        for (var each = logger; ; each = context.getLogger(name)) {
            for (var appenders = each.iteratorForAppenders(); appenders.hasNext(); ) {
                if (appenders.next() instanceof OutputStreamAppender<ILoggingEvent> stream
                        && stream.isImmediateFlush()) {
                    stream.setImmediateFlush(false);
                    held.add(stream);
                }
            }
            if (name.equals(Logger.ROOT_LOGGER_NAME) || !each.isAdditive()) {
                return;
            }
            int dot = name.lastIndexOf('.');
            name = dot < 0 ? Logger.ROOT_LOGGER_NAME : name.substring(0, dot);
        }
    }

    /// Has the next line flush what came before it, as each one after it does.
    void release() {
        held.forEach(appender -> appender.setImmediateFlush(true));
    }
}
