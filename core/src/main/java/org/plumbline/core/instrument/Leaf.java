package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Route;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.List;

/** How the method of the tapped module, or of the module the tapped operation is in, is copied. */
interface Leaf {
    /** Returns what is put behind the layer. */
    Insertion insertion();

    /** Returns the body of the copy. */
    List<String> body(ClassSource type, MethodSource method) throws Untappable;

    /** Returns the calls to follow, of those that lead to the module. */
    default List<Route> chosen(List<Route> routes) {
        return routes;
    }
}
