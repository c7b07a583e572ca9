package org.plumbline.plugin.intercept;

import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounded hand-over from request threads to the audit thread; offering never waits. Thread-safe.
 */
public final class AuditQueue {
    private final ConcurrentLinkedQueue<AuditEvent> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger depth = new AtomicInteger();
    private final int capacity;

    /**
     * Makes an empty queue.
     *
     * @param capacity events it holds at most, at least 1
     */
    public AuditQueue(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("queue: " + capacity + " (expected: >= 1)");
        }
        this.capacity = capacity;
    }

    /** Adds an event; false if the queue is full. */
    public boolean offer(AuditEvent event) {
        if (depth.incrementAndGet() > capacity) {
            depth.decrementAndGet();
            return false;
        }
        return events.add(event);
    }

    /** Takes the oldest event. */
    public Optional<AuditEvent> poll() {
        Optional<AuditEvent> event = Optional.ofNullable(events.poll());
        event.ifPresent(e -> depth.decrementAndGet());
        return event;
    }

    /** Returns the number of events waiting. */
    public int depth() {
        return Math.min(depth.get(), capacity);
    }
}
