package org.plumbline.core.instrument.edit;

import org.plumbline.core.torchscript.source.CallSite;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.Statement;

import java.util.List;

/**
 * A call that may lead to a layer. Immutable.
 *
 * @param statement the line it stands in
 * @param call the call
 * @param type class of the module called
 * @param method method called
 * @param rest path from that module to the layer; empty: it is the layer
 */
public record Route(
        Statement statement,
        CallSite call,
        ClassSource type,
        MethodSource method,
        List<String> rest) {}
