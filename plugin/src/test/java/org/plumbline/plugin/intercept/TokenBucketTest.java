package org.plumbline.plugin.intercept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

class TokenBucketTest {
    private static final double SECOND = 1e9;

    @Test
    void itStartsEmptyAndEarnsAShareOfTheTimeServed() {
        TokenBucket bucket = new TokenBucket(0.1);
        assertThat(bucket.reserve(1)).isFalse();
        bucket.earn(1000);
        assertThat(bucket.reserve(101)).isFalse();
        assertThat(bucket.reserve(100)).isTrue();
        assertThat(bucket.reserve(1)).isFalse();
    }

    @Test
    void itKeepsNoMoreThanTenSecondsOfServingEarned() {
        TokenBucket bucket = new TokenBucket(0.1);
        bucket.earn(1000 * SECOND);
        assertThat(bucket.level()).isEqualTo(1);
        assertThat(bucket.reserve((long) (1.001 * SECOND))).isFalse();
        assertThat(bucket.reserve((long) SECOND)).isTrue();
    }

    @Test
    void whatAnAuditCostsBeyondItsReservationIsADebt() {
        TokenBucket bucket = new TokenBucket(1);
        bucket.earn(100);
        assertThat(bucket.reserve(100)).isTrue();
        bucket.settle(100, 150);
        bucket.earn(50);
        assertThat(bucket.reserve(1)).isFalse();
        bucket.earn(1);
        assertThat(bucket.reserve(1)).isTrue();
    }

    @Test
    void aCheapAuditWaitsUntilADearOneCouldGoToo() {
        TokenBucket bucket = new TokenBucket(1);
        bucket.dearest(100);
        bucket.earn(99);
        assertThat(bucket.reserve(1)).isFalse();
        bucket.earn(1);
        assertThat(bucket.reserve(1)).isTrue();
        bucket.earn(100 * SECOND);
        assertThat(bucket.level()).isCloseTo(1, within(1e-9));
    }

    @Test
    void threadsNeverReserveMoreThanWasEarned() throws Exception {
        TokenBucket bucket = new TokenBucket(1);
        bucket.earn(10_000);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<Integer>> reserved = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            reserved.add(
                    threads.submit(
                            () -> {
                                int taken = 0;
                                for (int i = 0; i < 10_000; i++) {
                                    taken += bucket.reserve(1) ? 1 : 0;
                                }
                                return taken;
                            }));
        }
        int sum = 0;
        for (Future<Integer> future : reserved) {
            sum += future.get(30, TimeUnit.SECONDS);
        }
        threads.shutdownNow();
        assertThat(sum).isEqualTo(10_000);
    }
}
