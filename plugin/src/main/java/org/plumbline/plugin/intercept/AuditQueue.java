package org.plumbline.plugin.intercept;

import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounded hand-over from request threads to the audit thread, by number and by the native memory
 * that waits; offering never waits. Thread-safe.
 */
public final class AuditQueue {
    private static final long MOST_BYTES = 256L << 20;

    private final ConcurrentLinkedQueue<AuditTask> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger depth = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final int capacity;

    /**
     * Makes an empty queue.
     *
     * @param capacity tasks it holds at most, at least 1
     */
    public AuditQueue(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("queue: " + capacity + " (expected: >= 1)");
        }
        this.capacity = capacity;
    }

    /** Adds a task; false if the queue is full, and the task stays the caller's. */
    public boolean offer(AuditTask task) {
        boolean number = depth.incrementAndGet() <= capacity;
        boolean memory = bytes.addAndGet(task.bytes()) <= MOST_BYTES;
        if (!number || !memory) {
            depth.decrementAndGet();
            bytes.addAndGet(-task.bytes());
            return false;
        }
        return tasks.add(task);
    }

    /** Takes the oldest task, which is the caller's to close. */
    public Optional<AuditTask> poll() {
        Optional<AuditTask> task = Optional.ofNullable(tasks.poll());
        task.ifPresent(
                t -> {
                    depth.decrementAndGet();
                    bytes.addAndGet(-t.bytes());
                });
        return task;
    }

    /** Returns the number of tasks waiting. */
    public int depth() {
        return Math.min(depth.get(), capacity);
    }
}
