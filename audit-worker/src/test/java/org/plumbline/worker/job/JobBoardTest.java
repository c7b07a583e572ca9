package org.plumbline.worker.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

class JobBoardTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

    @TempDir private Path folder;
    private JobBoard board;

    private JobBoard board() {
        return new JobBoard(new JobStore(folder), CLOCK);
    }

    @BeforeEach
    void open() {
        board = board();
    }

    private Job add(String request) {
        Job job = board.draft(request, JobStoreTest.job("x", new JobState.Queued(), 0).spec());
        board.add(job);
        return job;
    }

    @Test
    void idsSortByCreationEvenWithinAMillisecond() {
        List<String> ids = List.of(add("a").id(), add("b").id(), add("c").id());
        assertThat(ids).isSorted();
        assertThat(board.newestFirst())
                .extracting(Job::id)
                .containsExactly(ids.get(2), ids.get(1), ids.get(0));
    }

    @Test
    void watchersHearTheStateAtOnceAndEveryChangeUntilTheyStop() {
        Job job = add("a");
        List<String> heard = new ArrayList<>();
        Runnable stop = board.watch(job.id(), j -> heard.add(j.state().label()));
        board.touch(job.id(), j -> j.started(Instant.EPOCH));
        stop.run();
        board.change(job.id(), j -> j.in(new JobState.Cancelled(), Instant.EPOCH));
        assertThat(heard).containsExactly("queued", "running");
    }

    @Test
    void aFinishedJobKeepsItsState() {
        Job job = add("a");
        board.change(job.id(), j -> j.in(new JobState.Failed("x"), Instant.EPOCH));
        Job after = board.change(job.id(), j -> j.in(new JobState.Queued(), Instant.EPOCH));
        assertThat(after.state()).isEqualTo(new JobState.Failed("x"));
    }

    @Test
    void onlyKeptChangesAndRequestsSurviveARestart() {
        Job job = add("a");
        board.touch(job.id(), j -> j.started(Instant.EPOCH));
        JobBoard next = board();
        assertThat(next.require(job.id()).state()).isEqualTo(new JobState.Queued());
        assertThat(next.known("a", job.spec())).contains(next.require(job.id()));
        assertThatThrownBy(() -> next.require("none")).hasMessageContaining("corrections/none");
    }
}
