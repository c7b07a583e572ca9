package org.plumbline.core.instrument.edit;

import org.plumbline.core.torchscript.source.CallSite;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.Optional;

/**
 * A call in a method's text whose result is a Tensor, named as torch.fx names it: {@code conv2d},
 * then {@code conv2d_1}, in the order in which they run. Immutable.
 *
 * @param name unique within its module's method
 * @param function what is called, such as {@code torch.conv2d}
 * @param helper the call of another method of the same module that it stands in, if any
 * @param start first character of the call's text, or of the one in the helper
 * @param end one past its closing bracket
 */
public record Operation(String name, String function, Optional<Helper> helper, int start, int end) {
    /**
     * A method of the same module on the way to an operation. Immutable.
     *
     * @param call where it is called
     * @param method the method called
     * @param inside the operation by its name there
     */
    public record Helper(CallSite call, MethodSource method, String inside) {}
}
