package org.plumbline.worker.delivery;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.model.Digest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The attached servers and what each is offered. A checkpoint goes to every server that serves its
 * model from the archive it was made of, one at a time per server and model, the newest first, and
 * again after every reconnect until the server's word is final. Thread-safe.
 */
public final class Fleet {
    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);

    private final Map<String, Offer> offers = new LinkedHashMap<>();
    private final Map<Address, Delivery> deliveries = new HashMap<>();
    private final Map<String, Server> servers = new HashMap<>();
    private final DeliveryListener listener;
    private final InstantSource clock;

    private record Address(String deliveryId, String serverId) {}

    /** Makes a fleet without servers. */
    public Fleet(DeliveryListener listener, InstantSource clock) {
        this.listener = listener;
        this.clock = clock;
    }

    /**
     * Offers a checkpoint from now on. Publishing the same checkpoint for the same model twice
     * changes nothing.
     *
     * @param known what servers said about it before a restart
     */
    public synchronized void publish(Offer offer, List<Delivery> known) {
        if (offers.putIfAbsent(offer.deliveryId(), offer) == null) {
            known.forEach(d -> deliveries.put(new Address(offer.deliveryId(), d.serverId()), d));
        }
        servers.values().forEach(this::offerNext);
    }

    /** Takes what a server serves; offers follow on {@code link}. */
    public synchronized void announce(String serverId, List<ServedModel> models, ServerLink link) {
        Server server = servers.get(serverId);
        if (server == null || server.link != link) {
            if (server != null) {
                server.link.replaced();
            }
            LOG.info("server {} attached with {} models", serverId, models.size());
            server = new Server(serverId, link);
            servers.put(serverId, server);
        }
        server.models = List.copyOf(models);
        settleServed(server);
        offerNext(server);
    }

    /** Takes a server's word on a delivery; an unknown one is rolled back. */
    public synchronized void report(
            String serverId,
            ServerLink link,
            String deliveryId,
            DeliveryState state,
            String detail) {
        Server server = servers.get(serverId);
        if (server == null || server.link != link) {
            return;
        }
        Offer offer = offers.get(deliveryId);
        if (offer == null) {
            link.rollback(deliveryId, "unknown delivery");
            return;
        }
        record(offer, serverId, state, detail);
        if (state == DeliveryState.STAGED) {
            link.promote(deliveryId);
        } else if (state.settled()) {
            server.pending.remove(offer.modelName(), deliveryId);
            if (state == DeliveryState.PROMOTED) {
                server.nowServes(offer.modelName(), offer.checkpoint());
            }
            offerNext(server);
        }
    }

    /** Forgets a link; what it left open is offered again when the server attaches. */
    public synchronized void detach(String serverId, ServerLink link) {
        Server server = servers.get(serverId);
        if (server != null && server.link == link) {
            servers.remove(serverId);
            LOG.info("server {} detached", serverId);
        }
    }

    /** Returns the ids of the attached servers. */
    public synchronized List<String> attached() {
        return servers.keySet().stream().sorted().toList();
    }

    /** A promotion whose report was lost shows in what the server serves. */
    private void settleServed(Server server) {
        for (Offer offer : List.copyOf(offers.values())) {
            if (server.serves(offer.modelName(), offer.checkpoint())
                    && state(offer, server.id).filter(s -> !s.settled()).isPresent()) {
                server.pending.remove(offer.modelName(), offer.deliveryId());
                record(offer, server.id, DeliveryState.PROMOTED, "served after reattaching");
            }
        }
    }

    private void offerNext(Server server) {
        for (ServedModel model : server.models) {
            if (!server.pending.containsKey(model.name())) {
                next(server, model)
                        .ifPresent(
                                offer -> {
                                    server.pending.put(model.name(), offer.deliveryId());
                                    if (state(offer, server.id).isEmpty()) {
                                        record(offer, server.id, DeliveryState.OFFERED, "");
                                    }
                                    server.link.offer(offer);
                                });
            }
        }
    }

    private Optional<Offer> next(Server server, ServedModel model) {
        List<Offer> open = new ArrayList<>();
        for (Offer offer : offers.values()) {
            boolean fits =
                    offer.modelName().equals(model.name())
                            && offer.source().equals(model.archive());
            if (fits && state(offer, server.id).filter(DeliveryState::settled).isEmpty()) {
                open.add(offer);
            }
        }
        return open.stream().max(Comparator.comparing(Offer::job));
    }

    private Optional<DeliveryState> state(Offer offer, String serverId) {
        return Optional.ofNullable(deliveries.get(new Address(offer.deliveryId(), serverId)))
                .map(Delivery::state);
    }

    private void record(Offer offer, String serverId, DeliveryState state, String detail) {
        Address address = new Address(offer.deliveryId(), serverId);
        @Nullable Delivery last = deliveries.get(address);
        if (last != null && last.state() == state && Objects.equals(last.detail(), detail)) {
            return;
        }
        Delivery delivery = new Delivery(serverId, state, detail, clock.instant());
        listener.onDelivery(offer, delivery);
        deliveries.put(address, delivery);
        LOG.info(
                "delivery of {} from {} to {}: {} {}",
                offer.modelName(),
                offer.job(),
                serverId,
                state,
                detail);
    }

    private static final class Server {
        private final String id;
        private final ServerLink link;

        /** Delivery under way by model, on this link. */
        private final Map<String, String> pending = new HashMap<>();

        private List<ServedModel> models = List.of();

        Server(String id, ServerLink link) {
            this.id = id;
            this.link = link;
        }

        void nowServes(String name, Digest archive) {
            models =
                    models.stream()
                            .map(
                                    m ->
                                            m.name().equals(name)
                                                    ? new ServedModel(name, m.version(), archive)
                                                    : m)
                            .toList();
        }

        boolean serves(String name, Digest archive) {
            return models.stream()
                    .anyMatch(m -> m.name().equals(name) && m.archive().equals(archive));
        }
    }
}
