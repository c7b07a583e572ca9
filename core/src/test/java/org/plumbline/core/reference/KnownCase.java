package org.plumbline.core.reference;

import org.junit.jupiter.api.function.Executable;

import java.nio.file.Path;
import java.util.Map;

/** What the project can check of a kind of case. */
interface KnownCase {
    /** Returns the checks by name; {@code work} is an existing folder for temporary files. */
    Map<String, Executable> checks(ReferenceCase reference, Path work);
}
