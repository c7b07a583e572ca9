package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.ArrayList;
import java.util.List;

/** Probes what a module returns. Immutable. */
record ModuleLeaf(Probe probe) implements Leaf {
    @Override
    public List<String> body(ClassSource type, MethodSource method) throws Untappable {
        TapWeaver.requireTensor(type, method);
        List<String> body = new ArrayList<>();
        body.add("pl_y = " + Additions.selfCall(method, method.name()));
        body.addAll(probe.lines());
        return body;
    }
}
