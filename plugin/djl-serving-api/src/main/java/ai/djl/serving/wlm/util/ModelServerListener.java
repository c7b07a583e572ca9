package ai.djl.serving.wlm.util;

/** Signature only: is told what happens to models. */
public interface ModelServerListener {}
