package org.plumbline.plugin.concept;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.plumbline.core.model.ConceptId;
import org.plumbline.plugin.store.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Every fit of a model's concepts, oldest first: JSON lines in one file, which is replaced whole,
 * so that no line is ever torn. A fit repeated with the same result is recorded once; the {@value
 * #LONGEST} latest stay. A damaged file is set aside and its good lines go on. Thread-safe.
 */
public final class FitJournal {
    private static final Logger LOG = LoggerFactory.getLogger(FitJournal.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 2000;

    private final Path file;
    private final List<JsonNode> lines = new ArrayList<>();

    private FitJournal(Path file) {
        this.file = file;
    }

    /** Reads the journal of a model. */
    public static FitJournal open(Path file) {
        FitJournal journal = new FitJournal(file);
        journal.read();
        return journal;
    }

    /** Records a fit; where the file cannot be written, it is recorded until the process ends. */
    public synchronized void add(FitRecord fit) {
        if (find(fit).isPresent()) {
            return;
        }
        lines.add(fit.json());
        if (lines.size() > LONGEST) {
            lines.remove(0);
        }
        try {
            write();
        } catch (IOException e) {
            LOG.warn("{}: fit not recorded on disk: {}", file, e.toString());
        }
    }

    /** Returns a fit as it was recorded when it was made first. */
    public synchronized JsonNode of(FitRecord fit) {
        return find(fit).orElseGet(fit::json);
    }

    /** Returns the fits of a concept, oldest first. */
    public synchronized List<JsonNode> of(ConceptId concept) {
        return lines.stream()
                .filter(l -> l.path("concept").asText().equals(concept.value()))
                .toList();
    }

    private Optional<JsonNode> find(FitRecord fit) {
        String digest = fit.digest().hex();
        return lines.stream().filter(l -> l.path("fit_sha256").asText().equals(digest)).findFirst();
    }

    private void read() {
        if (!Files.isRegularFile(file)) {
            return;
        }
        try {
            int damaged = 0;
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            for (String line : text.lines().toList()) {
                damaged += parse(line) ? 0 : 1;
            }
            if (damaged > 0) {
                SetAside.move(file, new IOException(damaged + " lines are no record"));
                write();
            }
        } catch (IOException e) {
            LOG.warn("{}: earlier fits are not shown: {}", file, e.toString());
        }
    }

    private boolean parse(String line) {
        try {
            JsonNode node = JSON.readTree(line);
            boolean record = node.hasNonNull("concept") && node.hasNonNull("fit_sha256");
            return record && lines.add(node);
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private void write() throws IOException {
        WholeFile.write(file, lines.stream().map(FitJournal::line).collect(Collectors.joining()));
    }

    private static String line(JsonNode node) {
        try {
            return JSON.writeValueAsString(node) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
