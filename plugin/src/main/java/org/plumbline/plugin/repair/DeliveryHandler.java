package org.plumbline.plugin.repair;

import java.util.List;

/** Acts on what a worker says. Calls return at once; the work is done elsewhere. */
public interface DeliveryHandler {
    /** Returns the models this worker may repair. */
    List<AnnouncedModel> announced(WorkerLink link);

    /** Takes an offer; repeated offers of one id change nothing and are answered again. */
    void offered(CheckpointOffer offer, WorkerLink link);

    /** Serves a staged checkpoint. */
    void promote(String id, WorkerLink link);

    /** Goes back to what was served before. */
    void rollBack(String id, String reason, WorkerLink link);
}
