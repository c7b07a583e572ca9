package org.plumbline.plugin.intercept;

import org.slf4j.Logger;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Warns at most once a minute, saying how many warnings it kept back. Thread-safe. */
public final class MinuteLog {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final Logger log;
    private final AtomicLong next = new AtomicLong(System.nanoTime());
    private final AtomicLong kept = new AtomicLong();

    /** Warns through a logger. */
    public MinuteLog(Logger log) {
        this.log = log;
    }

    /** Warns about a subject, unless a warning went out within the last minute. */
    public void warn(String message, Object subject, Throwable cause) {
        long now = System.nanoTime();
        long due = next.get();
        if (now - due >= 0 && next.compareAndSet(due, now + MINUTE)) {
            log.warn(
                    "{}: {} ({} more since the last line)",
                    subject,
                    message,
                    kept.getAndSet(0),
                    cause);
        } else {
            kept.incrementAndGet();
        }
    }
}
