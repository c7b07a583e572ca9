package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Route;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.ArrayList;
import java.util.List;

/** Statements between a layer and the layers above, in the copies of methods that lead there. */
interface Insertion {
    /** Returns the word for it in method names. */
    String purpose();

    /** Returns statements from {@code pl_y} to {@code pl_z}, the value handed on. */
    List<String> lines();

    /** Returns whether the copies hand down the list {@link TapWeaver#TAPS}. */
    boolean needsTaps();

    /** Returns the calls to follow, of those in one method that lead to the layer. */
    default List<Route> followed(ClassSource type, MethodSource method, List<Route> routes)
            throws Untappable {
        return routes;
    }

    /** Returns the parameters of a copy of a method. */
    default List<String> parameters(MethodSource method) {
        return parameters(Additions.parameters(method));
    }

    /** Returns parameters behind the list, if it is handed down. */
    default List<String> parameters(List<String> own) {
        List<String> parameters = new ArrayList<>();
        if (needsTaps()) {
            parameters.add(TapWeaver.TAPS + ": List[Tensor]");
        }
        parameters.addAll(own);
        return parameters;
    }

    /** Returns the text of a call of a copy up to its other arguments. */
    default String opened(String name) {
        return name + "(" + (needsTaps() ? TapWeaver.TAPS + ", " : "");
    }
}
