package org.plumbline.plugin.djlserving;

import ai.djl.Model;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.translate.ServingTranslatorFactory;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorFactory;
import ai.djl.util.Pair;

import org.plumbline.plugin.host.AuditRuntime;
import org.plumbline.plugin.host.HostedModel;
import org.plumbline.plugin.intercept.AuditBlock;
import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Made by DJL by name after a model is loaded and before it answers: the moment to attach. Returns
 * the translator the model would have had without us. Thread-safe.
 */
public final class AuditTranslatorFactory implements TranslatorFactory {
    static final String OWN_FACTORY = "plumblineTranslatorFactory";
    static final String NAME = "plumblineModelName";
    static final String VERSION = "plumblineModelVersion";
    static final String ARCHIVE = "plumblineArchive";

    private static final Logger LOG = LoggerFactory.getLogger(AuditTranslatorFactory.class);
    private static final String FACTORY = "translatorFactory";

    // DJL makes this class by name and passes it nothing: the only way to reach the plugin
    private static volatile Optional<AuditRuntime> runtime = Optional.empty();

    /** Called by DJL by name. */
    public AuditTranslatorFactory() {
        // nothing to keep
    }

    static void use(AuditRuntime started) {
        runtime = Optional.of(started);
    }

    @Override
    public Set<Pair<Type, Type>> getSupportedTypes() {
        return Set.of(new Pair<>(Input.class, Output.class));
    }

    @Override
    public boolean isSupported(Class<?> input, Class<?> output) {
        return true;
    }

    /**
     * Returns the model's own translator and attaches the audit.
     *
     * @throws TranslateException if the model's own factory does
     */
    @Override
    public <I, O> Translator<I, O> newInstance(
            Class<I> input, Class<O> output, Model model, Map<String, ?> arguments)
            throws TranslateException {
        Map<String, Object> own = new HashMap<>(arguments);
        own.keySet().removeAll(Set.of(FACTORY, OWN_FACTORY, NAME, VERSION, ARCHIVE));
        text(arguments, OWN_FACTORY).ifPresent(factory -> own.put(FACTORY, factory));
        Translator<I, O> translator =
                new ServingTranslatorFactory().newInstance(input, output, model, own);
        try {
            attach(model, arguments, translator);
        } catch (RuntimeException | LinkageError e) {
            LOG.error("{}: served without an audit", model.getName(), e);
        }
        return translator;
    }

    @SuppressWarnings("unchecked") // the server's models take Input and give Output
    private static void attach(Model model, Map<String, ?> arguments, Translator<?, ?> translator) {
        Optional<AuditRuntime> started = runtime;
        Optional<String> archive = text(arguments, ARCHIVE);
        if (started.isEmpty()
                || archive.isEmpty()
                || model.getBlock() instanceof AuditBlock) { // named in serving.properties as well
            return;
        }
        Path file = Path.of(archive.get());
        String name = text(arguments, NAME).orElse(model.getName());
        AutoCloseable audit =
                started.get()
                        .attach(
                                new HostedModel(
                                        new ModelKey(name, text(arguments, VERSION)),
                                        file.resolveSibling(""),
                                        file,
                                        model,
                                        (Translator<Input, Output>) translator));
        model.getNDManager().attachInternal("plumbline-audit-" + name, audit);
    }

    private static Optional<String> text(Map<String, ?> arguments, String key) {
        return Optional.ofNullable(arguments.get(key)).map(Object::toString);
    }
}
