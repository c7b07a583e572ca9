/** What users configure: per-model and server-level plumbline.yaml, read once. Uses core. */
@NullMarked
package org.plumbline.plugin.config;

import org.jspecify.annotations.NullMarked;
