package org.plumbline.plugin.djlserving;

import ai.djl.Device;
import ai.djl.serving.wlm.ModelInfo;
import ai.djl.serving.wlm.util.ModelServerListenerAdapter;

import org.plumbline.plugin.config.AuditConfigLoader;
import org.plumbline.plugin.host.ArchiveFinder;
import org.plumbline.plugin.host.AuditRuntime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Puts our translator factory in front of a model's own while the server configures it. An
 * exception from here would stop the server at start-up, so none leaves. Thread-safe.
 */
final class ModelEvents extends ModelServerListenerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ModelEvents.class);
    private static final String OPTION = "option.";

    private final Map<Thread, ClassLoader> before = new ConcurrentHashMap<>();

    ModelEvents(AuditRuntime runtime) {
        AuditTranslatorFactory.use(runtime);
    }

    @Override
    public void onModelConfigured(ModelInfo<?, ?> model) {
        try {
            if ("PyTorch".equals(model.getEngineName())
                    && Files.isRegularFile(model.getModelDir().resolve(AuditConfigLoader.FILE))) {
                configure(model);
            }
        } catch (RuntimeException | LinkageError e) {
            LOG.error("{}: served without an audit", model.getId(), e);
        }
    }

    /** The server finds factories by name through the thread's loader, which does not know us. */
    @Override
    public void onModelLoading(ModelInfo<?, ?> model, Device device) {
        Thread thread = Thread.currentThread();
        ClassLoader loader = thread.getContextClassLoader();
        if (loader instanceof PluginOnMiss) {
            return; // a load that failed before left ours in place
        }
        if (loader != null) {
            before.put(thread, loader);
        }
        ClassLoader parent = loader == null ? ClassLoader.getSystemClassLoader() : loader;
        thread.setContextClassLoader(new PluginOnMiss(parent));
    }

    @Override
    public void onModelLoaded(ModelInfo<?, ?> model) {
        Thread thread = Thread.currentThread();
        Optional.ofNullable(before.remove(thread)).ifPresent(thread::setContextClassLoader);
    }

    private static void configure(ModelInfo<?, ?> model) {
        Properties properties = model.getProperties();
        Map<String, String> options = new HashMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (key.startsWith(OPTION)) {
                options.put(key.substring(OPTION.length()), properties.getProperty(key));
            }
        }
        Path archive = ArchiveFinder.find(model.getModelDir(), options);
        String ours = AuditTranslatorFactory.class.getName();
        String own = properties.getProperty("translatorFactory", "");
        if (!own.isEmpty() && !own.equals(ours)) {
            properties.setProperty(AuditTranslatorFactory.OWN_FACTORY, own);
        }
        properties.setProperty(AuditTranslatorFactory.NAME, model.getId());
        Optional.ofNullable(model.getVersion())
                .ifPresent(v -> properties.setProperty(AuditTranslatorFactory.VERSION, v));
        properties.setProperty(AuditTranslatorFactory.ARCHIVE, archive.toAbsolutePath().toString());
        properties.setProperty("translatorFactory", ours);
    }

    /** Asks the server's loader first and this plugin's for what it does not find. Thread-safe. */
    private static final class PluginOnMiss extends ClassLoader {
        private PluginOnMiss(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            return Class.forName(name, true, ModelEvents.class.getClassLoader());
        }
    }
}
